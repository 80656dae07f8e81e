"""Files for other tools from the one definition of the register map, `golden.link.registers`.

`systemrdl` and `svd` write descriptions; PeakRDL's packages make the rest of the first (`peakrdl`).
`files` writes all that are asked for.
"""
