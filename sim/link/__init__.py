"""The link at its wires: a compiled circuit that is a serial port, and traffic for it."""
