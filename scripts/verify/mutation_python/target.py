"""What is changed, and the tests that should notice: the golden model, or the tools around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from erbium.scripts.verify.mutation_python import judge
from erbium.scripts.verify.mutation_python.choose import modules
from erbium.scripts.verify.mutation_python.tests_of_tools import files, tests_of


@dataclass(frozen=True)
class Target:
    """A set of files, and how changes of them are judged.

    Attributes
    ----------
    name : str
        What the user types.
    words : str
        What it is called in a sentence.
    modules : callable
        Returns the files, as paths below the project's root.
    stages : callable
        Returns lists of tests for a file, each to be tried if those before it pass.
    tests : callable
        Returns all tests that any change is tried on.
    sources : callable
        Returns the files and folders whose change makes the verdicts on a file void.
    all_tests : callable
        The same for the tests that a survivor has passed.
    equivalent : Path
        Changes that compute the same, found by reading; each with its reason.
    seconds : int
        Of a processor, in which a run of tests must end; without a change the longest takes a
        third.
    options : tuple of str
        Of pytest, beside those of all runs.
    count : int
        Changes to try, unless the user says otherwise.
    """

    name: str
    words: str
    modules: Callable[[], list[str]]
    stages: Callable[[str], list[list[str]]]
    tests: Callable[[], list[str]]
    sources: Callable[[str], tuple[str, ...]]
    all_tests: Callable[[str], tuple[str, ...]]
    equivalent: Path
    seconds: int
    options: tuple[str, ...]
    count: int


#: The golden model: everything in it depends on everything.
GOLDEN = Target(
    name="golden",
    words="the golden model",
    modules=modules,
    stages=judge.stages,
    tests=lambda: ["tests/docs", *judge.every_test()],
    sources=lambda module: ("golden",),
    all_tests=lambda module: ("tests/golden", "tests/docs"),
    equivalent=Path(__file__).with_name("equivalent.json"),
    seconds=judge.SECONDS,
    options=("-p", "no:cacheprovider"),
    count=320,
)


def tools() -> Target:
    """Return the tools around the core: boards, comparers, drivers, data, trainings, planning.

    A verdict on a change of a file is void if that file or its own tests change.
    """

    def tests() -> list[str]:
        return list(dict.fromkeys(test for module in files() for test in tests_of(module)))

    return Target(
        name="tools",
        words="the tools around the core",
        modules=files,
        stages=lambda module: [tests_of(module), []],
        tests=tests,
        sources=lambda module: (module,),
        all_tests=lambda module: tuple(
            dict.fromkeys(test.partition("::")[0] for test in tests_of(module))
        ),
        equivalent=Path(__file__).with_name("equivalent_tools.json"),
        seconds=150,
        # Tests keep compiled circuits in pytest's cache. Slow ones take longer than all others.
        options=("-m", "not slow"),
        # Five of each file that has as many.
        count=613,
    )


#: By name.
TARGETS: dict[str, Callable[[], Target]] = {"golden": lambda: GOLDEN, "tools": tools}
