"""Circuit against model: everything that simulates, compares, breaks or proves the circuit.

Start with `compare.cosim` (a whole training, twice) or `benches.core` (every unit, every cycle).

==============  ===================================================================================
`engines`       What runs a circuit: cocotb benches, compiled Verilog, Icarus, Amaranth's simulator
`host`          What drives one: ports, traffic, and random or written scenarios
`benches`       cocotb benches: a unit, or the core, beside its golden twin in every clock cycle
`compare`       The comparer, and what uses it: trainings, long trainings, random machines
`tape`          The core bench recorded once, and replayed at the speed of compiled code
`coverage`      Which situations were reached, and which bits have toggled
`faults`        Faults that are planted on purpose, each of which a check must find
`mutation`      All single faults that a netlist can have: which ones does the bench find?
`upsets`        Bits that flip while the circuit learns
`formal`        Proofs for all inputs
==============  ===================================================================================
"""
