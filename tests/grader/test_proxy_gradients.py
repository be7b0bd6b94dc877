"""Autograd across the wall: gradients of the student's functions, side by side with local ones."""

from collections.abc import Callable

import pytest
import torch

from grader.sandbox.proxy import Student

Scenario = Callable[[object], object]
Both = Callable[[str, Scenario], tuple[object, object]]
Submitted = Callable[..., Student]

SOURCE = """
import torch

def matvec(A, v):
    return A @ v

def several(x, y):
    return {"product": x * y, "pair": (x.exp(), [y.sin(), 3]), "index": x.argmax()}

def same(x):
    return x

def double_(x):
    return x.mul_(2)

class Careless(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        raise ValueError("no gradient today")

careless = Careless.apply

OWN = torch.nn.Parameter(torch.ones(3))

def own():
    return (OWN * 2).sum()
"""


def draw(
    *shape: int, requires_grad: bool = True, dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Draw the same numbers on both sides."""
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=dtype).requires_grad_(requires_grad)


def complaint(act: Callable[[], object]) -> str:
    """Give the words of the RuntimeError that an act raises."""
    with pytest.raises(RuntimeError) as caught:
        act()
    return str(caught.value)


def test_backward_gives_the_gradients_of_a_local_call(both: Both) -> None:
    """`loss.backward()` fills `.grad` of every argument, and adds to what is there."""

    def scenario(student: object) -> object:
        A, v = draw(3, 4), draw(4)
        for _ in range(2):
            student.matvec(A * 2, v).square().sum().backward()
        return A.grad, v.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_grad_of_several_outputs_in_containers(both: Both) -> None:
    """Every tensor within a dict, tuple or list is differentiable; an index is not."""

    def scenario(student: object) -> object:
        x, y = draw(4), draw(4)
        out = student.several(x, y)
        first = torch.autograd.grad(out["product"].sum(), (x, y), retain_graph=True)
        both_of = torch.autograd.grad(out["pair"][0].sum() + 2 * out["pair"][1][0].sum(), (x, y))
        return out, first, both_of

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_an_input_that_is_not_used_has_no_gradient(both: Both) -> None:
    """An argument that the result does not depend on gets None, or torch's complaint."""

    def scenario(student: object) -> object:
        x, y = draw(3), draw(3)
        out = student.several(x, y)["pair"][0].sum()
        return torch.autograd.grad(out, (x, y), allow_unused=True, retain_graph=True)

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_gradcheck_passes_across_the_wall(submitted: Submitted) -> None:
    """`torch.autograd.gradcheck` in float64 works on the student's function."""
    student = submitted(SOURCE)
    inputs = draw(3, 4, dtype=torch.float64), draw(4, dtype=torch.float64)

    assert torch.autograd.gradcheck(student.matvec, inputs)
    assert torch.autograd.gradcheck(lambda x: student.double_(x.clone()), inputs[1:])


def test_gradcheck_fails_where_the_students_gradient_is_wrong(submitted: Submitted) -> None:
    """A wrong hand-written backward pass is found by gradcheck."""
    student = submitted("""
import torch
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.saved_tensors[0]
square = Square.apply
""")

    assert not torch.autograd.gradcheck(
        student.square, (draw(3, dtype=torch.float64),), raise_exception=False
    )


def test_gradients_of_complex_numbers(both: Both) -> None:
    """Complex arguments and results have torch's own gradients."""

    def scenario(student: object) -> object:
        A, v = draw(2, 3, dtype=torch.complex64), draw(3, dtype=torch.complex64)
        student.matvec(A, v).abs().sum().backward()
        return A.grad, v.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_the_check_goes_on_computing_with_the_result(both: Both) -> None:
    """The remote call is one node in a longer graph, on both sides of it, as often as wished."""

    def scenario(student: object) -> object:
        A, v = draw(3, 3), draw(3)
        w = v.tanh()
        for _ in range(3):
            w = student.matvec(A, w).sin()
        w.sum().backward()
        return w, A.grad, v.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_an_inner_tensor_changed_in_place_stays_in_the_graph(both: Both) -> None:
    """An argument within a graph that the student changes carries the gradient of the change."""

    def scenario(student: object) -> object:
        x = draw(4)
        inner = x * 3
        out = student.double_(inner)
        (inner.sum() + out.square().sum()).backward()
        return x.grad, inner, out is inner

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_leaf_changed_in_place_is_refused_by_torch(both: Both) -> None:
    """A student who changes a leaf in place gets torch's own complaint."""
    words = "a leaf Variable that requires grad is being used in an in-place operation."

    local, remote = both(SOURCE, lambda s: words in complaint(lambda: s.double_(draw(3))))

    assert local == remote
    assert remote[1] == "True"


def test_a_second_backward_is_refused_as_locally(both: Both) -> None:
    """A graph that was used up is refused with torch's sentence; `retain_graph` keeps it."""

    def scenario(student: object) -> object:
        A, v = draw(2, 3), draw(3)
        out = student.matvec(A, v).sum()
        out.backward(retain_graph=True)
        out.backward()
        return complaint(out.backward), A.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_second_derivative_is_refused_in_torchs_words(submitted: Submitted) -> None:
    """Differentiating a gradient is refused with a sentence, never answered wrongly."""
    v = draw(3)
    out = submitted(SOURCE).matvec(draw(2, 3), v).square().sum()
    (first,) = torch.autograd.grad(out, v, create_graph=True)

    assert complaint(first.sum().backward) == (
        "trying to differentiate twice a function that was marked with @once_differentiable"
    )


def test_without_gradients_there_is_no_graph(both: Both) -> None:
    """`torch.no_grad()` around a call holds for the student too."""
    source = "import torch\ndef ask(x): return (x * 2), torch.is_grad_enabled()"

    def scenario(student: object) -> object:
        with torch.no_grad():
            return student.ask(draw(3))

    local, remote = both(source, scenario)

    assert local == remote


def test_a_result_that_the_student_detached_has_no_gradient(both: Both) -> None:
    """A detached result, or one computed without gradients, requires none here either."""
    source = """
import torch
def detached(x): return (x * 2).detach()
@torch.no_grad()
def ungraded(x): return x * 2
"""

    local, remote = both(source, lambda s: [s.detached(draw(3)), s.ungraded(draw(3))])

    assert local == remote


def test_a_result_of_the_students_own_tensors_goes_backward(both: Both) -> None:
    """A result that hangs on no argument can be differentiated without a complaint."""

    def scenario(student: object) -> object:
        out = student.own()
        out.backward()
        return out

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_leaf_and_its_loss_returned_together(both: Both) -> None:
    """A leaf that the student made and a result that hangs on it stay tied."""
    source = """
import torch
def make():
    w = torch.ones(3, requires_grad=True)
    return w, (w * torch.arange(3)).sum()
"""

    def scenario(student: object) -> object:
        w, loss = student.make()
        loss.backward()
        return w.grad, w.is_leaf

    local, remote = both(source, scenario)

    assert local == remote


def test_an_error_in_the_students_backward_arrives(submitted: Submitted) -> None:
    """An exception in a hand-written backward pass comes out of `backward()` with its lines."""
    out = submitted(SOURCE).careless(draw(2)).sum()

    with pytest.raises(ValueError, match="no gradient today") as caught:
        out.backward()

    assert str(caught.value).splitlines()[1:] == [
        "  answer.py:23 in backward",
        '    raise ValueError("no gradient today")',
        "    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    ]


def test_a_graph_that_the_check_drops_is_dropped_there(submitted: Submitted) -> None:
    """The child keeps the graphs of calls that can still be differentiated, and no others."""
    student = submitted("""
import gc
def f(x): return x * 2
def total(x): return x.detach().sum()
def graphs():
    return [len(o._graphs) for o in gc.get_objects() if type(o).__name__ == "Service"]
""")
    inner = draw(3).exp()
    kept = student.f(inner)
    for _ in range(3):
        student.f(inner)
        student.total(inner)

    assert kept.requires_grad
    assert student.graphs() == [1]
