"""One comparer, and everything that compares a circuit with the golden model sample by sample.

`comparer` compares; `cosim` runs a training in the emitted Verilog, `long_training` one that can be
stopped, `stretch` a random machine for long, and `agreement` a scenario on every engine.
"""
