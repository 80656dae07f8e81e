"""A core on a board: clock, reset, LEDs, pins, and a link that feeds it.

Start with `hw.board.top`, the module with pins, and `hw.board.system`, which joins a core, its
link and the LEDs. `boards` has facts about boards; `clock`, `pll` and `ratio` make the clock;
`status` drives the LEDs. What sends samples and takes results is a link, in `hw.link`.
"""
