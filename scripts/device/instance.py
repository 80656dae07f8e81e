"""What a machine is: its configuration, found in its constants, and the map that follows."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

from erbium.golden.config import PER_LAYER, Config, ConfigError
from erbium.golden.layout import Layout
from erbium.golden.link import identity
from erbium.golden.link.description import RegisterMap
from erbium.golden.link.registers import register_map
from erbium.golden.presets import preset
from erbium.scripts.device.transport import DeviceError
from erbium.scripts.train.checkpoint import different

#: Values that a link decides by itself; nothing that a host sees depends on them.
OF_THE_LINK = ("guard", "event_buffer")

#: Any machine: where constants lie is the same for all.
CONSTANTS = identity.identity_registers(preset("tiny"), 1, 1)


@dataclass(frozen=True)
class Instance:
    """A machine, as it describes itself.

    Attributes
    ----------
    config : Config
        The machine, without the guard that every link brings.
    version : str
        Version of Erbium that made it.
    fingerprint : str
        First digits of the fingerprint of its configuration, guard included.
    clock_hz, baud : int
        Its clock, and bits a second on its line.
    """

    config: Config
    version: str
    fingerprint: str
    clock_hz: int
    baud: int

    @classmethod
    def of(cls, data: bytes, given: Config | None = None) -> Instance:
        """Return the machine that has these constants.

        Parameters
        ----------
        data : bytes
            The constants, from address 0 on.
        given : Config, optional
            Whose machine it is said to be; a name that is too long for the constants is taken
            from there.

        Raises
        ------
        DeviceError
            If it is none, or of a version that is not understood.
        """
        values = {
            register.name: register.decode(data[register.address : register.end])
            for register in CONSTANTS
        }
        _check_kind(values)
        config = _config(values, given)
        found = bytes(values["FINGERPRINT"]).hex()
        own = config.fingerprint[: len(found)]
        if own != found:
            raise DeviceError(
                f"the machine states the fingerprint {found}, but its parameters have {own}; it is "
                "of another version of Erbium: build it again with this one"
            )
        return cls(
            _plain(config),
            ".".join(map(str, values["VERSION"])),
            found,
            values["CLOCK_HZ"][0],
            values["BAUD"][0],
        )

    @cached_property
    def map(self) -> RegisterMap:
        """Its registers."""
        return register_map(self.config, clock_hz=self.clock_hz, baud=self.baud)

    @cached_property
    def longest_sample(self) -> float:
        """Seconds that no sample takes.

        In every tick, all inputs and all neurons may fire, and all classes may be wrong. A word of
        weights takes two cycles where it has to be written alone, and an event of a small layer
        waits for the sums of the one before.
        """
        layout = Layout(self.config)
        words = sum(layer.sources * max(layer.groups, 4) for layer in layout.layers)
        errors = (layout.classes + 1) * (layout.state_depth + 8)
        cycles = self.config.ticks * (2 * words + layout.inputs + 4 * layout.state_depth + errors)
        return (cycles + 1000) / self.clock_hz

    def check_is(self, config: Config) -> None:
        """Refuse a machine that is not the expected one.

        Raises
        ------
        DeviceError
            Naming what differs, with both values.
        """
        mine, others = self.config.as_dict(), _plain(config).as_dict()
        differences = [
            f"{key} {value}, not {others[key]}"
            for key, value in mine.items()
            if key not in OF_THE_LINK and value != others[key]
        ]
        if differences:
            raise DeviceError(
                f"the machine {self.config.name!r} at the port is not the one that is expected, "
                f"{config.name!r}: it has {'; '.join(differences)}; expect another configuration, "
                "or load the right bitstream"
            )

    def check_takes(self, config: Config, what: str) -> None:
        """Refuse weights, say, of a machine with other results.

        Raises
        ------
        DeviceError
            Naming what differs, with both values.
        """
        for key, mine, other in different(self.config, config):
            raise DeviceError(
                f"{what} was made with {key} {other}, but the machine {self.config.name!r} at the "
                f"port has {key} {mine}; build the machine with the configuration of {what}"
            )


def _plain(config: Config) -> Config:
    return config.replace(guard=False)


def _check_kind(values: dict[str, tuple[int, ...]]) -> None:
    magic, version = bytes(values["MAGIC"]), values["MAP_VERSION"][0]
    if magic != identity.MAGIC:
        raise DeviceError(
            f"what answers is no machine of Erbium: it begins with {magic!r}, not "
            f"{identity.MAGIC!r}; choose another port"
        )
    if version != identity.MAP_VERSION:
        raise DeviceError(
            f"the machine has version {version} of the register map, and this program "
            f"{identity.MAP_VERSION}; use the Erbium that made it, "
            f"{'.'.join(map(str, values['VERSION']))}"
        )


def _config(values: dict[str, tuple[int, ...]], given: Config | None) -> Config:
    """Return the configuration in these constants, of which no value is checked yet."""
    name = bytes(values["NAME"]).rstrip(b"\0").decode("ascii", "replace")
    if given is not None and given.name[: identity.NAME_BYTES] == name:
        name = given.name
    layers = tuple(size for size in values["LAYERS"] if size)
    found: dict[str, object] = {"name": name, "layers": layers}
    for field in dataclasses.fields(Config):
        value = values.get(field.name.upper())
        if value is not None and field.name not in found:
            found[field.name] = value[: len(layers) - 1] if field.name in PER_LAYER else value[0]
    try:
        for field, words in identity.WORDS.items():
            found[field] = words[values[field.upper()][0]]
        for bit, field in enumerate(identity.OPTIONS):
            found[field] = bool(values["OPTIONS"][0] >> bit & 1)
        return Config(**found)
    except (ConfigError, IndexError) as error:
        raise DeviceError(
            f"the machine describes itself as {name!r} with values that are not possible "
            f"({error}); it is of another version of Erbium: build it again with this one"
        ) from error
