"""Single faults in the circuit: `netlist` has all that there are, `campaign` tries some of them.

A fault that no tape tells apart is proved to change nothing (`prove`) or is a survivor.
"""
