"""Planning: whether a core fits a device, before anything is synthesised."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from erbium.golden.config import LANES, MEMORIES, Config
from erbium.scripts.fpga.blocks import Use, place, total
from erbium.scripts.fpga.device import DEVICES, Device
from erbium.scripts.fpga.memory import BLOCK, HUGE, memories


@dataclass(frozen=True)
class Need:
    """What a core takes of something that a device has so many of."""

    what: str
    needed: int
    available: int

    @property
    def met(self) -> bool:
        """Whether there is enough."""
        return self.needed <= self.available


@dataclass(frozen=True)
class Plan:
    """The memories of a core on a device.

    Attributes
    ----------
    preset, lanes, device
        What is planned.
    uses : tuple of Use
        What each memory becomes.
    needs : tuple of Need
        Blocks, and LUTs of small memories. The LUTs of logic come on top: they are known after
        synthesis only.
    remedies : tuple of str
        What to change, one suffices; empty if the memories fit.
    """

    preset: str
    lanes: int
    device: str
    uses: tuple[Use, ...]
    needs: tuple[Need, ...]
    remedies: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the device has room for all memories."""
        return all(need.met for need in self.needs)

    def as_dict(self) -> dict[str, object]:
        """Return every value, ready for JSON."""
        return {
            "preset": self.preset,
            "lanes": self.lanes,
            "device": self.device,
            "fits": self.fits,
            "needs": [dataclasses.asdict(need) for need in self.needs],
            "blocks": total(self.uses),
            "memories": [
                {"name": use.memory.name, "words": use.memory.depth, "bits": use.memory.width,
                 "cell": use.cell, "cells": use.count}
                for use in self.uses
            ],
            "remedies": list(self.remedies),
        }  # fmt: skip


def plan(config: Config, device: Device) -> Plan:
    """Plan a core for a device.

    Raises
    ------
    FlowError
        If the RAM blocks of the device's family are not described.
    """
    uses = _uses(config, device)
    needs = _needs(uses, device)
    fits = all(need.met for need in needs)
    remedies = () if fits else tuple(_remedies(config, device))
    return Plan(config.name, config.lanes, device.name, uses, needs, remedies)


def fits(config: Config, device: Device) -> bool:
    """Return whether the memories of a core fit a device."""
    return all(need.met for need in _needs(_uses(config, device), device))


def adapted(config: Config, device: Device, fixed: Collection[str] = ()) -> Config:
    """Return the core as it is if it fits a device, else with another kind of weight memory or
    fewer lanes, which no result depends on; as it is if that does not help.

    Parameters
    ----------
    config : Config
    device : Device
    fixed : collection of str
        Which of "memory" and "lanes" must stay.
    """
    kinds = (config.memory,) if "memory" in fixed else sorted(MEMORIES, key=config.memory.__ne__)
    lanes = (config.lanes,) if "lanes" in fixed else sorted(LANES, reverse=True)
    for memory in kinds:
        for count in lanes:
            changed = config.replace(memory=memory, lanes=count)
            if count <= config.lanes and fits(changed, device):
                return changed
    return config


def _uses(config: Config, device: Device) -> tuple[Use, ...]:
    return tuple(place(memory, device.family.synth) for memory in memories(config))


def _needs(uses: tuple[Use, ...], device: Device) -> tuple[Need, ...]:
    def blocks(kind: str) -> int:
        return sum(use.count for use in uses if use.kind == kind)

    luts = sum(use.count * device.family.lut_cells.get(use.cell, 0) for use in uses)
    found = [Need("RAM blocks", blocks(BLOCK), device.block_rams)]
    if large := blocks(HUGE):
        found.append(Need("large RAM blocks", large, device.large_rams))
    if luts:
        found.append(Need("RAM LUTs", luts, device.luts))
    return tuple(found)


def _remedies(config: Config, device: Device) -> Iterator[str]:
    """Yield changes after each of which the core fits."""
    for memory in MEMORIES:
        if memory != config.memory and fits(config.replace(memory=memory), device):
            yield f"--set memory={memory}"
    if (lanes := _first(_lanes(config), device)) is not None:
        yield f"--lanes {lanes.lanes}"
    if (narrow := _first(_narrower(config), device)) is not None:
        yield " ".join(
            f"--set {name}={_text(getattr(narrow, name))}"
            for name in ("weight_bits", "weight_init")
            if getattr(narrow, name) != getattr(config, name)
        )
    # Where even the smallest layers are too large for these lanes, both have to change.
    for base in (config, *_lanes(config)):
        if (small := _first(_smaller(base), device)) is not None:
            lanes = "" if base is config else f"--lanes {base.lanes} "
            most = max(small.layers[1:-1])
            layers = _text(small.layers)
            yield f"{lanes}--set layers={layers} (hidden layers of at most {most})"
            break
    others = [other for other in DEVICES.values() if fits(config, other)]
    if others:
        yield f"--device {min(others, key=lambda other: other.block_rams).name}"


def _first(configs: Iterator[Config], device: Device) -> Config | None:
    return next((config for config in configs if fits(config, device)), None)


def _lanes(config: Config) -> Iterator[Config]:
    """Yield the core with other lanes: fewer first, the nearest first."""
    fewer = [lanes for lanes in reversed(LANES) if lanes < config.lanes]
    for lanes in (*fewer, *(lanes for lanes in LANES if lanes > config.lanes)):
        yield config.replace(lanes=lanes)


def _narrower(config: Config) -> Iterator[Config]:
    """Yield the core with weights of fewer and fewer bits, and initial weights that fit."""
    for bits in range(config.weight_bits - 1, 1, -1):
        most = 2 ** (bits - 1) - 1
        limits = tuple(min(limit, most) for limit in config.weight_init)
        yield config.replace(weight_bits=bits, weight_init=limits)


def _smaller(config: Config) -> Iterator[Config]:
    """Yield the core with smaller and smaller hidden layers; those that are small enough stay."""
    inputs, *hidden, classes = config.layers
    for most in range(max(hidden) - 1, 0, -1):
        yield config.replace(layers=(inputs, *(min(size, most) for size in hidden), classes))


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
