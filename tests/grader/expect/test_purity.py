"""`unchanged`: whatever a call does to its arguments is named."""

from collections import namedtuple

import pytest
import torch
from torch import nn

from grader import expect

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
v = torch.tensor([1.0, 0.5, -1.0])


def product(A, v):
    """The reference of most tests here."""
    return A @ v


def zero(w):
    """Change the values."""
    w.data.zero_()


def track(w):
    """Switch tracking off."""
    w.requires_grad_(False)


def leave(w):
    """Leave a gradient behind."""
    (w * 2).sum().backward()


def lengthen(w):
    """Change the shape."""
    w.data = torch.zeros(2)


def test_unchanged_accepts(paired):
    """A function that only looks is right."""
    w = torch.tensor(2.0, requires_grad=True)
    w.grad = torch.tensor(7.0)

    expect.unchanged(paired(product, product), A.clone(), v)
    expect.unchanged(paired(lambda w: w * 2, lambda w: w), w)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (zero, "its values are not what they were"),
        (track, "its requires_grad was True and is False"),
        (leave, "its grad was None and is a tensor"),
        (lengthen, "it was (3,) torch.float32 and is (2,) torch.float32"),
    ],
)
def test_unchanged_refuses(refusal, paired, change, told):
    """Whatever a call does to a tensor is named, with the argument."""
    w = v.clone().requires_grad_()

    assert (
        refusal(expect.unchanged, paired(change, zero), w)
        == f"The call changes argument 1 (w): {told}. Work on a copy of it."
    )


def test_unchanged_compares_grad(refusal, paired):
    """A gradient that is added to, and one that is thrown away, are changes."""
    w = v.clone().requires_grad_()
    w.grad = torch.ones(3)

    assert "its grad is not what it was" in refusal(expect.unchanged, paired(leave, zero), w)

    def forget(w):
        w.grad = None

    assert "its grad is gone" in refusal(expect.unchanged, paired(forget, zero), w)


def test_unchanged_looks_into_containers(refusal, paired):
    """A tensor is changed wherever it lies: in a dict, a named tuple, a list within them."""
    Pair = namedtuple("Pair", "left right")

    def spoil(given):
        given["deep"].left[0].zero_()

    def forget(given):
        del given["deep"]

    for change, told in (
        (spoil, "in 'deep', its values are not what they were"),
        (forget, "its keys are not those it had"),
    ):
        given = {"deep": Pair([v.clone()], 3)}
        assert (
            refusal(expect.unchanged, paired(change, lambda given: None), given)
            == f"The call changes argument 1 (given): {told}. Work on a copy of it."
        )


def test_unchanged_looks_into_modules(refusal, paired):
    """A module's parameters and its mode are looked at."""
    layer = nn.Linear(3, 2)

    def fill(layer):
        nn.init.ones_(layer.bias)

    assert (
        refusal(expect.unchanged, paired(fill, fill), layer)
        == "The call changes argument 1 (layer): in bias, its values are not what they were. "
        "Work on a copy of it."
    )
    assert "its training mode was True and is False" in refusal(
        expect.unchanged, paired(lambda m: m.eval(), fill), layer
    )


def test_unchanged_looks_into_lists(refusal, paired):
    """A list that grows and a list whose tensor changes are changes."""

    def grow(rows):
        rows.append(1)

    def clear(rows):
        rows[0].zero_()

    assert "its length was 1 and is 2" in refusal(expect.unchanged, paired(grow, grow), [0])
    assert "its values are not" in refusal(expect.unchanged, paired(clear, clear), [torch.ones(3)])


def test_unchanged_leaves_out_what_may_change(refusal, paired):
    """An argument that the call is meant to change is left out by name."""

    def copy_over(target, source):
        target.copy_(source)

    expect.unchanged(paired(copy_over, copy_over), torch.zeros(3), v, but=("target",))

    assert "argument 1 (target)" in refusal(
        expect.unchanged, paired(copy_over, copy_over), torch.zeros(3), v, but=("source",)
    )


def test_unchanged_looks_at_the_mode_of_every_part(paired, refusal):
    """A part that is left in evaluation mode is named."""
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout())

    def freeze(model):
        model[1].eval()

    assert refusal(expect.unchanged, paired(freeze, freeze), model) == (
        "The call changes argument 1 (model): in 1, its training mode was True and is False. "
        "Work on a copy of it."
    )
