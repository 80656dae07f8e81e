"""Sections of the verification report, one module for each campaign."""
