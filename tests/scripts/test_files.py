"""Files are written whole or not at all; devices, pipes and links are written through."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
import tty
from collections.abc import Callable
from pathlib import Path

import pytest

from erbium.scripts.common import files
from erbium.scripts.common.files import check_writable, replacing, write_json, write_text


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "values.json"
    check_writable(path)
    assert not list(tmp_path.iterdir())
    write_json(path, {"x": 1})
    assert path.read_text() == '{\n  "x": 1\n}\n'


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "old")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    path.chmod(0o640)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_text(path, "text")
    assert path.read_text() == "text"


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("exists", [True, False])
def test_links_stay_and_lead_to_the_new_file(tmp_path: Path, depth: int, exists: bool) -> None:
    target = tmp_path / "elsewhere" / "target"
    target.parent.mkdir()
    if exists:
        target.write_text("old")
    # Each in a folder of its own, and relative to it.
    link, before = target, target
    for number in range(depth):
        link = tmp_path / f"folder{number}" / "link"
        link.parent.mkdir()
        link.symlink_to(os.path.relpath(before, link.parent))
        before = link
    check_writable(link)
    write_text(link, "new")
    assert target.read_text() == "new"
    assert not target.is_symlink()
    assert link.is_symlink()
    assert list(target.parent.iterdir()) == [target]


def received(path: Path, write: Callable[[], None]) -> bytes:
    """Return what a reader of the pipe `path` gets while `write` runs."""
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    write()
    reader.join()
    return got[0]


@pytest.mark.parametrize("linked", [True, False])
def test_pipes_are_written_to(tmp_path: Path, linked: bool) -> None:
    pipe = name = tmp_path / "pipe"
    os.mkfifo(pipe)
    if linked:
        name = tmp_path / "link"
        name.symlink_to("pipe")
    # Nobody reads yet: this must not wait, nor look like an end to a reader.
    check_writable(name)
    assert received(pipe, lambda: write_text(name, "text" * 50_000)) == b"text" * 50_000
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_gets_all_or_nothing(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def fail() -> None:
        with replacing(pipe) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    # To open it would wait for a reader for ever.
    with pytest.raises(KeyboardInterrupt):
        fail()


@pytest.mark.parametrize("linked", [True, False])
def test_devices_are_written_to(tmp_path: Path, linked: bool) -> None:
    reader, writer = os.openpty()
    try:
        tty.setraw(writer)
        device = path = Path(os.ttyname(writer))
        if linked:
            path = tmp_path / "link"
            path.symlink_to(device)
        check_writable(path)
        write_text(path, "text")
        assert os.read(reader, 100) == b"text"
        assert stat.S_ISCHR(device.lstat().st_mode)
        assert path.is_symlink() == linked
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}", "/proc/{pid}/fd/{}", "link"])
def test_open_descriptors_are_written_to(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    with file.open("wb", buffering=0) as stream:
        stream.write(b"before, ")
        path = Path(name.format(stream.fileno(), pid=os.getpid()))
        if name == "link":
            path = tmp_path / name
            path.symlink_to(f"/dev/fd/{stream.fileno()}")
        check_writable(path)
        write_text(path, "now")
        # Whoever has it open writes on, into the same file.
        stream.write(b", after")
    assert file.read_bytes() == b"before, now, after"


def test_a_file_that_is_mounted_keeps_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    inode = path.stat().st_ino

    def busy(_old: Path, new: Path) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(new))

    monkeypatch.setattr(files.os, "replace", busy)
    write_text(path, "new")
    assert (path.read_text(), path.stat().st_ino) == ("new", inode)
    assert list(tmp_path.iterdir()) == [path]


def refusals(tmp_path: Path) -> dict[str, tuple[Path, int]]:
    """Return paths that cannot be written, and the system's reason."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "to-folder").symlink_to("folder")
    (tmp_path / "round").symlink_to("about")
    (tmp_path / "about").symlink_to("round")
    (tmp_path / "file").write_text("mine")
    return {
        "folder": (tmp_path / "folder", errno.EISDIR),
        "to-folder": (tmp_path / "to-folder", errno.EISDIR),
        "root": (Path("/"), errno.EISDIR),
        "here": (Path(), errno.EISDIR),
        "round": (tmp_path / "round", errno.ELOOP),
        "below": (tmp_path / "file" / "below", errno.ENOTDIR),
        "long": (tmp_path / ("n" * 256), errno.ENAMETOOLONG),
        "closed": (Path("/dev/fd/987"), errno.EBADF),
        "system": (Path("/proc/erbium"), errno.ENOENT),
    }


@pytest.mark.parametrize("write", [check_writable, lambda path: write_text(path, "new")])
@pytest.mark.parametrize(
    "case",
    ["folder", "to-folder", "root", "here", "round", "below", "long", "closed", "system"],
)
def test_what_cannot_be_written_is_named(
    tmp_path: Path, case: str, write: Callable[[Path], None]
) -> None:
    path, reason = refusals(tmp_path)[case]
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OSError, match=r".") as failure:
        write(path)
    assert failure.value.errno == reason
    assert Path(failure.value.filename).name == path.name
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "file").read_text() == "mine"


def test_a_descriptor_for_reading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with path.open() as stream, pytest.raises(OSError, match="it is open for reading only"):
        check_writable(Path(f"/dev/fd/{stream.fileno()}"))


@pytest.mark.parametrize("call", ["write", "flush", "replace"])
@pytest.mark.parametrize("linked", [True, False])
def test_a_full_disk_leaves_the_old_file_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, linked: bool
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    if linked:
        path = tmp_path / "link"
        path.symlink_to("file")
    before = sorted(tmp_path.iterdir())

    def full(*_: object) -> None:
        # As `write` and `fsync` fail: without a name.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if call != "write":
        monkeypatch.setattr(files.os, {"flush": "fsync", "replace": "replace"}[call], full)

    def write() -> None:
        with replacing(path) as new:
            new.write_text("new")
            if call == "write":
                full()

    with pytest.raises(OSError, match="No space left on device") as failure:
        write()
    assert failure.value.filename == str(path)
    assert path.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == before


def test_a_library_that_loses_the_reason_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(OSError, match="encoder error") as failure, replacing(path):
        # As Pillow fails on a full disk.
        raise OSError("encoder error -2 when writing image file")
    assert failure.value.filename == str(path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_grows_too_large_is_refused(tmp_path: Path) -> None:
    # The system itself fails here; a disk that is full fails alike.
    program = """
import resource, sys
from pathlib import Path
from erbium.scripts.common.files import write_text
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_text(Path("file"), "x" * 100_000)
except OSError as error:
    sys.exit(f"{error.filename}: {error.strerror}")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == "file: File too large\n"
    assert not list(tmp_path.iterdir())
