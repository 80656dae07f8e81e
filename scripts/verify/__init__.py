"""Verification: one module for each campaign, and the report of all of them.

Start with `registry`, which lists the campaigns; `document` writes what they found.
"""
