"""A mutation campaign: choose faults, replay tapes on each, prove what no tape tells apart."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from erbium.sim.benches.suite import VARIANTS
from erbium.sim.host.scenarios import SCENARIOS
from erbium.sim.mutation import bounds, prove
from erbium.sim.mutation.late import late_counters
from erbium.sim.mutation.long_traffic import soak
from erbium.sim.mutation.netlist import Mutant, MutationError, Netlist, choose
from erbium.sim.mutation.rare import RARE
from erbium.sim.sources import digest
from erbium.sim.tape import record as tape
from erbium.sim.tape.build import Replay, build

#: Configurations that together have every component. Output neurons may fire in every tick, so that
#: their counts reach every bit; some have as many classes as numbers of them; an event of the one
#: with blank-out takes two whole random words.
CONFIGS = {
    name: VARIANTS[name].replace(refractory=(*VARIANTS[name].refractory[:-1], 0), **changes)
    for name, changes in {
        "tiny-spram": {},
        "tiny-bernoulli": {"layers": (12, 16, 4)},
        "tiny-deep": {"learning_start": 5},
        "tiny": {"layers": (12, 6, 4), "learning_margin": 2},
    }.items()
}

#: Scenarios of each tape, and samples that are learned in a row: one tape for all mutants, and more
#: for those that survive it.
TAPES = ((SCENARIOS, 6), (RARE, 6), (SCENARIOS, 12))

#: Cycles of random traffic that what survives all tapes is given.
CYCLES = 10_000_000

#: What may become of a mutant.
KILLED, EQUIVALENT, SURVIVED = "killed", "equivalent", "survived"

#: Told what is done, how much of it, and of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Judged:
    """A mutant and what became of it.

    Attributes
    ----------
    mutant : Mutant
    outcome : str
        `KILLED`, `EQUIVALENT` or `SURVIVED`.
    tape : int
        The tape that killed it, or how many it survived; random traffic comes after the last.
    found : str
        First difference, if it was killed.
    bound : str
        Of `bounds.BOUNDS`, if it survived, and matters only beyond.
    """

    mutant: Mutant
    outcome: str
    tape: int
    found: str = ""
    bound: str = ""


class Campaign:
    """Judges mutants of one configuration; what is finished is kept in a file.

    Parameters
    ----------
    name : str
        A configuration of `sim.benches.suite.VARIANTS`.
    count, seed : int
        Mutants, and the seed that draws them and the traffic on the tapes.
    folder : Path
        Work folder of this campaign; netlists, tapes and verdicts go to folders below.
    proofs : bool
        Whether to try to prove survivors equivalent.
    """

    def __init__(
        self, name: str, count: int, seed: int, folder: Path, *, proofs: bool = True
    ) -> None:
        self._seed = seed
        self._proofs = proofs
        key = hashlib.sha256(f"{digest()} {name} {count} {seed}".encode()).hexdigest()[:12]
        self._folder = folder / f"{name}-{key}"
        self._file = self._folder / "verdicts.json"
        with late_counters():
            self.netlist = Netlist(CONFIGS[name], self._folder)
        self.all = self.netlist.mutants()
        self.mutants = choose(self.all, count, seed)

    def run(self, jobs: int, progress: Progress = lambda *_: None) -> list[Judged]:
        """Judge all mutants, `jobs` at a time.

        Raises
        ------
        MutationError
            If the circuit without a fault differs from the golden model, or a tool fails.
        """
        kept = json.loads(self._file.read_text()) if self._file.exists() else {}
        done = {f: Judged(Mutant(**v.pop("mutant")), **v) for f, v in kept.items()}
        if not set(done) >= {mutant.fault for mutant in self.mutants}:
            done = self._replayed(jobs, progress)
            self._save(done)
        open_ = [
            judged.mutant
            for judged in done.values()
            if judged.outcome == SURVIVED and not self._mark(judged.mutant).exists()
        ]
        if open_ and self._proofs:
            self._settle(open_, done, jobs, progress)
        return [done[mutant.fault] for mutant in self.mutants]

    def _settle(
        self, left: list[Mutant], done: dict[str, Judged], jobs: int, progress: Progress
    ) -> None:
        """Give what survived all tapes long traffic, and try to prove the rest equivalent."""
        name, total = self.netlist.config.name, len(left)
        progress(f"{name}, survivors", 0, total)
        circuit = prove.graph(self.netlist, left)
        netlist = self._folder / "survivors.v"
        self.netlist.switchable(left, netlist.name)
        soaking = partial(
            soak, self.netlist.config, netlist, seed=self._seed, cycles=CYCLES,
            build_dir=self._folder,
        )  # fmt: skip
        if (found := soaking(number=0)) is not None:
            raise MutationError(f"{self.netlist.top} without a fault differs: {found}")

        def settle(pair: tuple[int, Mutant]) -> None:
            number, mutant = pair
            if (found := soaking(number=number)) is not None:
                new = Judged(mutant, KILLED, len(TAPES), found)
            elif prove.equivalent(circuit, number, self._folder / f"proof-{number}"):
                new = Judged(mutant, EQUIVALENT, len(TAPES))
            else:
                proof = self._folder / f"proof-{number}"
                bound = bounds.within(circuit, number, self.netlist.config, proof)
                new = Judged(mutant, SURVIVED, len(TAPES), bound=bound or "")
                self._mark(mutant).touch()
            with lock:
                done[mutant.fault] = new
                self._save(done)

        lock = Lock()
        with ThreadPoolExecutor(jobs) as pool:
            for number, _ in enumerate(pool.map(settle, enumerate(left, 1)), 1):
                progress(f"{name}, survivors", number, total)

    def _mark(self, mutant: Mutant) -> Path:
        """Return the file that says that nothing was found about a survivor."""
        return self._folder / f"unproven-{hashlib.sha256(mutant.fault.encode()).hexdigest()[:16]}"

    def _save(self, done: dict[str, Judged]) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({fault: asdict(judged) for fault, judged in done.items()}))
        os.replace(part, self._file)

    def _replayed(self, jobs: int, progress: Progress) -> dict[str, Judged]:
        name = self.netlist.config.name
        progress(f"{name}, building", 0, len(self.mutants))
        replay = build(self.netlist, self.mutants)
        done: dict[str, Judged] = {}
        left = list(enumerate(self.mutants, 1))
        for number in range(len(TAPES)):
            path = self._tape(replay, number)
            with ThreadPoolExecutor(jobs) as pool:
                found = pool.map(lambda pair: replay.run(path, pair[0]), left)  # noqa: B023
                for (_, mutant), difference in zip(left, found, strict=True):
                    if difference is not None:
                        done[mutant.fault] = Judged(mutant, KILLED, number, difference)
                        progress(f"{name}, tape {number}", len(done), len(self.mutants))
            left = [pair for pair in left if pair[1].fault not in done]
        for _, mutant in left:
            done[mutant.fault] = Judged(mutant, SURVIVED, len(TAPES))
        return done

    def _tape(self, replay: Replay, number: int) -> Path:
        """Record a tape, and insist that the circuit without a fault passes it."""
        path = self._folder / f"tape-{number}.bin"
        if not path.exists():
            played, samples = TAPES[number]
            with late_counters():
                recorder = tape.record(
                    self.netlist.config, self.netlist.inputs, self.netlist.outputs,
                    seed=100 * self._seed + number, samples=samples, played=played,
                )  # fmt: skip
            tape.write(recorder, path, replay.in_words, replay.out_words)
        found = replay.run(path, 0)
        if found is not None:
            raise MutationError(f"{self.netlist.top} without a fault differs: {found}")
        return path


def figures(judged: list[Judged], possible: int) -> dict[str, Any]:
    """Return the score, by component and configuration, and every survivor, ready for JSON."""
    total = Counter(one.outcome for one in judged)
    counted = len(judged) - total[EQUIVALENT]
    return {
        "possible": possible,
        "mutants": len(judged),
        "killed": total[KILLED],
        "equivalent": total[EQUIVALENT],
        "survived": total[SURVIVED],
        "score": total[KILLED] / counted if counted else 0.0,
        "killed_by_tape": {
            str(n): sum(one.outcome == KILLED and one.tape == n for one in judged)
            for n in range(len(TAPES) + 1)
        },
        "components": _table(judged, lambda one: one.mutant.component),
        "configurations": _table(judged, lambda one: one.mutant.config),
        "survivors": [
            one.mutant.as_dict() | {"bound": one.bound} for one in judged if one.outcome == SURVIVED
        ],
    }


def _table(judged: list[Judged], key: Callable[[Judged], str]) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {}
    for one in judged:
        row = rows.setdefault(key(one), {"mutants": 0, KILLED: 0, EQUIVALENT: 0, SURVIVED: 0})
        row["mutants"] += 1
        row[one.outcome] += 1
    return dict(sorted(rows.items()))
