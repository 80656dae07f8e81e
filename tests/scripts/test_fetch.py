"""Data sets by name, from a server on this machine: fetched once, checked, refused with advice."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data import source as data
from erbium.scripts.data.fetch import SOURCES, Source, fetch
from erbium.scripts.data.idx import IMAGES_MAGIC, name

from .conftest import idx_bytes

TINY = preset("tiny")
TRAIN_IMAGES = f"{name('train', 'images')}.gz"


class Server:
    """The tiny data set as .gz files on a local server, which counts what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.requests = folder, []
        requests = self.requests

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, _text: str, *_arguments: object) -> None:
                requests.append(self.path.strip("/"))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server(tiny_data: Path, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "server"
    folder.mkdir()
    for path in tiny_data.iterdir():
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    with Server(folder) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ERBIUM_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def provide(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let `mnist` mean the server's files; `urls` replaces the server's address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    paths = sorted(server.folder.iterdir(), reverse=True)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def call(*urls: str) -> None:
        monkeypatch.setitem(SOURCES, "mnist", Source(urls or (server.url,), sums))

    call()
    return call


def _unused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def test_each_source_names_four_files_with_checksums_of_their_own() -> None:
    for source in SOURCES.values():
        assert len({int(checksum, 16) for checksum in source.sha256.values()}) == 4
        assert all(len(checksum) == 64 for checksum in source.sha256.values())
        assert all(url.endswith("/") for url in source.urls)
        assert set(source.sha256) == {
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
        }


@pytest.mark.usefixtures("provide")
def test_files_are_fetched_once(server: Server, cache: Path, tiny_data: Path) -> None:
    found = data.load("mnist", TINY)
    assert found.name == "mnist"
    # Data sets with a name are split as they always were.
    assert found.sha256 == data.load(data.Source(str(tiny_data), keep_order=True), TINY).sha256
    files = sorted(SOURCES["mnist"].sha256)
    assert sorted(path.name for path in (cache / "mnist").iterdir()) == files
    assert len(server.requests) == 4
    assert data.load("mnist", TINY).sha256 == found.sha256
    assert len(server.requests) == 4


@pytest.mark.usefixtures("provide", "cache")
def test_bytes_are_reported(server: Server) -> None:
    told = []
    fetch("mnist", lambda *args: told.append(args))
    sizes = {f"mnist/{path.name}": path.stat().st_size for path in server.folder.iterdir()}
    assert {phase for phase, *_ in told} == set(sizes)
    assert all(total == sizes[phase] and done <= total for phase, done, total, _ in told)
    assert {(phase, done) for phase, done, *_ in told} >= set(sizes.items())


def test_the_next_address_is_tried(
    server: Server, cache: Path, provide: Callable[..., None]
) -> None:
    provide(_unused_url(), f"{server.url}absent/", server.url)
    assert fetch("mnist") == cache / "mnist"
    assert len(list((cache / "mnist").iterdir())) == 4


@pytest.mark.usefixtures("provide")
def test_a_spoilt_file_in_the_cache_is_fetched_again(server: Server, cache: Path) -> None:
    good = data.load("mnist", TINY).sha256
    (cache / "mnist" / TRAIN_IMAGES).write_bytes(b"spoilt")
    assert data.load("mnist", TINY).sha256 == good
    assert len(server.requests) == 5


@pytest.mark.usefixtures("provide")
def test_another_file_than_expected_is_refused_and_not_kept(server: Server, cache: Path) -> None:
    (server.folder / TRAIN_IMAGES).write_bytes(b"<html>Please log in</html>")
    with pytest.raises(DataError) as refused:
        data.load("mnist", TINY)
    text = str(refused.value)
    assert f"{TRAIN_IMAGES}' is not there and cannot be fetched: what {server.url} sent has" in text
    assert "another SHA-256. Try again later; or, offline, put" in text
    assert not (cache / "mnist" / TRAIN_IMAGES).exists()


def test_without_a_network_the_message_says_what_to_do(
    cache: Path, provide: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = _unused_url()
    provide(url)
    with pytest.raises(DataError) as refused:
        data.load("mnist", TINY)
    text = str(refused.value)
    assert f"{url} cannot be read (ConnectionError)" in text
    assert all(file in text for file in SOURCES["mnist"].sha256)
    assert f"into a folder and give --data FOLDER, or into '{cache / 'mnist'}'" in text
    # Some files are to be had elsewhere, too.
    there = dataclasses.replace(SOURCES["mnist"], elsewhere="; or look elsewhere")
    monkeypatch.setitem(SOURCES, "mnist", there)
    with pytest.raises(DataError, match=r"/mnist'; or look elsewhere$"):
        data.load("mnist", TINY)
    folder = "/usr/share/datasets/fashion-mnist --keep-order"
    assert SOURCES["fashion-mnist"].elsewhere.endswith(folder)


@pytest.mark.usefixtures("cache")
def test_a_server_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, provide: Callable[..., None]
) -> None:
    monkeypatch.setattr("erbium.scripts.data.fetch.TIMEOUT", (0.1, 0.1))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        provide(f"http://127.0.0.1:{mute.getsockname()[1]}/")
        start = time.monotonic()
        with pytest.raises(DataError, match=r"cannot be read \(ReadTimeout\)"):
            data.load("mnist", TINY)
        assert time.monotonic() - start < 5


def test_files_put_into_the_cache_by_hand_are_enough(
    server: Server, cache: Path, provide: Callable[..., None]
) -> None:
    provide(_unused_url())
    (cache / "mnist").mkdir(parents=True)
    for path in server.folder.iterdir():
        (cache / "mnist" / path.name).write_bytes(path.read_bytes())
    assert len(data.load("mnist", TINY).train) == 30
    (cache / "mnist" / TRAIN_IMAGES).write_bytes(b"other")
    with pytest.raises(DataError, match=f"{TRAIN_IMAGES}' has another SHA-256 and cannot be fetc"):
        data.load("mnist", TINY)


@pytest.mark.usefixtures("provide")
def test_a_cache_that_cannot_be_written_is_named(cache: Path) -> None:
    cache.write_text("a file where a folder should be")
    with pytest.raises(DataError, match=r"cannot keep .* in '.*'.*; set ERBIUM_DATA to a folder"):
        data.load("mnist", TINY)


def test_images_of_any_size_are_read(tiny_data: Path) -> None:
    for part, count in (("train", 36), ("test", 9)):
        images = np.arange(count * 140).reshape(count, 10, 14) % 251
        (tiny_data / name(part, "images")).write_bytes(idx_bytes(IMAGES_MAGIC, images))
    source = data.Source(str(tiny_data), keep_order=True)
    found = data.load(source, TINY.replace(layers=(140, *TINY.layers[1:])))
    assert found.train.samples.shape == (30, 140)
    assert found.train.samples[0].tolist() == list(range(140))
    with pytest.raises(DataError, match="have 140 intensities, but preset 'tiny' takes 12"):
        data.load(str(tiny_data), TINY)
