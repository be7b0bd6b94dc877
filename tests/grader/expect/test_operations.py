"""How an answer is computed, seen across the wall: what each expectation catches and accepts."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader import expect, fixtures
from grader.errors import CourseError, Mismatch
from grader.expect import watching
from grader.sandbox.proxy import Student

Beside = Callable[[str, str], Student]
Submitted = Callable[..., Student]

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def draw(*shape: int) -> torch.Tensor:
    """Draw the same numbers in every test."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def refusal(expectation: Callable[..., object], *args: object, **options: object) -> Mismatch:
    """Return what an expectation refuses with."""
    with pytest.raises(Mismatch) as caught:
        expectation(*args, **options)
    assert caught.value.evidence is not None
    assert caught.value.evidence.asked in expect.ASKED
    return caught.value


def test_copied_optimizers_step_copied_models() -> None:
    """A call that trains does so on copies that belong together, not on the check's own."""
    model = nn.Linear(3, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    before = copy.deepcopy(model.state_dict())

    twin, stepper, inputs = watching.copies([model, optimizer, draw(4, 3)])
    twin(inputs).sum().backward()
    stepper.step()

    assert not torch.equal(twin.weight, before["weight"])
    assert torch.equal(model.weight, before["weight"])
    assert optimizer.state == {}


# uses and avoids


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("torch.softmax(x, -1)", ["F.softmax"]),
        ("x.softmax(-1)", ["torch.softmax"]),
        ("F.softmax(x, dim=-1)", ["x.softmax"]),
        ("nn.Softmax(-1)(x)", ["nn.Softmax"]),
        ("nn.Softmax(-1)(x)", ["softmax"]),
        ("x @ x.T", ["torch.matmul"]),
        ("x @ x.T", ["Tensor.T"]),
        ("1 - x", ["sub"]),
        ("x.clone().add_(1)", ["torch.add"]),
        ("x.data", ["x.data"]),
        ("nn.Linear(4, 2)(x)", ["F.linear"]),
        ("nn.Linear(4, 2)(x)", ["F.conv2d", "nn.Linear"]),
    ],
)
def test_a_function_has_one_name_however_it_is_called(
    body: str, names: list[str], submitted: Submitted
) -> None:
    """A function, a method, an operator and a module count under the names people write."""
    student = submitted(f"{HEAD}def f(x):\n    return {body}")

    expect.uses(student.f, draw(3, 4), any_of=names)
    with pytest.raises(Mismatch):
        expect.avoids(student.f, draw(3, 4), functions=names)


def test_uses_names_what_is_missing(submitted: Submitted) -> None:
    """A name in a comment, or a function that is not called, is no use of it."""
    student = submitted(
        f"{HEAD}def f(x):\n    # F.linear\n    unused = F.linear\n    return x.exp() / x.sum()"
    )

    refused = refusal(expect.uses, student.f, draw(3), any_of=("F.linear", "nn.Linear"))

    assert str(refused) == ("The call does not use F.linear or nn.Linear, which it is asked to.")
    assert refused.evidence.asked == "operations"
    assert "exp" in refused.evidence.got


def test_avoids_counts(submitted: Submitted) -> None:
    """A function that the task forbids is named with how often it was called."""
    student = submitted(f"{HEAD}def f(x):\n    return torch.softmax(x, 0) + x.softmax(0)")

    refused = refusal(expect.avoids, student.f, draw(3), functions=("exp", "F.softmax"))

    assert str(refused) == ("The call uses F.softmax 2 times; the task is to do without it.")
    expect.avoids(student.f, draw(3), functions=("exp", "nn.Softmax"))


def test_a_subclass_is_the_module_it_inherits_from(submitted: Submitted) -> None:
    """A student's own LayerNorm that inherits from torch's is torch's."""
    student = submitted(f"{HEAD}class Mine(nn.LayerNorm): pass\ndef f(x): return Mine(4)(x)")

    expect.uses(student.f, draw(3, 4), any_of=("Mine",))
    with pytest.raises(Mismatch):
        expect.avoids(student.f, draw(3, 4), functions=("nn.LayerNorm",))


