"""Verification: what each campaign found, in words, and the report of all of them."""
