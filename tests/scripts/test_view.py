"""The page of a run: what it shows, and how browsers show it."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from selenium import webdriver

from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.scripts.data.source import load
from erbium.scripts.diagnosis.explanation import Explanation, explain
from erbium.scripts.train import checkpoint
from erbium.scripts.train.training import train
from erbium.scripts.view import page, samples

from .browser import WIDTHS, faults, opened
from .conftest import figures, write_idx

TINY = preset("tiny")

#: A folder whose name would become part of the page, if it were not escaped.
HOSTILE = "a long name & <img src=x onerror=alert(1)> " + "and so on " * 12


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    """A run of one pass, with mistakes."""
    folder = tmp_path_factory.mktemp("run")
    dataset = load(str(write_idx(folder / HOSTILE, counts=(300, 9))), TINY)
    train(TINY, dataset, [8], out=folder / "run")
    path = folder / "run" / checkpoint.CHECKPOINT
    return explain(checkpoint.load(path), path)


def without_images(found: Explanation) -> Explanation:
    """Return a run of data that are no images."""
    parts = {
        name: dataclasses.replace(getattr(found.dataset, name), image=None)
        for name in ("train", "validation", "test")
    }
    return dataclasses.replace(found, dataset=dataclasses.replace(found.dataset, **parts))


def with_nothing_learned(found: Explanation) -> Explanation:
    """Return a run before its first pass."""
    state = dataclasses.replace(found.state, epoch=0, history=[], test_error=None)
    return dataclasses.replace(found, state=state, same_data=False)


def with_no_mistake(found: Explanation) -> Explanation:
    """Return a run whose validation samples are all recognised."""
    right = dataclasses.replace(found.validation, winners=found.dataset.validation.labels)
    return dataclasses.replace(found, validation=right)


PAGES = {
    "images": lambda found: found,
    "no images": without_images,
    "nothing learned": with_nothing_learned,
    "no mistake": with_no_mistake,
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", PAGES)
def test_browsers_show_all_of_it(
    browser: webdriver.Chrome, explained: Explanation, tmp_path: Path, kind: str, width: int
) -> None:
    path = tmp_path / "view.html"
    page.write(PAGES[kind](explained), path)
    assert faults(browser, path, width) == []
    # Drawings have letters of 9 points on 360: as large on the screen, or nearly.
    widths = browser.execute_script(
        "return [...document.querySelectorAll('figure img')]"
        ".map(one => one.getBoundingClientRect().width)"
    )
    assert len(widths) > 6
    assert min(widths) > 320


#: What a page could have, and what is said of it.
PLANTED = {
    "<div style='width:1400px'>wide</div>": "the page is 1408 wide",
    "<img src='data:image/png;base64,AAAA' alt='broken'>": "no picture: broken",
    "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>": "without words",
    "<script>undefined.x</script>": "TypeError",
    "<div style='overflow:hidden;width:50px'>unbreakablylongword</div>": "hidden: DIV",
    "<img src='other.png' alt='elsewhere'>": "ERR_FILE_NOT_FOUND",
    "<h3>too deep</h3>": "heading: too deep",
    "<a href='#nowhere'>x</a>": "leads nowhere: #nowhere",
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_fault_of_a_page_is_found(
    browser: webdriver.Chrome, tmp_path: Path, planted: str
) -> None:
    path = tmp_path / "page.html"
    start = "<!DOCTYPE html><link rel='icon' href='data:,'><title>t</title><h1>t</h1>"
    path.write_text(start)
    assert faults(browser, path, 1280) == []
    path.write_text(f"{start}{planted}")
    assert PLANTED[planted] in " ".join(faults(browser, path, 1280))


class _Strict(HTMLParser):
    """Collects images and text, and demands that what is opened is closed."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(text: str) -> _Strict:
    """Return a page in its parts."""
    parser = _Strict()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


def test_it_shows_what_is_known_of_the_run(explained: Explanation) -> None:
    text = page.text(explained)
    found = parsed(text)
    words = " ".join(" ".join(found.words).split())
    assert HOSTILE.strip() in words
    assert "<img src=x" not in text
    for line in (*explained.curve, *explained.confused):
        assert line in words
    for finding in explained.examination.findings:
        assert finding.words in words
        assert finding.remedy in words
    alternatives = [image["alt"] or "" for image in found.images]
    for start in ("Learning curve", "Spikes of each neuron", "Spikes of all neurons",
                  "Traces of neurons", "Input weights of all 6", "Weights of the output layer",
                  "Sample "):  # fmt: skip
        assert any(each.startswith(start) for each in alternatives), start
    assert not re.findall(r"https?://", re.sub(r"base64,[^\"]*", "", text))
    for image in found.images:
        address, content = (image["src"] or "").split(",", 1)
        assert address in ("data:image/svg+xml;base64", "data:image/png;base64")
        assert base64.b64decode(content, validate=True)


def test_misread_samples_are_those_of_the_validation(explained: Explanation) -> None:
    core, part = Core(TINY, explained.state.weights), explained.dataset.validation
    core.random = explained.state.random
    winners = core.run_many(part.samples, rate=0).winners
    wrong = np.flatnonzero(winners != part.labels).tolist()
    assert wrong
    assert samples.misread(explained) == wrong[: samples.MOST_MISREAD]
    chosen = samples.shown(explained)
    assert len(chosen) == samples.MOST_SHOWN
    assert sum(one.number in wrong for one in chosen) >= 1
    expected = [f"Sample {n} of class {part.labels[n]}, read as {winners[n]}" for n in wrong]
    found = [i["alt"] for i in parsed(page.text(explained)).images if "read as" in (i["alt"] or "")]
    assert found == expected[: samples.MOST_MISREAD]


def test_traces_are_those_of_the_golden_model(explained: Explanation) -> None:
    one = samples.shown(explained)[0]
    core = Core(TINY, explained.state.weights)
    core.random = explained.state.random
    sample = explained.dataset.validation.samples[one.number]
    ticks = list(core.ticks(sample, one.label, rate=0))
    assert one.counts.tolist() == core.result().counts.tolist()
    for part, size in enumerate(TINY.layers):
        fired = [(tick.number, int(n)) for tick in ticks for n in tick.events[part]]
        assert list(zip(*(axis.tolist() for axis in one.dots(part)), strict=True)) == fired
        assert size > max(n for _, n in fired)
    # A neuron fires where its membrane reaches the threshold, unless it just has.
    membranes = one.membranes(TINY, 0)
    for tick, neuron in zip(*one.dots(1), strict=True):
        assert membranes[tick, neuron] >= TINY.threshold[0]
    assert one.traced(1)[0] == one.label
    assert not one.dendrites(0)[: TINY.burn_in + 1].any()
    assert one.dendrites(0).any()


def test_the_same_run_has_the_same_page(explained: Explanation) -> None:
    assert page.text(explained) == page.text(explained)


def test_view_writes_it_beside_the_checkpoint(erbium, tiny_data: Path) -> None:
    assert erbium("train", "tiny", "--data", tiny_data, "--epochs", 1).exit_code == 0
    result = erbium("view", "runs/tiny", "--json", "a.json")
    assert result.exit_code == 0
    path = Path("runs", "tiny", "run-0", "view.html")
    assert result.stdout == f"{path}\n"
    assert figures("a")["page"] == str(path)
    assert parsed(path.read_text()).images
    assert erbium("view", "runs/tiny", "--out", "b.html").exit_code == 0
    assert Path("b.html").read_text() == path.read_text()
