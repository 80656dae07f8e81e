"""Files of the register map: each parses again, and has every address and width of the map."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cmsis_svd import SVDParser
from systemrdl import RDLCompiler
from systemrdl.node import RegNode

from erbium.golden.link.registers import linked, register_map
from erbium.golden.presets import preset
from erbium.scripts.cli.registers import FORMATS
from erbium.scripts.registers import files
from erbium.scripts.registers.svd import ACCESS

#: With every kind of register.
CONFIG = preset("tiny").replace(counters=True, encoder="events")

IPXACT = "{http://www.accellera.org/XMLSchema/IPXACT/1685-2014}"


@pytest.fixture(scope="module")
def registers():
    """The map of a machine."""
    return register_map(CONFIG, clock_hz=12_000_000, baud=115_200)


@pytest.fixture(scope="module")
def written(registers, tmp_path_factory) -> dict[str, Path]:
    """All files of the map."""
    return files.write_registers(registers, tmp_path_factory.mktemp("registers"))


@pytest.fixture(scope="module")
def places(registers) -> dict[str, tuple[int, int, int]]:
    """Address, bits and number of elements of each register."""
    return {r.name: (r.address, 8 * r.bytes, r.count) for r in registers}


def test_systemrdl_says_what_the_map_says(registers, written, places) -> None:
    compiler = RDLCompiler()
    compiler.compile_file(str(written["systemrdl"]))
    nodes = [n for n in compiler.elaborate().top.children() if isinstance(n, RegNode)]
    found = {n.inst_name: (n.raw_address_offset, n.get_property("regwidth"),
             n.n_elements) for n in nodes}  # fmt: skip
    assert found == places
    for node in nodes:
        register = registers[node.inst_name]
        fields = {f.inst_name: (f.low, f.width) for f in node.fields()}
        expected = {f.name: (f.low, f.bits) for f in register.fields}
        assert fields == (expected or {"value": (0, 8 * register.bytes)})
        if len(set(register.reset)) == 1:
            resets = sum(f.get_property("reset") << f.low for f in node.fields())
            assert resets == register.reset[0] % (1 << 8 * register.bytes)


def test_a_stranger_reads_the_same_of_the_svd(registers, written, places) -> None:
    (peripheral,) = SVDParser.for_xml_file(written["svd"]).get_device().peripherals
    found = {}
    for one in peripheral.registers:
        array = getattr(one, "meta_register", None)
        register = array or one
        name = register.name.removesuffix("[%s]")
        count = len(one.registers) if array else 1
        found[name] = (register.address_offset, register.size, count)
        assert register.access.value == ACCESS[registers[name].access]
    assert found == places


def test_ip_xact_says_what_the_map_says(written, places) -> None:
    found = {}
    for register in ElementTree.parse(written["ip-xact"]).iter(f"{IPXACT}register"):
        name, address, size, dim = (
            getattr(register.find(f"{IPXACT}{tag}"), "text", None)
            for tag in ("name", "addressOffset", "size", "dim")
        )
        found[name] = (int(address.removeprefix("'h"), 16), int(size), int(dim or 1))
    assert found == places


def test_the_header_compiles_and_has_the_addresses(registers, written, places, tmp_path) -> None:
    kind = f"{written['c'].stem}_t"
    asserts = [
        f"_Static_assert(offsetof({kind}, {name}) == {address} && "
        f'sizeof((({kind} *)0)->{name}) == {bits // 8 * count}, "{name}");'
        for name, (address, bits, count) in places.items()
    ]
    source = tmp_path / "check.c"
    includes = f'#include <stddef.h>\n#include "{written["c"]}"\n'
    source.write_text(includes + "\n".join(asserts) + "\n")
    subprocess.run(["cc", "-std=c11", "-fsyntax-only", "-Wall", "-Werror", source], check=True)


def test_manuals_name_every_register(written, places) -> None:
    text = written["markdown"].read_text()
    for name, (address, _, count) in places.items():
        element = f"{name}[0]" if count > 1 else name
        assert re.search(rf"0x{address:03X}\|\s*{re.escape(element)}\s*\|", text), name
    assert (written["html"] / "index.html").exists()


def test_the_command_writes_all_formats_or_one(erbium) -> None:
    assert FORMATS == files.FORMATS
    assert erbium("registers", "tiny", "--json", "all.json").exit_code == 0
    found = json.loads(Path("all.json").read_text())
    assert list(found["files"]) == list(FORMATS)
    assert all(Path(path).exists() for path in found["files"].values())
    assert found["config"] == linked(preset("tiny")).as_dict()
    one = erbium("registers", "tiny", "--format", "svd", "--out", "here", "--baud", 9600)
    assert one.exit_code == 0
    assert [path.name for path in Path("here").iterdir()] == ["erbium_tiny.svd"]
