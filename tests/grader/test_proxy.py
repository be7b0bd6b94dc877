"""The student across the wall, side by side with the same code called directly: values."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader.errors import CourseError, Mismatch
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError

Scenario = Callable[[object], object]
Both = Callable[[str, Scenario], tuple[object, object]]
Submitted = Callable[..., Student]

SAME = "def same(x): return x"


def draw(
    *shape: int, requires_grad: bool = True, dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Draw the same numbers on both sides."""
    generator = torch.Generator().manual_seed(math.prod(shape))
    return torch.randn(shape, generator=generator, dtype=dtype).requires_grad_(requires_grad)


# Values


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(1 << 70),
        1.5,
        -0.0,
        math.inf,
        math.nan,
        2 + 3j,
        "Größe \u2028 \x00",
        b"\x00\xff",
        (1, (2.0, "three")),
        [1, [2, []]],
        {"a": 1, 2: [3], (4, 5): None},
        {1, 2},
        frozenset({3}),
        torch.Size([2, 3]),
        torch.bfloat16,
        torch.device("meta"),
    ],
    ids=repr,
)
def test_a_plain_value_goes_and_comes_as_itself(value: object, both: Both) -> None:
    """A plain value goes there and comes back with its type."""
    local, remote = both(SAME, lambda student: student.same(value))

    assert local == remote


@pytest.mark.parametrize(
    "tensor",
    [
        *(torch.tensor([[0, 1, 2]]).to(dtype) for dtype in (torch.bool, torch.uint16, torch.int64)),
        *(torch.ones(2, 3).to(dtype) for dtype in (torch.float8_e5m2, torch.float16)),
        torch.tensor([1.5, -0.0, math.nan, math.inf]),
        torch.tensor([1 + 2j, 3 - 4j]).conj(),
        torch.arange(12.0).reshape(3, 4).T[::2],
        torch.tensor(7.0).expand(2, 3),
        torch.empty(0, 3),
        torch.tensor(3),
        torch.empty(2, 3, device="meta"),
    ],
    ids=lambda t: f"{t.dtype}-{tuple(t.shape)}",
)
def test_a_tensor_comes_back_dense_with_its_dtype_and_shape(
    tensor: torch.Tensor, both: Both
) -> None:
    """A tensor of any dtype, layout of memory or size crosses bit for bit."""
    local, remote = both("def same(x): return x.clone(), x.shape", lambda s: s.same(tensor))

    assert local == remote


def test_a_returned_argument_is_the_object_that_was_sent(submitted: Submitted) -> None:
    """A student who returns an argument returns the caller's own object."""
    student = submitted("def pick(xs): return xs[1], xs")
    xs = [torch.ones(2), torch.zeros(3)]

    second, whole = student.pick(xs)

    assert second is xs[1]
    assert whole is xs


def test_one_object_passed_twice_is_one_object(both: Both) -> None:
    """Two arguments that are the same tensor are the same tensor over there."""
    source = "def add(x, y):\n    x += 1\n    return y, x is y"

    local, remote = both(source, lambda s: s.add(*[torch.zeros(2)] * 2))

    assert local == remote


def test_defaults_and_keywords_work(both: Both) -> None:
    """Defaults, keywords and stars are those of the student's function."""
    source = "def f(a, b=2, *rest, c=3, **more): return a, b, rest, c, more"

    local, remote = both(source, lambda s: [s.f(1), s.f(1, 5, 6, 7, d=8), s.f(1, c=None)])

    assert local == remote


def test_a_value_of_the_submission_is_read(submitted: Submitted) -> None:
    """A name that is not callable is read as a value."""
    student = submitted("RATE = 0.25\nNAMES = ['a', 'b']")

    assert student.RATE == 0.25
    assert student.NAMES == ["a", "b"]


def test_a_missing_function_is_named(submitted: Submitted) -> None:
    """A function that the submission lacks is named, with the file that should have it."""
    student = submitted("def matvek(A, v): return A @ v")

    with pytest.raises(StudentError) as caught:
        student.matvec(torch.ones(2, 2), torch.ones(2))

    assert str(caught.value) == (
        "answer.py has no function `matvec`. Keep the name that the exercise gives."
    )


# Arguments


def test_changed_containers_come_back(both: Both) -> None:
    """Lists, dicts and sets that the student changes are changed here, at every depth."""
    source = """
def change(xs, d, s):
    xs.append(4)
    d["inner"]["new"] = xs
    del d["old"]
    s |= {9}
    xs[0].clear()
"""

    def scenario(student: object) -> object:
        xs, d, s = [[1, 2], 3], {"inner": {}, "old": 0}, {1}
        student.change(xs, d, s)
        return xs, d, sorted(s), d["inner"]["new"] is xs

    local, remote = both(source, scenario)

    assert local == remote


def test_a_tensor_changed_in_place_comes_back(both: Both) -> None:
    """Values, shape and dtype of a tensor that the student overwrites arrive in the caller's."""
    source = """
def change(x, y, z):
    x[1:] *= 3
    y.resize_(4).fill_(2)
    z.data = z.data.double()
"""

    def scenario(student: object) -> object:
        x, y, z = draw(3, requires_grad=False), torch.zeros(2), torch.ones(2)
        view = x[2:]
        student.change(x, y, z)
        return x, y, z, view

    local, remote = both(source, scenario)

    assert local == remote


def test_an_unchanged_tensor_is_not_written(submitted: Submitted) -> None:
    """A tensor that the student only reads keeps its version, so autograd sees no change."""
    x = torch.ones(3)

    submitted("def total(x): return x.sum()").total(x)

    assert x._version == 0


