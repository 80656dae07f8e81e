"""Faults that are planted on purpose: in the circuit (`circuit`) and below proofs (`proofs`).

To add one, add an entry to a table at the end of the file: a check that does not find it fails.
`circuit` has `CONSTANTS` and `PATCHES`; tests/cosim/test_benches.py says in which bench a fault
must show, unless it is that of the core. `proofs` has `MUTATIONS`, which `sim.formal.catalogue`
names.
"""
