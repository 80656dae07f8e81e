"""Formal proofs: properties of the circuit that hold for all inputs, not for those of a test.

`catalogue.PROOFS` lists them; `run` proves them. A property is an Amaranth component beside the
circuit, which asserts in every cycle what the circuit shall do, written from the specification
and not from the circuit.
"""
