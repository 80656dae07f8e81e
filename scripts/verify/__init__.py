"""Campaigns of verification and what they found: one module for each section of the report."""
