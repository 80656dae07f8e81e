"""Data sets by name: fetched once, kept in a cache folder, and checked whenever they are used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data import idx

#: Names the cache folder; without it, files go where the system keeps what can be fetched again.
VARIABLE = "ERBIUM_DATA"

#: Seconds to wait for a connection, and for each further piece of a file: without a network, a
#: command should say so soon.
TIMEOUT = (3, 15)

#: Bytes between two reports of progress.
CHUNK = 1 << 16


@dataclass(frozen=True)
class Source:
    """Where a data set's files are, and what they must contain.

    Attributes
    ----------
    urls : tuple of str
        Folders that hold the same files, ending in a slash, in the order to try them.
    sha256 : Mapping
        Checksum of each file by its name.
    elsewhere : str
        What else one can do for them.
    """

    urls: tuple[str, ...]
    sha256: Mapping[str, str]
    elsewhere: str = ""


def _files(*checksums: str) -> dict[str, str]:
    pairs = [(part, kind) for part in ("train", "test") for kind in ("images", "labels")]
    names = [f"{idx.name(part, kind)}.gz" for part, kind in pairs]
    return dict(zip(names, checksums, strict=True))


#: Fashion-MNIST's own address speaks no HTTPS; its checksums make up for that.
SOURCES = {
    "mnist": Source(
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        _files(
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
    "fashion-mnist": Source(
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        _files(
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
        "; or install Debian's package dataset-fashion-mnist and give --data "
        "/usr/share/datasets/fashion-mnist --keep-order",
    ),
}


class _Bar:
    """What pooch takes for a progress bar, passed on to a `Report`."""

    def __init__(self, phase: str, report: Report) -> None:
        self._phase, self._report = phase, report
        self.total = self._done = 0

    def update(self, count: int) -> None:
        # The last piece is announced as if it were a whole one.
        self._done = min(self._done + count, self.total)
        self._report(self._phase, self._done, self.total, None)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def fetch(name: str, report: Report = silent) -> Path:
    """Return the folder that holds the files of `name`, a key of `SOURCES`.

    Parameters
    ----------
    name : str
        "mnist" or "fashion-mnist".
    report : Report
        Told the bytes of each file that is on its way.

    Raises
    ------
    DataError
        If a file is neither in the cache nor to be had, or is not the one expected.
    """
    # Imported here: most commands fetch nothing.
    import pooch

    # Whoever calls has a report; pooch would write to standard error as well.
    pooch.get_logger().setLevel("WARNING")
    folder = Path(os.environ.get(VARIABLE) or pooch.os_cache("erbium")).expanduser() / name
    for file in SOURCES[name].sha256:
        _fetch_file(name, file, folder, report)
    return folder


def _fetch_file(name: str, file: str, folder: Path, report: Report) -> None:
    import pooch
    import requests

    source, failures = SOURCES[name], []
    bar = _Bar(f"{name}/{file}", report)
    downloader = pooch.HTTPDownloader(progressbar=bar, chunk_size=CHUNK, timeout=TIMEOUT)
    for url in source.urls:
        try:
            pooch.retrieve(url + file, source.sha256[file], file, folder, downloader=downloader)
            return
        except requests.RequestException as error:
            status = getattr(error.response, "status_code", None)
            reason = type(error).__name__ if status is None else f"HTTP {status}"
            failures.append(f"{url} cannot be read ({reason})")
        except OSError as error:
            raise DataError(
                f"cannot keep '{file}' in '{folder}' ({error.strerror or error}); set {VARIABLE} "
                "to a folder that can be written"
            ) from error
        except ValueError:
            failures.append(f"what {url} sent has another SHA-256")
    # pooch replaces a file that is not the one expected, so its owner should learn why.
    found = "has another SHA-256 and" if (folder / file).is_file() else "is not there and"
    raise DataError(
        f"'{folder / file}' {found} cannot be fetched: {'; '.join(failures)}. Try again later; or, "
        f"offline, put {', '.join(source.sha256)} into a folder and give --data FOLDER, or into "
        f"'{folder}'{source.elsewhere}"
    )
