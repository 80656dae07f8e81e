"""Operation: a bit for each kind, by the name that it has in the model."""

import pytest
from amaranth import *

from erbium.golden.cycle.operation import Issue
from erbium.golden.enums import Operation
from erbium.golden.presets import preset
from erbium.hw.operation import OPERANDS, IssueLayout, OperationLayout, StageLayout, operation_code

KINDS = [kind for kind in Operation if kind != Operation.NONE]


def test_every_operation_has_a_bit_of_its_name():
    names = [name.upper() for name in OperationLayout().members]
    assert names == [kind.name for kind in KINDS]
    assert OperationLayout().size == len(KINDS)


@pytest.mark.parametrize("kind", Operation)
def test_code_is_the_number_in_the_model(kind, simulate):
    m, code = Module(), Signal(Operation)
    operation = OperationLayout().const({kind.name.lower(): 1} if kind in KINDS else {})
    m.d.comb += code.eq(operation_code(operation))

    async def testbench(ctx):
        await ctx.delay(1e-9)
        assert ctx.get(code) == kind

    simulate(m, testbench)


def test_operands_are_those_of_the_model():
    config = preset("tiny")
    issue, stage = set(IssueLayout(config).members), set(StageLayout(config).members)
    assert issue == set(vars(Issue()))
    assert set(OPERANDS) < issue
    # An address of the feedback memory is used at once; sums that are forwarded come later.
    assert issue - stage == {"feedback"}
    assert stage - issue == {"forward"}
