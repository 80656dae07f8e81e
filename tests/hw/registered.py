"""A linked core without a line: its byte bus, driven by hand, beside the model."""

from amaranth import Module, ResetInserter
from amaranth.lib.wiring import connect

from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import LinkError
from erbium.hw.core import Core
from erbium.hw.link.registers import Registers

RATES = {"clock_hz": 24_000_000, "baud": 3_000_000}

#: Bit of STATUS.
BUSY = 8


def circuit(config):
    """Return a guarded core behind its registers, and the registers."""
    m = Module()
    m.submodules.registers = registers = Registers(config, **RATES)
    m.submodules.core = ResetInserter(registers.core_reset)(core := Core(registers.map.config))
    connect(m, registers.core, core)
    return m, registers


class Bus:
    """Bytes to and from a circuit, and the same to and from the model, which must agree.

    Parameters
    ----------
    ctx : SimulatorContext
    registers : Registers
    model : RegisterModel, optional
        Without one, nothing is compared.
    """

    def __init__(self, ctx, registers, model=None):
        self.ctx, self.bus, self.errors = ctx, registers.bus, registers.errors
        self.sequence, self.map, self.model = registers.sequence, registers.map, model
        self.pauses = None

    async def byte(self, address, data, write, last):
        """Have a byte written or read; return the response."""
        ctx, request, response = self.ctx, self.bus.request, self.bus.response
        await self.pause()
        payload = {"address": address, "data": data, "write": write, "last": last}
        ctx.set(request.payload, payload)
        ctx.set(request.valid, 1)
        await ctx.tick().until(request.ready)
        ctx.set(request.valid, 0)
        await self.pause()
        ctx.set(response.ready, 1)
        (found,) = await ctx.tick().sample(response.payload).until(response.valid)
        ctx.set(response.ready, 0)
        return found.data, BusError(found.error), bool(found.stay)

    async def pause(self):
        """Wait for some cycles, if the bus is to be slow."""
        if self.pauses is not None and self.pauses.random() < 0.3:
            await self.ctx.tick().repeat(self.pauses.choice((1, 5)))

    async def both(self, address, data, write, last):
        """Do the same with the model; both must answer the same."""
        byte, error, stay = await self.byte(address, data, write, last)
        if self.model is not None:
            if write:
                expected = 0, self.model.write(address, data, last)
            else:
                expected = self.model.read(address, last)
            what = f"{'write' if write else 'read'} of {address:#06x} {data:#04x} {last}"
            assert (byte, error) == expected, what
            assert stay == self.model.stays(address), what
        return byte, error, stay

    async def write(self, address, data):
        """Write a burst, up to its first error; return that."""
        for number, value in enumerate(data):
            _, error, stay = await self.both(address, value, True, number == len(data) - 1)
            if error:
                return error
            address += not stay
        return BusError.NONE

    async def read(self, address, length):
        """Read a burst, up to its first error; return the bytes and that."""
        found = bytearray()
        for number in range(length):
            byte, error, stay = await self.both(address, 0, False, number == length - 1)
            if error:
                return bytes(found), error
            found.append(byte)
            address += not stay
        return bytes(found), BusError.NONE

    async def settle(self):
        """Wait until no sample is under way."""
        status = self.map["STATUS"].address
        while (await self.byte(status, 0, False, True))[0] & BUSY:
            pass
        # So did the model, once.
        if self.model is not None:
            self.model.read(status, True)

    async def report(self, error):
        """Report an error of the line."""
        self.ctx.set(self.errors.valid, 1)
        self.ctx.set(self.errors.payload, error)
        await self.ctx.tick()
        self.ctx.set(self.errors.valid, 0)
        if self.model is not None:
            self.model.report(LinkError(error))

    async def load(self, words):
        """Load all words of the weight memory, given as bytes."""
        await self.write(self.map["WEIGHT_ADDRESS"].address, bytes(4) + words)
