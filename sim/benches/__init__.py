"""cocotb benches: one module a unit, named like the unit and its golden twin.

`port_bench`, `core_bench` and `unit_bench` are what the benches are made of, `scoreboard` is what
they compare with, and `suite` says which configurations each runs on. To add a bench, write a
module with a function `component(config)` and tests, and name it in `suite`.
"""
