"""Faults that are planted on purpose: in the circuit (`circuit`) and below proofs (`proofs`).

To add one, add an entry to the table at the end of the file: a check that does not find it fails.
"""
