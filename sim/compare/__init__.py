"""The comparer, and everything that runs a circuit beside the golden model, sample by sample.

`comparer` compares what `observation` says of each machine. `cosim` runs a training in the emitted
Verilog and makes a `report`, `long_training` runs one that can be stopped, `stretch` a random
machine for long, and `agreement` a scenario on every engine.
"""
