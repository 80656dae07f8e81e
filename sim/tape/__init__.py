"""The core bench on tape: `record` keeps what it drives and expects, `replay` plays it again.

A tape replays on the emitted Verilog, and on a circuit with hundreds of faults (`build`).
"""