@pytest.mark.parametrize("names", ["F.linear", ()])
def test_names_are_a_tuple(names: object, submitted: Submitted) -> None:
    """A check that gives one text, or nothing, is told so as its author."""
    student = submitted("def f(x): return x")

    with pytest.raises(CourseError, match="write a tuple of names"):
        expect.uses(student.f, draw(3), any_of=names)


def test_plain_pytest_sees_the_same() -> None:
    """Without a wall a function, a module and a lambda are watched here."""
    local = fixtures.LocalFunction(lambda x: x.softmax(-1), None)

    expect.uses(local, draw(3), any_of=("F.softmax",))
    expect.uses(nn.Linear(3, 2), draw(3), any_of=("F.linear",))
    with pytest.raises(Mismatch):
        expect.uses(lambda x: x, draw(3), any_of=("F.softmax",))


def test_a_watched_call_changes_its_arguments_as_any_other(submitted: Submitted) -> None:
    """A watched call answers, and writes back what it changed."""
    student = submitted(f"{HEAD}def f(x):\n    x.add_(1)\n    return x * 2")
    x = torch.zeros(3)

    result, seen = student.f.watched(x)

    assert result.tolist() == [2, 2, 2]
    assert x.tolist() == [1, 1, 1]
    assert seen.functions == {"add_": 1, "mul": 1}


def test_what_a_watched_call_raises_is_raised(submitted: Submitted) -> None:
    """An error within a watched call is the student's, and the next call is watched anew."""
    student = submitted(f"{HEAD}def f(x):\n    if x.sum() == 0: raise ValueError('empty')\n"
                        "    return torch.func.grad(lambda a: a.square().sum())(x)")  # fmt: skip

    with pytest.raises(ValueError, match="empty"):
        student.f.watched(torch.zeros(3))
    result, seen = student.f.watched(torch.ones(3))

    assert result.tolist() == [2, 2, 2]
    assert seen.functions["square"] == 1


# cost

MEAN_SQUARE = HEAD + "def answer(p, y): return (p.squeeze(1) - y).square().mean()"
MATVEC = HEAD + "def answer(A, v): return A @ v"
CUMULATIVE = HEAD + "def answer(x): return x.cumsum(0)"


@pytest.mark.parametrize(
    ("asked", "sources", "inputs", "sentence"),
    [
        (
            "bytes",
            (MEAN_SQUARE, HEAD + "def answer(p, y): return (p - y).square().mean()"),
            [(300, 1), (300,)],
            "The call allocates 176 times the memory of the reference (allowed 4). Is a tensor "
            "broadcast to a size that was not meant, such as (N, 1) against (N,)?",
        ),
        (
            "calls",
            (
                CUMULATIVE,
                HEAD
                + "def answer(x): return torch.stack([x[:n + 1].sum() for n in range(len(x))])",
            ),
            [(400,)],
            "The call makes 80 times the calls of torch of the reference (allowed 4). "
            "Replace the loop by an operation on whole tensors.",
        ),
        (
            "operations",
            (MATVEC, HEAD + "def answer(A, v): return (A @ A @ A.inverse() @ A.inverse() @ A) @ v"),
            [(60, 60), (60,)],
            "The call computes 243 times the operations of the reference (allowed 2). "
            "Is something computed more than once, or for more elements than needed?",
        ),
    ],
    ids=["broadcast", "loop", "twice"],
)
def test_cost(
    asked: str,
    sources: tuple[str, str],
    inputs: list[tuple[int, ...]],
    sentence: str,
    beside: Beside,
) -> None:
    """A broadcast, a loop and needless work cost a multiple of the reference."""
    reference, source = sources
    args = [draw(*shape) for shape in inputs]
    wrong, right = beside(source, reference), beside(reference, reference)
    limits = {"bytes": None if asked == "operations" else 4.0, "calls": 4.0}

    refused = refusal(expect.cost, wrong.answer, *args, **limits)

    assert str(refused) == sentence
    assert refused.evidence.asked == "cost"
    assert refused.evidence.off > refused.evidence.allowed
    expect.cost(right.answer, *args, calls=1.0, operations=1.0, bytes=1.0)


