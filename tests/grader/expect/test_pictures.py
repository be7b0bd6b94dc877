"""Pictures of a refusal: which data are taken, how coarse they are, and when there are none."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import expect
from grader.errors import Chain, Curves, HeatMap
from grader.expect.pictures import (
    MOST_CELLS,
    MOST_NAMES,
    MOST_OPERATIONS,
    MOST_POINTS,
    chain,
    curves,
    flow,
    heat,
)
from grader.records import Outcome
from grader.reports import pictures
from grader.sandbox.child import witness
from grader.sandbox.raised import StudentError

# A busy machine is no failure.
PATIENT = settings(deadline=None)

LOSS = st.floats() | st.integers(-(10**400), 10**400) | st.none() | st.text(max_size=3)


# Heat maps


def test_heat_has_levels_by_the_worst():
    """A cell is 1 to 4 by its share of the largest difference, and 0 where values agree."""
    off = torch.tensor([[0.0, 0.005, 0.05], [0.4, 1.0, math.inf]])

    assert heat(off > 0, off) == HeatMap((2, 3), 2, 3, ((0, 1, 2), (3, 4, 4)))


def test_heat_joins_what_does_not_fit():
    """A large tensor is drawn in blocks; one wrong value among thousands still shows."""
    wrong = torch.zeros(3, 40, 500, dtype=torch.bool)
    wrong[2, 39, 499] = True
    found = heat(wrong)

    assert (found.shape, found.rows, found.columns) == ((3, 40, 500), 120, 500)
    assert [len(found.cells), len(found.cells[0])] == [MOST_CELLS, MOST_CELLS]
    assert sum(map(sum, found.cells)) == found.cells[-1][-1] == 1


@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (1 << 12, (1 << 10) + 1)])
def test_heat_of_one_value_or_of_too_many(shape):
    """There is nothing to see in one value, and millions are not looked through."""
    assert heat(torch.ones(shape, dtype=torch.bool)) is None


@PATIENT
@given(st.lists(st.integers(1, 60), min_size=1, max_size=3), st.integers(0, 999))
def test_heat_keeps_every_difference(sizes, seed):
    """A map marks something exactly where something is wrong, and is within its bounds."""
    wrong = torch.rand(sizes, generator=torch.Generator().manual_seed(seed)) > 0.97
    found = heat(wrong)
    if found is None:
        assert wrong.numel() == 1
        return
    cells = torch.tensor(found.cells)

    assert max(cells.shape) <= MOST_CELLS
    assert bool(cells.any()) is bool(wrong.any())
    if wrong.numel() == cells.numel():
        assert torch.equal(cells.flatten().bool(), wrong.flatten())


# Curves


def test_curves_are_thinned_and_rounded():
    """A long run keeps its ends and a few points between them, to three digits."""
    found = curves([1 / (step + 1) for step in range(1000)], [0.123456] * 1000)

    assert len(found.at) == MOST_POINTS
    assert (found.at[0], found.at[-1]) == (0, 999)
    assert (found.got[0], found.got[-1]) == (1.0, 0.001)
    assert set(found.wanted) == {0.123}


def test_curves_of_different_lengths():
    """Where one list ends, the other goes on; what is no finite number is a gap."""
    found = curves([2.0, math.nan, "three"], [2.0, 1.0, 0.5, 0.25])

    assert found == Curves((0, 1, 2, 3), (2.0, None, None, None), (2.0, 1.0, 0.5, 0.25))


@PATIENT
@given(st.lists(LOSS, max_size=80), st.lists(st.floats(), max_size=80))
def test_curves_of_anything(got, want):
    """Whatever came back, a picture of it can be written and read."""
    found = curves(got, want)

    if max(len(got), len(want)) < 2:
        assert found is None
    else:
        fields = {"at": list(found.at), "got": list(found.got), "wanted": list(found.wanted)}
        assert pictures.read(fields | {"kind": "curves"}, "picture") == found


# Flow


def test_flow_measures_lengths():
    """A gradient has its length, one that did not arrive has none; long lists are cut."""
    got = {f"layer {n}": torch.full((4,), 1.5) for n in range(30)} | {"layer 1": None}
    found = flow("gradient", got)

    assert found.got[:3] == (3.0, None, 3.0)
    assert (len(found.names), found.more, found.wanted) == (24, 6, ())


def test_gradients_draws_what_reached_each_argument(refused, paired):
    """Where no gradient reaches an argument, all of them are drawn beside the right ones."""
    w, x = torch.tensor(2.0), torch.tensor(3.0)
    function = paired(lambda w, x: w * x.detach(), lambda w, x: w * x)
    found = refused(expect.gradients, function, w, x).evidence.picture

    assert found.names == ("argument 1 (w)", "argument 2 (x)")
    assert found.got[1] is None
    assert found.got[0] == found.wanted[0]


# The chain


def seen(function, *args):
    """Watch a call."""
    return witness.watched(function, args, {})[1]


def tracked():
    """Give one tracked number."""
    return torch.tensor(3.0, requires_grad=True)


@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
@pytest.mark.parametrize(
    ("function", "operations", "cut"),
    [
        (lambda x: torch.tensor((x * 2).item()), ("mul", "item", "tensor"), 1),
        (lambda x: (x * 2).detach() + 1, ("mul", "detach", "add"), 1),
        (lambda x: x.data * 2, ("data", "mul"), 0),
        (lambda x: torch.tensor(float(x.exp())), ("exp", "float", "tensor"), 1),
        (lambda x: torch.tensor(x.shape), ("tensor",), 0),
        # Two kinds of function cut, so neither is accused.
        (lambda x: x.detach() * x.item(), ("detach", "item", "mul"), None),
        (torch.no_grad()(lambda x: x * 2 + 1), ("no_grad", "mul", "add"), 0),
    ],
)
def test_chain_shows_where_it_is_cut(function, operations, cut):
    """The operations stand in order, and the one that cuts is told where it is sure."""
    assert chain(seen(function, tracked())) == Chain(operations, cut)


def test_no_chain_of_nothing():
    """A call that uses nothing of torch has no chain."""
    assert chain(seen(lambda x: 3.0, tracked())) is None


def test_gradients_draws_the_chain(refused, paired):
    """A result that is connected to nothing comes with the way that it was computed."""
    function = paired(lambda w, n: torch.tensor((w * 2).item()), lambda w, n: w * 2)
    found = refused(expect.gradients, function, torch.tensor(2.0), 3).evidence.picture

    assert found == Chain(("mul", "item", "tensor"), 1, ("argument 1 (w)",))


def test_what_raises_when_it_is_looked_at_has_no_chain(refused, paired):
    """A call that raises the second time is told as what it was the first time."""
    calls = []

    def fickle(w):
        calls.append(w)
        if len(calls) > 1:
            raise StudentError(Outcome.RAISED, "ValueError: again")
        return (w * 2).detach()

    found = refused(expect.gradients, paired(fickle, lambda w: w * 2), torch.tensor(2.0))

    assert found.evidence.picture is None


def test_what_hangs_when_it_is_looked_at_is_a_hang(paired):
    """A call that does not end the second time ends the check as one that hangs."""
    calls = []

    def fickle(w):
        calls.append(w)
        if len(calls) > 1:
            raise StudentError(Outcome.TIMED_OUT, "stopped")
        return (w * 2).detach()

    with pytest.raises(StudentError, match="stopped"):
        expect.gradients(paired(fickle, lambda w: w * 2), torch.tensor(2.0))


# In training


def test_history_draws_both_curves(refused):
    """A wrong loss comes with the whole run beside the right one."""
    found = refused(expect.history, [4.0, 4.0, 4.0], [4.0, 2.0, 1.0]).evidence.picture

    assert found == Curves((0, 1, 2), (4.0, 4.0, 4.0), (4.0, 2.0, 1.0))


def test_step_draws_every_parameter(refused):
    """A step of the wrong length comes with how far each parameter moved."""
    model = torch.nn.Linear(2, 1)
    X, y = torch.ones(3, 2), torch.zeros(3, 1)

    def loss(predicted, truth):
        return (predicted - truth).square().mean()

    def train(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
        loss(model(X), y).backward()
        optimizer.step()

    found = refused(expect.step, train, model, X, y, loss=loss, lr=0.1).evidence.picture

    assert (found.of, found.names) == ("step", ("weight", "bias"))
    assert found.got == pytest.approx([3 * length for length in found.wanted], rel=0.02)


def test_pictures_are_within_what_is_read():
    """The bounds of what is drawn are those of what is read."""
    assert (pictures.MOST_POINTS, pictures.MOST_CELLS) == (MOST_POINTS, MOST_CELLS)
    assert (pictures.MOST_NAMES, pictures.MOST_OPERATIONS) == (MOST_NAMES, MOST_OPERATIONS)
