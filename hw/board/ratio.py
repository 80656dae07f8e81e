"""Numbers of a phase-locked loop: the fastest legal clock that is not above a wanted one."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


class ClockError(ValueError):
    """A clock that a board cannot make; the message says what it can."""


@dataclass(frozen=True)
class Ratio:
    """Numbers of a loop: it multiplies by `feedback`, and divides by `reference` and `output`.

    Attributes
    ----------
    reference, feedback, output : int
    mhz : Fraction
        Frequency that comes out.
    """

    reference: int
    feedback: int
    output: int
    mhz: Fraction


@dataclass(frozen=True)
class Limits:
    """What a kind of loop can do; all frequencies in MHz, lowest and highest.

    Attributes
    ----------
    references, feedbacks, outputs : sequence of int
        Numbers that can be chosen.
    detector, oscillator, out : (number, number)
        Frequencies of its phase detector, its oscillator and its output.
    around_output : bool
        The feedback is taken behind the output divider, which so does not divide the output.
    """

    references: Sequence[int]
    feedbacks: Sequence[int]
    outputs: Sequence[int]
    detector: tuple[Fraction | int, Fraction | int]
    oscillator: tuple[Fraction | int, Fraction | int]
    out: tuple[Fraction | int, Fraction | int]
    around_output: bool

    def solve(self, input_mhz, at_most_mhz):
        """Return the `Ratio` of the fastest legal clock that is not above the wanted one.

        Raises
        ------
        ClockError
            If every legal clock is above it.
        """
        ratios = list(self._ratios(input_mhz))
        legal = [ratio for ratio in ratios if ratio.mhz <= at_most_mhz]
        if not legal:
            slowest = min(ratio.mhz for ratio in ratios)
            raise ClockError(
                f"no clock of at most {float(at_most_mhz):g} MHz can be made from {input_mhz} MHz; "
                f"ask for {float(slowest):g} MHz or more"
            )
        # Of equals, the one whose detector compares most often.
        return max(legal, key=lambda r: (r.mhz, -r.reference, r.feedback))

    def _ratios(self, input_mhz):
        for reference in self.references:
            detector = Fraction(input_mhz, reference)
            if not _within(detector, self.detector):
                continue
            for feedback in self.feedbacks:
                for output in self.outputs:
                    product = detector * feedback
                    made = product if self.around_output else product / output
                    if _within(made * output, self.oscillator) and _within(made, self.out):
                        yield Ratio(reference, feedback, output, made)


def _within(value, limits):
    return limits[0] <= value <= limits[1]