def test_a_step_of_an_optimizer_comes_back(both: Both) -> None:
    """Parameters, gradients and the optimizer's state that the student changes come back."""
    source = """
import torch
def step(model, optimizer, X, y):
    model.train()
    loss = torch.nn.functional.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.param_groups[0]["lr"] *= 0.5
    return loss.item()
"""

    def scenario(student: object) -> object:
        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)).eval()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        X, y = draw(6, 3, requires_grad=False), draw(6, 1, requires_grad=False)
        losses = [student.step(model, optimizer, X, y) for _ in range(3)]
        optimizer.step()
        grads = [parameter.grad for parameter in model.parameters()]
        return losses, dict(model.state_dict()), grads, optimizer.state_dict(), model.training

    local, remote = both(source, scenario)

    assert local == remote


def test_a_gradient_that_the_student_sets_or_drops_comes_back(both: Both) -> None:
    """`.grad` and `requires_grad` of an argument are part of it."""
    source = """
import torch
def change(x, y, z):
    x.grad = torch.full_like(x, 5)
    y.grad = None
    z.requires_grad_(False)
"""

    def scenario(student: object) -> object:
        x, y, z = draw(2), draw(3), draw(4)
        y.grad = torch.ones(3)
        student.change(x, y, z)
        return x.grad, y.grad, z.requires_grad

    local, remote = both(source, scenario)

    assert local == remote


def test_a_generator_goes_on_where_the_student_left_it(both: Both) -> None:
    """Numbers that the student draws from a generator are gone from it."""
    source = "import torch\ndef sample(g): return torch.randn(3, generator=g)"

    def scenario(student: object) -> object:
        g = torch.Generator().manual_seed(5)
        return student.sample(g), torch.randn(3, generator=g), student.sample(g)

    local, remote = both(source, scenario)

    assert local == remote


def test_the_default_dtype_of_the_check_is_the_students(both: Both) -> None:
    """A tensor that the student makes has the dtype that the check has set."""

    def scenario(student: object) -> object:
        torch.set_default_dtype(torch.float64)
        try:
            return student.make()
        finally:
            torch.set_default_dtype(torch.float32)

    local, remote = both("import torch\ndef make(): return torch.ones(2)", scenario)

    assert local == remote


def test_what_cannot_cross_is_the_checks_fault(submitted: Submitted) -> None:
    """A check that hands the student something that cannot cross is told so, as its author."""
    student = submitted(SAME)

    with pytest.raises(CourseError) as caught:
        student.same({"path": object()})

    assert str(caught.value) == (
        "the check hands same a object, which cannot cross to the submission; tensors, numbers, "
        "text, lists, dicts, modules of torch.nn and optimizers of torch.optim can."
    )


# Nothing but data


@pytest.mark.parametrize(
    ("kind", "made", "base"),
    [
        ("int", "5", int),
        ("float", "1.5", float),
        ("str", "'text'", str),
        ("tuple", "(1, 2)", tuple),
        ("list", "[1, 2]", list),
        ("dict", "{1: 2}", dict),
        ("set", "{1, 2}", set),
        ("torch.Tensor", "torch.ones(2).as_subclass(Lie)", torch.Tensor),
        ("torch.nn.Parameter", "Lie(torch.ones(2), requires_grad=False)", nn.Parameter),
    ],
    ids=str,
)
def test_a_lying_subclass_arrives_as_its_base(
    kind: str, made: str, base: type, submitted: Submitted
) -> None:
    """A value whose class says it equals everything arrives as the plain value it holds."""
    wrapped = made if "Lie" in made else f"Lie({made})"
    student = submitted(f"""
import torch
class Lie({kind}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __repr__(self): raise SystemExit
    def __iter__(self): raise SystemExit
    def __len__(self): raise SystemExit
    def __int__(self): raise SystemExit
    def __str__(self): raise SystemExit
    def __reduce__(self): raise SystemExit
    def allclose(self, *_): return True
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if "close" in str(function):
            return True
        return super().__torch_function__(function, types, args, kwargs or {{}})
def give(): return {wrapped}
""")

    value = student.give()

    assert type(value) is base
    assert (value.sum() == 2) if isinstance(value, torch.Tensor) else value == eval(made)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ("Odd()", "a Odd"),
        ("(n for n in [1])", "a generator"),
        ("slice(1)", "a slice"),
        ("loop", "a list (it holds itself)"),
        ("deep", "a list (it is nested deeper than 60 levels)"),
        ("1 << 9000", "a int (it has more than 8192 bits)"),
        (
            "torch.eye(2).to_sparse()",
            "a Tensor (its layout is torch.sparse_coo; call .to_dense() on it)",
        ),
        ("Mine([torch.ones(1)], {})", "a Mine (its class is not one of torch.optim)"),
    ],
)
def test_what_is_no_data_is_refused_with_its_name(
    made: str, shown: str, submitted: Submitted
) -> None:
    """An answer that cannot cross is a failed expectation that says what came and what may."""
    student = submitted(f"""
import torch
class Odd:
    def __repr__(self): raise SystemExit
    def __getattr__(self, name): raise SystemExit
    def __reduce__(self): return print, ("executed",)
class Mine(torch.optim.Optimizer): pass
loop = []
loop.append(loop)
deep = []
for _ in range(70): deep = [deep]
def give(): return {made}
""")

    with pytest.raises(Mismatch) as caught:
        student.give()

    assert str(caught.value) == (
        f"`give` answers with {shown}; expected a tensor, a number, text, a list, a tuple, a dict "
        "or a module."
    )


def test_a_name_of_a_class_is_bounded(submitted: Submitted) -> None:
    """The name of a refused class is cut, however long the student made it."""
    student = submitted("def give(): return type('X' * 100_000, (), {})()")

    with pytest.raises(Mismatch) as caught:
        student.give()

    assert len(str(caught.value)) < 400
