"""What runs a circuit. Each engine can run any configuration, and none knows what is compared.

`native` is the emitted Verilog as compiled code; `runner` starts a cocotb bench; `stepping` drives
Icarus and Amaranth's simulator from a script. `toolchain` finds the programs that they need.
"""