def test_cost_in_seconds(beside: Beside) -> None:
    """CPU time is compared where a check asks for it."""
    slow = (
        f"{HEAD}import time\ndef answer(A, v):\n    end = time.thread_time() + 0.2\n"
        "    while time.thread_time() < end: pass\n    return A @ v"
    )
    student = beside(slow, MATVEC)

    assert "the CPU time of the reference (allowed 5)" in str(
        refusal(expect.cost, student.answer, draw(3, 4), draw(4), seconds=5)
    )
    expect.cost(beside(MATVEC, MATVEC).answer, draw(3, 4), draw(4), seconds=5)


def test_products_and_convolutions_are_counted(submitted: Submitted) -> None:
    """Operations are multiply-adds and written elements, of the backward pass too."""
    student = submitted(
        f"{HEAD}def product(a, b): return a @ b\n"
        "def conv(x, w): return F.conv1d(x, w)\n"
        "def back(x, w): return torch.autograd.grad(F.conv1d(x, w).sum(), [x, w])\n"
    )
    _, product = student.product.watched(draw(3, 4), draw(4, 5))
    _, conv = student.conv.watched(draw(2, 3, 9), draw(4, 3, 2))
    _, back = student.back.watched(draw(2, 3, 9).requires_grad_(), draw(4, 3, 2).requires_grad_())

    assert product.operations == 3 * 5 * 4 + 3 * 5
    assert conv.operations == (2 * 4 * 8) * (3 * 2) + 2 * 4 * 8
    assert back.operations > 3 * (2 * 4 * 8) * (3 * 2)
    assert product.allocated == 3 * 5 * 4


# unrecorded: M17


EVALUATE = """
def accuracy(model, X, y):
    model.eval()
    with torch.no_grad():
        found = (model(X).argmax(1) == y).float().mean().item()
    model.train()
    return found
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "with torch.no_grad()",
            "if True",
            "The call records a graph that nothing will use. Compute inside torch.no_grad().",
        ),
        (
            "with torch.no_grad()",
            "torch.set_grad_enabled(False)\n    if True",
            "The call leaves gradients switched off; they were on. "
            "Use `with torch.no_grad():`, which ends with its block.",
        ),
        (
            "model.train()",
            "pass",
            "The call leaves argument 1 in evaluation mode; it was in training mode. "
            "Set the mode back with `model.train(True)`.",
        ),
        (
            "model.train()",
            "model.train()\n    model[1].eval()",
            "The call leaves argument 1 in evaluation mode in 1; it was in training mode. "
            "Set the mode back with `model.train(True)`.",
        ),
    ],
)
def test_unrecorded(old: str, new: str, sentence: str, submitted: Submitted) -> None:
    """An evaluation that records, or does not put back what it set, is told so (M17)."""
    model = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5))
    args = model, draw(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])
    expect.unrecorded(submitted(HEAD + EVALUATE).accuracy, *args)
    assert old in EVALUATE

    refused = refusal(
        expect.unrecorded, submitted(HEAD + EVALUATE.replace(old, new)).accuracy, *args
    )

    assert str(refused) == sentence
    assert model.training


def test_inference_mode_and_detached_functions_record_nothing(submitted: Submitted) -> None:
    """Other right ways not to record are right."""
    student = submitted(
        f"{HEAD}class Twice(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x): return 2 * x\n"
        "    @staticmethod\n    def backward(ctx, g): return 2 * g\n"
        "def a(model, X):\n    with torch.inference_mode(): return model(X).sum().item()\n"
        "@torch.no_grad()\ndef b(model, X): return Twice.apply(model(X)).sum().item()\n"
    )
    model = nn.Linear(4, 3)

    expect.unrecorded(student.a, model, draw(6, 4))
    expect.unrecorded(student.b, model, draw(6, 4))


# calls_module: M69


def test_calls_module(submitted: Submitted) -> None:
    """`model.forward(x)` is told from `model(x)`, also within a model (M69)."""
    student = submitted(
        f"{HEAD}class Net(nn.Linear):\n    def forward(self, x): return super().forward(x)\n"
        "class Outer(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.inner = nn.Linear(4, 3)\n"
        "    def forward(self, x): return self.inner.forward(x)\n"
        "def direct(model, X): return model.forward(X)\n"
        "def called(model, X): return model(X)\n"
        "def own(X): return Net(4, 3)(X)\n"
        "def inside(X): return Outer()(X)\n"
        "def none(model, X): return X @ model.weight.T\n"
    )
    model, X = nn.Linear(4, 3), draw(6, 4)
    hooked = submitted(
        f"{HEAD}def f(model, X):\n    seen = []\n"
        "    hook = model.register_forward_hook(lambda *a: seen.append(a))\n"
        "    out = model(X)\n    hook.remove()\n    return out\n"
    )

    expect.calls_module(student.called, model, X)
    expect.calls_module(student.own, X)
    expect.calls_module(hooked.f, model, X)
    for function, args in ((student.direct, (model, X)), (student.inside, (X,))):
        assert str(refusal(expect.calls_module, function, *args)) == (
            "The call runs Linear.forward(...) directly; call the module itself, `model(x)`, "
            "so that its hooks run."
        )
    assert str(refusal(expect.calls_module, student.none, model, X)) == (
        "The call runs no module; call the model, `model(x)`."
    )


# modes: M57, M58

FIT = """
def fit(model, X, y):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for epoch in range(2):
        model.train()
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            losses.append(F.mse_loss(model(X), y).item())
    return losses
