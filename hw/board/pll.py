"""Phase-locked loops: the cells that make a board's clock from its oscillator's."""

from fractions import Fraction

from amaranth import *
from amaranth.lib import io, wiring
from amaranth.lib.wiring import Out

from erbium.hw.board.ratio import Limits


class Pll(wiring.Component):
    """A loop between a pin and a clock; what the kinds have in common.

    Parameters
    ----------
    port : io port
        Pin with the oscillator's clock.
    input_mhz : int
        Its frequency.
    ratio : Ratio
        What is made of it; the numbers must be within `LIMITS`.

    Attributes
    ----------
    LIMITS : Limits
        Of the kind.

    Members
    -------
    clk : Out(1)
        The clock.
    locked : Out(1)
        It is steady; not synchronous to anything.
    """

    clk: Out(1)
    locked: Out(1)

    LIMITS: Limits

    def __init__(self, port, *, input_mhz, ratio):
        self._port = port
        self._input_mhz = input_mhz
        self._ratio = ratio
        super().__init__()

    @property
    def ratio(self):
        """What is made of the oscillator's clock."""
        return self._ratio

    def _pin(self, m):
        m.submodules.pin = pin = io.Buffer("i", self._port)
        return pin.i


class Ice40Core(Pll):
    """Loop of an iCE40 whose input comes from the fabric."""

    LIMITS = Limits(
        references=range(1, 17),
        feedbacks=range(1, 129),
        outputs=(2, 4, 8, 16, 32, 64),
        detector=(10, 133),
        oscillator=(533, 1066),
        out=(16, 275),
        around_output=False,
    )

    #: Highest frequencies of the detector, in MHz, for the filters 1, 2, ...
    FILTERS = (17, 26, 44, 66, 101)

    def elaborate(self, platform):
        m = Module()
        m.submodules.cell = Instance("SB_PLL40_CORE", i_REFERENCECLK=self._pin(m), **self._cell())
        return m

    def _cell(self):
        ratio = self.ratio
        detector = Fraction(self._input_mhz, ratio.reference)
        return {
            "p_FEEDBACK_PATH": "SIMPLE",
            "p_DIVR": C(ratio.reference - 1, 4),
            "p_DIVF": C(ratio.feedback - 1, 7),
            "p_DIVQ": C(ratio.output.bit_length() - 1, 3),
            "p_FILTER_RANGE": C(1 + sum(detector >= most for most in self.FILTERS), 3),
            "i_RESETB": C(1),
            "i_BYPASS": C(0),
            "o_PLLOUTGLOBAL": self.clk,
            "o_LOCK": self.locked,
        }


class Ice40Pad(Ice40Core):
    """The same beside the pin that feeds it: no ordinary input can be there, too."""

    def elaborate(self, platform):
        m = Module()
        m.submodules.cell = Instance("SB_PLL40_PAD", io_PACKAGEPIN=self._port.io, **self._cell())
        return m


class Ecp5(Pll):
    """Loop of an ECP5."""

    LIMITS = Limits(
        references=range(1, 129),
        feedbacks=range(1, 81),
        outputs=range(1, 129),
        detector=(Fraction(25, 8), 400),
        oscillator=(400, 800),
        out=(10, 400),
        around_output=True,
    )

    def elaborate(self, platform):
        m = Module()
        ratio = self.ratio
        m.submodules.cell = Instance(
            "EHXPLLL",
            # Current and resistor of the loop's filter, as the vendor chooses them.
            a_ICP_CURRENT="12",
            a_LPF_RESISTOR="8",
            a_MFG_ENABLE_FILTEROPAMP="1",
            a_MFG_GMCREF_SEL="2",
            p_CLKI_DIV=ratio.reference,
            p_CLKFB_DIV=ratio.feedback,
            p_CLKOP_DIV=ratio.output,
            p_CLKOP_ENABLE="ENABLED",
            p_CLKOP_CPHASE=ratio.output - 1,
            p_FEEDBK_PATH="CLKOP",
            i_CLKI=self._pin(m),
            i_CLKFB=self.clk,
            i_RST=C(0),
            i_STDBY=C(0),
            i_ENCLKOP=C(0),
            i_PHASESEL0=C(0),
            i_PHASESEL1=C(0),
            i_PHASEDIR=C(0),
            i_PHASESTEP=C(0),
            i_PHASELOADREG=C(0),
            i_PLLWAKESYNC=C(0),
            o_CLKOP=self.clk,
            o_LOCK=self.locked,
        )
        return m


class Gowin(Pll):
    """Loop of a GW1N-9 of speed C6/I5."""

    LIMITS = Limits(
        references=range(1, 65),
        feedbacks=range(1, 65),
        outputs=(2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128),
        detector=(3, 400),
        oscillator=(400, 1200),
        out=(Fraction(25, 8), 600),
        around_output=True,
    )

    def elaborate(self, platform):
        m = Module()
        ratio = self.ratio
        m.submodules.cell = Instance(
            "rPLL",
            p_DEVICE=platform.family,
            p_FCLKIN=str(self._input_mhz),
            p_DYN_IDIV_SEL="false",
            p_IDIV_SEL=ratio.reference - 1,
            p_DYN_FBDIV_SEL="false",
            p_FBDIV_SEL=ratio.feedback - 1,
            p_DYN_ODIV_SEL="false",
            p_ODIV_SEL=ratio.output,
            p_CLKFB_SEL="internal",
            i_CLKIN=self._pin(m),
            i_CLKFB=C(0),
            i_RESET=C(0),
            i_RESET_P=C(0),
            i_FBDSEL=C(0, 6),
            i_IDSEL=C(0, 6),
            i_ODSEL=C(0, 6),
            i_PSDA=C(0, 4),
            i_DUTYDA=C(0, 4),
            i_FDLY=C(0, 4),
            o_CLKOUT=self.clk,
            o_LOCK=self.locked,
        )
        return m
