"""A self-test: registers, weights, samples and refusals, each compared with what it must be.

It leaves weights and random states as it found them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from erbium.golden.core import Core
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layout
from erbium.golden.link.frames import Status, encode_command
from erbium.golden.link.identity import IDENTITY_BYTES
from erbium.golden.rng import RandomState
from erbium.scripts.device.device import Device
from erbium.scripts.device.outcomes import Refused
from erbium.scripts.device.transport import DeviceError

#: Samples that are learned, and their seed.
SAMPLES, SEED = 12, 1

#: An address where no register is.
NOWHERE = 0xFFF0


class SelfTestFailed(DeviceError):
    """The machine does not do what it must; the message says where."""


@dataclass(frozen=True)
class Step:
    """A part of the self-test: what it is about, and the difference that it found."""

    name: str
    failure: str | None


def run(device: Device, told: Callable[[str], None] = lambda name: None) -> list[Step]:
    """Test a machine; return what came of each part.

    Parameters
    ----------
    device : Device
        The machine; must not be locked.
    told : callable, optional
        Told the name of each part before it begins.
    """
    if device.state.locked:
        raise DeviceError("a locked machine cannot be tested; reset it by its button or its power")
    told("weights are kept")
    weights, random = device.save_weights(), device.random
    steps = []
    try:
        for name, test in TESTS.items():
            told(name)
            try:
                test(device)
            except (SelfTestFailed, Refused) as error:
                steps.append(Step(name, str(error)))
            else:
                steps.append(Step(name, None))
    finally:
        told("weights are put back")
        device.load_weights(weights)
        device.random = random
    return steps


def _check(ok: bool, difference: str) -> None:
    if not ok:
        raise SelfTestFailed(difference)


def _constants(device: Device) -> None:
    for register in device.instance.map:
        # Another version may have made it, which has been found to be fit.
        if register.end <= IDENTITY_BYTES and register.name != "VERSION":
            found = register.decode(device.access.read(register.name))
            _check(found == register.reset, f"{register.name} is {found}, not {register.reset}")


def _all_answer(device: Device) -> None:
    for register in device.instance.map:
        if register.reads and not register.port:
            device.access.read(register.name)


def _random(device: Device) -> None:
    for value in (1, 0x80000000, 0x12345678):
        device.random = wanted = RandomState(value, value ^ 0xFFFF, value ^ 0xFF00FF)
        wanted = RandomState.loaded(device.config, wanted)
        found = device.random
        _check(found == wanted, f"random states are {found}, not {wanted}")


def _weights(device: Device) -> None:
    bits, layout = device.config.weight_bits, Layout(device.config)
    draw = np.random.default_rng(SEED)
    low, high = -(1 << bits - 1), 1 << bits - 1
    wanted = [draw.integers(low, high, (one.sources, one.targets)) for one in layout.layers]
    for sign in (0, -1):
        device.load_weights([matrix ^ sign for matrix in wanted])
        found = device.save_weights()
        for layer, (mine, other) in enumerate(zip(found, wanted, strict=True)):
            wrong = np.argwhere(mine != other ^ sign)
            _check(
                not wrong.size,
                f"{len(wrong)} weights of layer {layer} are wrong, the first at {wrong[:1]}",
            )


def _drawn(device: Device) -> tuple[list[object], list[int]]:
    """Draw samples and labels for the machine."""
    config, draw = device.config, np.random.default_rng(SEED)
    labels = draw.integers(0, config.layers[-1], SAMPLES).tolist()
    shape = (SAMPLES, config.ticks, config.layers[0])
    if config.encoder == "events":
        fires = draw.random(shape) < 0.1
        return [[np.flatnonzero(t).tolist() for t in s] for s in fires], labels
    values = draw.integers(0, 256, shape[::2]) * (draw.random(shape[::2]) < 0.5)
    return list(values), labels


def _samples(device: Device) -> None:
    core = Core(device.config)
    device.load_weights(core.weights)
    device.random = core.random
    samples, labels = _drawn(device)
    for rate in (256, 100, 0):
        found = device.train(samples, labels, rate).tolist()
        results = [core.run(s, k, rate) for s, k in zip(samples, labels, strict=True)]
        wanted = [result.winner for result in results]
        _check(found == wanted, f"at rate {rate}, winners are {found}, not {wanted}")
        counts, last = device.counts.tolist(), results[-1].counts.tolist()
        _check(counts == last, f"at rate {rate}, class counts are {counts}, not {last}")
    same = all(map(np.array_equal, device.save_weights(), core.weights))
    _check(same, "weights after learning are not those of the golden model")
    _check(device.random == core.random, f"random states are {device.random}, not {core.random}")


def _bad_samples(device: Device) -> None:
    device.clear_errors()
    before = device.save_weights(), device.random
    device.pipeline.settle()
    dropped = device.state.dropped
    device.access.write("LABEL", bytes([0, 0, 1, 1]), patient=True)
    device.pipeline.forget()
    device.pipeline.settle()
    state, errors = device.state, device.errors()
    known = errors.guard_count > 0 and errors.guard_first in GuardError.__members__
    _check(known, f"a sample that is too short is reported as: {errors}")
    _check((state.dropped - dropped) % 256 == 1, "a sample that is too short was not dropped")
    same = all(map(np.array_equal, device.save_weights(), before[0]))
    _check(same and device.random == before[1], "a dropped sample has changed weights or randoms")
    device.clear_errors()


def _refusals(device: Device) -> None:
    device.clear_errors()
    for status, address, data in (
        (Status.ADDRESS, NOWHERE, b"\0"),
        (Status.READ_ONLY, device.instance.map["STATUS"].address, b"\0"),
    ):
        try:
            device.access.link.write((address, data))
        except Refused as error:
            _check(error.status is status, f"{address:#06x} answers {error.status.name}")
        else:
            raise SelfTestFailed(f"a write to {address:#06x} is not answered {status.name}")
    device.access.link.transport.write(encode_command(0)[:-3] + b"\0\0~")
    device.access.link.begin()
    found = set(device.errors().link)
    _check({"ADDRESS", "READ_ONLY", "BROKEN"} <= found, f"of the line, only {found} is reported")
    device.clear_errors()
    _check(device.errors().count == 0, "errors cannot be cleared")


def _reset(device: Device) -> None:
    before = device.save_weights()
    device.reset()
    seeds = RandomState.seeded(device.config.seed)
    _check(device.random == seeds, f"after a reset, random states are not the seeds, {seeds}")
    same = all(map(np.array_equal, device.save_weights(), before))
    _check(same, "a reset has changed weights")


TESTS: dict[str, Callable[[Device], None]] = {
    "constants": _constants,
    "all registers answer": _all_answer,
    "random states": _random,
    "weight memory": _weights,
    "samples as in the golden model": _samples,
    "bad samples are dropped": _bad_samples,
    "bad commands are refused": _refusals,
    "reset": _reset,
}