"""


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            FIT.replace("        model.eval()\n", ""),
            "Forward pass 2 of 4 without gradients runs in training mode: call model.eval() first, "
            "or dropout and batch norm go on as in training.",
        ),
        (
            FIT.replace("        model.train()\n", "").replace(
                "losses = []", "model.train()\n    losses = []"
            ),
            "Forward pass 3 of 4 with gradients runs in evaluation mode: call model.train() before "
            "each round of training.",
        ),
    ],
    ids=["M57", "M58"],
)
def test_modes(source: str, sentence: str, submitted: Submitted) -> None:
    """Each forward pass of a training is in its mode, in every epoch."""
    model = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5), nn.Linear(3, 1))
    expect.modes(submitted(HEAD + FIT).fit, model, draw(6, 4), draw(6, 1))

    refused = refusal(expect.modes, submitted(HEAD + source).fit, model, draw(6, 4), draw(6, 1))

    assert str(refused) == sentence


def test_modes_of_a_call_that_only_evaluates(submitted: Submitted) -> None:
    """A call may be held to one mode, whether or not it records."""
    student = submitted(f"{HEAD}def f(model, x):\n    return model(x)")
    model = nn.Linear(4, 3)

    expect.modes(student.f, model, draw(6, 4), training=True)
    expect.modes(student.f, model.eval(), draw(6, 4), training=False)
    assert str(refusal(expect.modes, student.f, model.train(), draw(6, 4), training=False)) == (
        "Forward pass 1 of 1 runs in training mode: call model.eval() first, "
        "or dropout and batch norm go on as in training."
    )


# A function of the check's own that calls the student's


def test_a_function_around_the_students_is_watched_where_the_work_is(submitted: Submitted) -> None:
    """Through a lambda, what the student's process did is seen, and not what carried it there."""
    student = submitted(
        f"{HEAD}class Net(nn.Linear): pass\ndef make(): return Net(4, 3)\n"
        "def f(x): return x.softmax(-1)\n"
        "def evaluate(model, X): return model(X).sum().item()\n"
    )
    model = student.make()

    expect.uses(lambda x: student.f(x) + 1, draw(3, 4), any_of=("F.softmax",))
    expect.avoids(lambda x: student.f(x + 1), draw(3, 4), functions=("detach", "zeros"))
    expect.modes(lambda x: model(x + 1), draw(3, 4), training=True)
    expect.calls_module(lambda x: model(x + 1), draw(3, 4))
    assert "records a graph" in str(
        refusal(expect.unrecorded, lambda x: student.evaluate(nn.Linear(4, 3), x), draw(3, 4))
    )


def test_a_mirror_is_held_to_what_its_code_does(submitted: Submitted) -> None:
    """A model of the student's own class can be watched, and varied, as it is."""
    model = submitted(
        f"{HEAD}class Net(nn.Module):\n"
        "    def forward(self, x): return F.softmax(x, -1)\n"
        "def make(): return Net()\n"
    ).make()

    expect.uses(model, draw(3, 4), any_of=("F.softmax",))
    expect.independent(model.eval(), draw(3, 4))
    expect.shift_free(model, draw(3, 4))
