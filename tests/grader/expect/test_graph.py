"""The graph: what has to remember how it was computed, and what must not."""

import pytest
import torch
from torch import nn

from grader import expect
from grader.errors import CourseError, Evidence, Flow

v = torch.tensor([1.0, 0.5, -1.0])

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_detached(refusal):
    """A tensor that carries a graph is refused; a leaf that asks for gradients is not."""
    w = torch.tensor(2.0, requires_grad=True)
    expect.detached(w)
    expect.detached(w.detach())

    assert (
        refusal(expect.detached, w * 2, name="the new weight")
        == "The new weight still carries the graph it was computed with. "
        "Compute it inside torch.no_grad(), or detach it."
    )


def test_detached_evidence(refused):
    """What carries a graph is told as that."""
    w = torch.tensor(2.0, requires_grad=True)

    assert refused(expect.detached, w * 2, name="the new weight").evidence == Evidence(
        "graph", "the new weight", "a graph", "no graph"
    )


# connected


def tracked(*shape):
    """Draw a tensor that asks for gradients."""
    return torch.randn(shape, requires_grad=True)


def test_connected_accepts():
    """A result that every source reaches is right, of any shape, and can still be gone through."""
    w, b, layer = tracked(3), tracked(), nn.Linear(3, 2)
    layer.bias.requires_grad_(False)
    result = layer(w * b)
    expect.connected(result, w, layer, b=b)
    expect.connected(torch.complex(w, w), w)
    expect.connected(w * torch.empty(0, 3), w)
    result.sum().backward()

    assert w.grad is not None


def test_connected_to_nothing(refused):
    """A result without a graph is connected to nothing."""
    mismatch = refused(expect.connected, tracked(3).detach(), tracked(3), name="the loss")

    assert str(mismatch) == (
        "The loss is connected to nothing, so no gradient can flow from it. "
        "Compute it with tensor operations, without item(), detach() or torch.tensor()."
    )
    assert mismatch.evidence == Evidence("graph", "the loss", "no graph", "a graph")


def test_connected_names_the_source(refused, refusal):
    """The source that is cut off is named: by its name, by its place, or as a parameter."""
    w, b = tracked(3), tracked(3)
    layers = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    cut = layers[1](layers[0](w).detach())
    remedy = (
        ": something between them cuts the graph. "
        "Look for item(), detach(), .data, torch.tensor() and torch.no_grad()."
    )
    mismatch = refused(expect.connected, w * 2, w=w, b=b)

    assert str(mismatch) == f"No gradient path leads from the result to b{remedy}"
    assert mismatch.evidence == Evidence(
        "graph", "the result", "no path", "a path to b", "b",
        picture=Flow("gradient", ("w", "b"), (3.46, None)),
    )  # fmt: skip
    assert "from the result to source 2:" in refusal(expect.connected, w * 2, w, b)
    assert "to the parameter 0.weight:" in refusal(expect.connected, cut, layers)
    assert "to the parameter 0.weight of source 2:" in refusal(
        expect.connected, cut + b[:2], b, layers
    )


def test_connected_refuses_a_path_without_slope(refusal):
    """Rounding keeps the graph and lets nothing through."""
    w, b = tracked(3), tracked(3)

    assert refusal(expect.connected, (w + b).round(), w, b) == (
        "Every gradient that flows from the result is 0: rounding, sign() and comparisons have "
        "no slope."
    )
    expect.connected(w.round() + b, w, b)


def test_connected_on_meta():
    """On the meta device a path is all that can be asked for."""
    w = torch.ones(3, device="meta", requires_grad=True)

    expect.connected(w * 0, w)


def test_connected_asks_for_sources_that_require_gradients():
    """A source that requires none is the check's fault."""
    with pytest.raises(CourseError, match=r"a gradient reaches w, which requires none; call"):
        expect.connected(tracked(3), w=v)


def test_connected_across_the_wall(submitted, refusal):
    """A source that the student's code cuts off is found across the wall."""
    student = submitted("def cut(x, w): return x * w.detach()")
    x, w = tracked(3), tracked(3)
    expect.connected(student.cut(x, w), x)

    assert "from the result to w:" in refusal(expect.connected, student.cut(x, w), x=x, w=w)


# releases


def test_releases_accepts():
    """Numbers, detached tensors and parameters keep nothing alive."""
    circle = [1.0]
    circle.append(circle)
    expect.releases([0.5, 0.25])
    expect.releases({"loss": (torch.tensor(1.0), nn.Parameter(v))})
    expect.releases(None)
    expect.releases(circle)


def test_releases_names_the_first(refused, refusal):
    """The first tensor with a graph is named with its place."""
    losses = [torch.tensor(1.0), tracked() * 2, tracked() * 3]
    mismatch = refused(expect.releases, losses, name="the history")

    assert str(mismatch) == (
        "Element 1 of the history still carries the graph it was computed with, so every step's "
        "graph is kept alive. Keep its number, by item(), or detach it."
    )
    assert mismatch.evidence == Evidence(
        "graph", "the history", "a graph", "no graph", "element 1 of the history"
    )
    assert refusal(expect.releases, {"loss": [losses[2]]}).startswith(
        "Element 0 of element 'loss' of the result still carries"
    )


def test_releases_refuses_a_subclass(refusal):
    """A class of its own could deny its graph."""

    class Own(torch.Tensor):
        grad_fn = None

    assert "is an Own; a tensor is expected" in refusal(
        expect.releases, [(tracked() * 2).as_subclass(Own)]
    )
