"""Ways to reach a core: what feeds it samples and weights, and takes its answers.

A link has the `signature` of a host, every member of the core seen from the other side, and knows
nothing of boards: `hw.board.top` joins one to a core and to the pins of a board. `exerciser` is a
link without a host, which teaches a pattern for each class. Another bus, or a serial port, is a
module here.
"""
