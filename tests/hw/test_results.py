"""Results: counts byte by byte, and which winner came before which."""

import pytest

from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.link.results import Results

#: Counts of one byte, and of two.
CONFIGS = {"narrow": preset("tiny"), "wide": preset("tiny").replace(ticks=1000, burn_in=2)}


@pytest.mark.parametrize("name", CONFIGS)
def test_results_are_written_down_in_their_order(simulate, name):
    config = CONFIGS[name]
    results, classes = Results(config), Layout(config).classes
    bits = Layout(config).count_bits
    size = 1 + (bits > 8)
    assert size == {"narrow": 1, "wide": 2}[name]

    async def bench(ctx):
        before = 0
        for number, winner in enumerate((2, 0, 1, 1, 2), 1):
            counts = [(7 + 301 * k * number) % (1 << bits) for k in range(classes)]
            ctx.set(results.i.payload, {"winner": winner, "counts": counts})
            ctx.set(results.i.valid, 1)
            written = {}
            for _ in range(size * classes):
                assert ctx.get(results.write)
                written[ctx.get(results.place)] = ctx.get(results.byte)
                last = ctx.get(results.i.ready)
                assert last == (len(written) == size * classes)
                await ctx.tick()
            ctx.set(results.i.valid, 0)
            places = {2 * k + part: c >> 8 * part & 255 for k, c in enumerate(counts)
                      for part in range(size)}  # fmt: skip
            assert written == places
            assert (ctx.get(results.number), ctx.get(results.winner)) == (number, winner)
            assert ctx.get(results.before) == before
            before = winner
            await ctx.tick()

    simulate(results, bench, 200)
