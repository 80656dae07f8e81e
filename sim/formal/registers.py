"""Registers of a link: behind the lock, no transaction reads a weight or changes state."""

from __future__ import annotations

from amaranth.hdl import Cat, Signal

from erbium.golden.link.bus import BusError
from erbium.golden.presets import preset
from erbium.hw.link.decoder import CodeLayout, register_codes
from erbium.hw.link.registers import Registers
from erbium.sim.formal.proof import Proof
from erbium.sim.formal.properties import (
    Opened,
    Properties,
    anything,
    assume,
    check,
    cover,
    first_cycle,
    implies,
    past,
)

#: Registers of the circuit that only commands change.
KEPT = (
    "learns", "lock", "restarted", "requests.label", "requests.rate", "weights.address",
)  # fmt: skip

#: Steps of a request, in turn.
STEPS = ("wait", "fetch", "look", "take", "act", "answer")

#: The same: of the sample that is being sent.
SAMPLE = {"phase": ("samples.run", "samples.sent"), "events": ("samples.base", "samples.beyond")}


class Lock(Properties):
    """`Registers`: any transactions, any core behind them, any errors of the line.

    The memory may show anything but a wrong code for WEIGHT_DATA, or a code of samples that can be
    read, and shows it until it reads again: more tables than there are, so what holds for all of
    them holds for the real one.
    """

    def specify(self, m):
        registers = Registers(self.built, clock_hz=1_000_000, baud=9600)
        m.submodules.registers = opened = Opened(registers)
        first = first_cycle(m)
        self._host(m, registers, opened, first)
        self._core(m, registers)
        locked, core = opened.signal("lock"), registers.core
        was = past(m, locked) & ~first
        inputs = core.i_event if self.config.encoder == "events" else core.i_pixel
        silent = {
            "access": core.i_access.valid,
            "request": core.i_request.valid,
            "sample": inputs.valid,
            "random state": core.i_random.valid,
            "drop": core.i_drop,
            "clearing": core.i_clear | opened.signal("line.clear"),
            "reset": registers.core_reset,
            "word": core.o_access.ready,
        }
        for name, wire in silent.items():
            check(m, f"no {name}", implies(locked, ~wire))
        for name in (*KEPT, *SAMPLE[self.config.encoder]):
            signal = opened.signal(name)
            check(m, f"{name} stays", implies(was, signal == past(m, signal)))
        self._answers(m, registers, locked)
        hold, awaited = opened.signal("hold"), opened.signal("weights.awaited")
        check(m, "nothing is left of a word", implies(locked & ~was, hold == 0))
        self._reasons(m, registers, opened, locked)
        cover(m, "the lock waits for a request", past(m, core.i_request.valid, 4) & locked)
        cover(m, "a word is read", awaited & core.o_access.valid)

    def _host(self, m, registers, opened, first):
        """Any requests, which stay until they are taken; a memory that may hold anything."""
        request, response = registers.bus.request, registers.bus.response
        payload = request.payload.as_value()
        m.d.comb += [
            payload.eq(anything(m, len(payload), "request")),
            request.valid.eq(anything(m, 1, "request_valid")),
            response.ready.eq(anything(m, 1, "response_ready")),
            registers.sequence.eq(anything(m, 8, "sequence")),
            registers.errors.valid.eq(anything(m, 1, "error")),
            registers.errors.payload.eq(anything(m, len(registers.errors.payload), "code")),
        ]
        waits = past(m, request.valid & ~request.ready) & ~first
        assume(m, implies(waits, request.valid & (payload == past(m, payload))))
        shown = opened.signal("store.data")
        kept = ~opened.signal("at_wait") & ~opened.signal("at_fetch") & ~opened.signal("at_look")
        assume(m, implies(kept & ~first, shown == past(m, shown)))
        weights = registers.map["WEIGHT_DATA"].address
        codes, code = register_codes(registers.map), CodeLayout()(shown)
        for name in ("SAMPLE", "SAMPLE_PART"):
            assume(m, implies(code.register == codes[name], ~code.reads))
        steps = Cat(opened.signal(f"at_{name}") for name in ("look", "take", "act"))
        here = steps.any() & request.valid & (request.payload.address == weights)
        assume(m, implies(here, code.register == codes["WEIGHT_DATA"]))

    @staticmethod
    def _core(m, registers):
        """Any core: whatever it may show, in every cycle."""
        core = registers.core
        for name, wire in (
            ("result", core.o_result.payload.as_value()),
            ("result_valid", core.o_result.valid),
            ("request_ready", core.i_request.ready),
            ("access_ready", core.i_access.ready),
            ("word", core.o_access.payload.as_value()),
            ("word_valid", core.o_access.valid),
            ("states", core.o_random.as_value()),
            ("phase", core.phase),
            ("refused", core.o_errors.as_value()),
        ):
            m.d.comb += wire.eq(anything(m, len(wire), name))
        inputs = core.i_event if hasattr(core, "i_event") else core.i_pixel
        m.d.comb += inputs.ready.eq(anything(m, 1, "input_ready"))

    @staticmethod
    def _reasons(m, registers, opened, locked):
        """Say why it is so: what each step of a request, and of an access of the core, implies."""
        request, error = registers.bus.request, registers.bus.response.payload.error
        steps = [opened.signal(f"at_{name}") for name in STEPS]
        look, take, act = steps[2:5]
        ones = sum(steps[1:], start=steps[0])
        here, stored = opened.signal("decoder.here"), opened.signal("decoder.stored")
        code = CodeLayout()(opened.signal("store.data"))
        weights = here & (code.register == register_codes(registers.map)["WEIGHT_DATA"])
        offered, awaited, served = (
            opened.signal(f"weights.{name}") for name in ("offered", "awaited", "served")
        )
        accessed, sent = opened.signal("weights.i_valid"), opened.signal("samples.i__valid")
        refused = (take | act) & locked & (request.payload.write | weights)
        check(m, "one step at a time", ones == 1)
        check(m, "who is looked at", implies(steps[1] | look | take | act, request.valid))
        check(m, "who is refused", implies(refused, error == BusError.LOCKED))
        page = request.payload.address[8:] == registers.map["CONTROL"].address >> 8
        read = (take | act) & here & (error == BusError.NONE) & ~request.payload.write
        check(m, "where it is", implies(look | take | act, (here == page) & ~(here & stored)))
        check(m, "what is read", implies(read, code.reads))
        codes, hits = register_codes(registers.map), opened.signal("decoder.hits")
        found = Cat(code.register == codes[r.name] for r in registers.map if r.name in codes)
        check(m, "what is hit", implies(take | act, hits == found))
        waits = opened.signal("waits")
        check(m, "who waits", implies(act & opened.signal("must_wait"), waits))
        asked, offers = opened.signal("requests.asked"), opened.signal("requests.offered")
        check(m, "who is asked for", implies(offers, asked))
        check(m, "who is accessed", implies(offered | awaited | served, accessed))
        check(m, "who awaits a word", implies(awaited, ~request.payload.write & ~offered))
        inputs = opened.signal("stage.offered") | opened.signal("stage.taken")
        check(m, "who is sent", implies(inputs, sent))

    @staticmethod
    def _answers(m, registers, locked):
        """Follow a request to its response."""
        request, response = registers.bus.request, registers.bus.response
        refused, writes = Signal(), Signal()
        weights = request.payload.address == registers.map["WEIGHT_DATA"].address
        with m.If(request.valid & request.ready):
            m.d.sync += [
                refused.eq(locked & (request.payload.write | weights)),
                writes.eq(request.payload.write),
            ]
        answer = response.valid & refused
        right = (response.payload.error == BusError.LOCKED) & (response.payload.data == 0)
        check(m, "who is locked out is told", implies(answer, right))
        cover(m, "a write is refused", answer & writes)
        cover(m, "a reading of weights is refused", answer & ~writes)


_CONFIG = preset("tiny").replace(layers=(4, 2, 2), guard=True)

PROOFS = tuple(
    Proof(
        name=f"lock-{encoder}",
        statement="behind the lock no transaction reads a weight or changes state "
        f"({'events' if encoder == 'events' else 'pixels'})",
        config=_CONFIG.replace(encoder=encoder),
        build=Lock,
        method="induction",
        depth=3,
        reach=16,
        free=("memories",),
        faults=(
            "weights are read behind the lock",
            "registers are written behind the lock",
            "a word is kept when the lock closes",
            "a port does not ask for leave",
        ),
    )
    for encoder in ("phase", "events")
)
