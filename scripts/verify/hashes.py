"""Which machine figures are of, and which benches measured them."""

from __future__ import annotations

from erbium.sim.sources import BENCHES, MACHINE, digest


def hashes() -> dict[str, str]:
    """Return what figures of verification carry: hashes of the sources verified and verifying."""
    return {"sources": digest(MACHINE), "benches": digest(BENCHES)}
