"""A core on a board: clock, reset, LEDs, pins, and a link that feeds it.

Start with `hw.board.top`, the module with pins, and `hw.board.system`, which joins a core, its
link and the LEDs. `boards` has facts about boards; `clock`, `pll` and `ratio` make the clock;
`status` drives the LEDs. A link sends samples and takes results: `link` is its signature, and
`exerciser` is one that makes samples itself, for a board without a host.
"""
