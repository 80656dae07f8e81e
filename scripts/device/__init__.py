"""A machine at the other end of a cable, of the simulated one, or in the golden model.

`device` is what users call, on top of `controls`; `erbium.device` shows it. From there down:
`pipeline` has samples under way, `access` registers by their names, `instance` what the machine is;
`protocol` makes a transaction that may be repeated, `transport` carries bytes.
`training` teaches the machine a data set and compares it with the golden model, `monitor` shows it
meanwhile, and `selftest` tries a board.
"""
