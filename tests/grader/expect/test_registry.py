"""What a module shows of itself, across the wall: what `surface` catches and accepts."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader import expect
from grader.errors import Mismatch
from grader.sandbox.proxy import RemoteModule, Student

Submitted = Callable[..., Student]


class Reference(nn.Module):
    """The model that the student is to build."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.drop = nn.Dropout(0.5)
        self.scale = nn.Parameter(torch.ones(4))
        self.register_buffer("shift", torch.arange(4.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the layers."""
        for layer in self.layers:
            x = self.drop(torch.tanh(layer(x)))
        return x * self.scale + self.shift + torch.zeros(4, device=x.device, dtype=x.dtype)


RIGHT = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.drop = nn.Dropout(0.5)
        self.scale = nn.Parameter(torch.ones(4))
        self.register_buffer("shift", torch.arange(4.0))

    def forward(self, x):
        for layer in self.layers:
            x = self.drop(torch.tanh(layer(x)))
        return x * self.scale + self.shift + torch.zeros(4, device=x.device, dtype=x.dtype)

def make():
    return Net()
"""
LAYERS = "self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])"
SCALE = "self.scale = nn.Parameter(torch.ones(4))"
SHIFT = 'self.register_buffer("shift", torch.arange(4.0))'
ZEROS = "torch.zeros(4, device=x.device, dtype=x.dtype)"
BEHIND = (
    " Something stays behind: use device=x.device and dtype=x.dtype in forward, and "
    "register_buffer for tensors that are kept."
)


def draw(*shape: int) -> torch.Tensor:
    """Draw the same numbers in every test."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def look(student: Student, **options: bool) -> None:
    """Hold a student's model against the reference."""
    expect.surface(student.make(), Reference(), draw(3, 4), fresh=student.make(), **options)


def refusal(student: Student, **options: bool) -> str:
    """Return the sentence with which a model is refused."""
    with pytest.raises(Mismatch) as caught:
        look(student, **options)
    assert caught.value.evidence is not None
    return str(caught.value)


def test_the_right_model_is_accepted(submitted: Submitted) -> None:
    """A model with the same surface is right, and stays in the mode it had."""
    student = submitted(RIGHT)
    model = student.make()

    expect.surface(model, Reference(), draw(3, 4), fresh=student.make())

    assert type(model) is RemoteModule
    assert model.training
    assert model.scale.dtype == torch.float32
    assert model.eval()(draw(3, 4)).dtype == torch.float32


@pytest.mark.parametrize("name", ["blocks", "steps"])
def test_other_names_are_accepted_where_they_are_free(name: str, submitted: Submitted) -> None:
    """Where the student chooses the names, shapes decide."""
    student = submitted(RIGHT.replace("self.layers", f"self.{name}"))

    look(student, names=False)

    assert "The model lacks the parameter layers.0.weight." in refusal(student)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            LAYERS,
            "self.layers = [nn.Linear(4, 4) for _ in range(2)]",
            "The model keeps layers in `layers`, a plain list, dict or attribute, where PyTorch "
            "does not see them. Use nn.ModuleList or nn.ModuleDict.",
        ),
        (
            LAYERS,
            "self.layers = nn.ModuleList([nn.Linear(4, 4)] * 2)",
            "layers.1.weight and layers.0.weight are the same parameter. Make each layer by "
            "itself; [layer] * n holds one layer n times.",
        ),
        (
            SCALE,
            "self.scale = torch.ones(4)",
            "The model lacks the parameter scale. `scale` is an ordinary tensor, so it neither "
            "trains nor moves with the model; use nn.Parameter or register_buffer.",
        ),
        (
            SCALE,
            "self.scale = nn.Parameter(torch.ones(4, dtype=torch.float64)).to(torch.float32)",
            "The model lacks the parameter scale. `scale` was a parameter before it was moved or "
            "converted, and is an ordinary tensor now: move first, then wrap, "
            "nn.Parameter(t.to(device)).",
        ),
        (
            SCALE,
            "self.scale = nn.Parameter(torch.ones(4), requires_grad=False)",
            "The parameter scale is frozen: its requires_grad is False; it should be trained.",
        ),
        (
            SCALE,
            "self.scale = nn.Parameter(torch.ones(5))",
            "The parameter scale has shape (5,); shape (4,) is expected.",
        ),
        (
            SCALE,
            f"{SCALE}\n        self.more = nn.Parameter(torch.ones(4))",
            "The model has the parameter more, which is not expected.",
        ),
        (
            SHIFT,
            "self.shift = torch.arange(4.0)",
            "The model lacks the buffer shift. `shift` is an ordinary tensor, so it neither "
            "trains nor moves with the model; use nn.Parameter or register_buffer.",
        ),
        (
            SHIFT,
            SHIFT.replace('"shift", ', '"shift", persistent=False, tensor='),
            "The model lacks the buffer shift. Register it with register_buffer.",
        ),
    ],
    ids=["M61", "M62", "M64", "M65", "M23", "shape", "extra", "M64-buffer", "not-saved"],
)
def test_the_registry(old: str, new: str, sentence: str, submitted: Submitted) -> None:
    """What is not registered, or registered otherwise, is named with what to do."""
    assert old in RIGHT

    assert refusal(submitted(RIGHT.replace(old, new))) == sentence


def test_shared_layers_are_missed_where_names_are_free(submitted: Submitted) -> None:
    """Without names, n names for one layer are one layer (M62)."""
    shared = "self.steps = nn.ModuleList([nn.Linear(4, 4)] * 2)"
    source = RIGHT.replace(LAYERS, shared).replace("self.layers:", "self.steps:")

    assert refusal(submitted(source), names=False).startswith("The model lacks 2 of 5 parameters.")


def test_tied_weights_that_are_not(submitted: Submitted) -> None:
    """Where the reference ties two weights, two are refused."""
    student = submitted("""
from torch import nn
def make(is_tied):
    net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    if is_tied:
        net[1].weight = net[0].weight
    return net
""")
    like = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    like[1].weight = like[0].weight
    expect.surface(student.make(True), like, draw(3, 4))

    with pytest.raises(Mismatch) as caught:
        expect.surface(student.make(False), like)

    assert str(caught.value) == (
        "1.weight and 0.weight are two parameters; one that both use is expected."
    )


def test_a_layer_made_in_forward(submitted: Submitted) -> None:
    """A layer that is new in each call is no part of the model (M63)."""
    student = submitted(
        "import torch\nfrom torch import nn\n"
        "class Net(nn.Module):\n"
        "    def forward(self, x): return nn.Linear(4, 2)(x)\n"
        "def make(): return Net()\n"
    )

    with pytest.raises(Mismatch) as caught:
        expect.surface(student.make(), nn.Sequential(), draw(3, 4))

    assert str(caught.value) == (
        "Two calls of the model in evaluation mode differ. Is a layer made anew in each forward "
        "pass? Make layers in __init__."
    )


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (
            "torch.zeros(4, dtype=x.dtype)",
            'After model.to("meta") the forward pass fails: RuntimeError: Tensor on device cpu is '
            "not on the expected device meta." + BEHIND,
        ),
        (
            "torch.zeros(4, 4) @ torch.zeros(4, device=x.device, dtype=x.dtype)",
            "After model.double() the forward pass fails: RuntimeError: addmv input tensors",
        ),
        (
            "(torch.zeros(4) @ torch.zeros(4, 4)).to(x)",
            "",
        ),
    ],
    ids=["M68-meta", "M68-double", "right"],
)
def test_a_tensor_made_in_forward(new: str, sentence: str, submitted: Submitted) -> None:
    """A tensor that is made with its own device or dtype stays behind (M68)."""
    student = submitted(RIGHT.replace(ZEROS, new))

    if sentence:
        assert refusal(student).startswith(sentence)
    else:
        look(student)


def test_a_forward_that_looks_at_values(submitted: Submitted) -> None:
    """A forward pass that checks its input has nothing to check on meta, which is no mistake."""
    head = "def forward(self, x):"

    look(submitted(RIGHT.replace(head, f"{head}\n        assert not x.isnan().any()")))


def test_a_result_that_loses_its_dtype(submitted: Submitted) -> None:
    """A result that is float32 whatever the model is, is named."""
    whole = f"x * self.scale + self.shift + {ZEROS}"
    assert whole in RIGHT
    student = submitted(RIGHT.replace(whole, f"({whole}).float()"))

    assert refusal(student) == (
        "After model.double() the result is torch.float32 on cpu; torch.float64 on cpu is expected."
    )


def test_weights_that_are_computed_with_are_those_that_are_saved(submitted: Submitted) -> None:
    """A model that computes with a copy of its weights is not what its state_dict says."""
    student = submitted(
        RIGHT.replace(SCALE, f"{SCALE}\n        self.kept = self.scale.detach() * torch.rand(4)")
        .replace("x * self.scale", "x * self.kept.to(x)")
    )  # fmt: skip

    assert refusal(student).startswith(
        "The result of a fresh model with the saved weights is off by"
    )


def test_a_cache_is_no_mistake(submitted: Submitted) -> None:
    """A tensor that is kept to be looked at, and a list of registered layers, are allowed."""
    student = submitted(
        RIGHT.replace(SCALE, f"{SCALE}\n        self.all = list(self.layers)\n"
                             "        self.seen = [torch.zeros(2)]\n"
                             "        self.heads = {'n': 3}")
    )  # fmt: skip

    look(student)


def test_modes_that_do_not_propagate() -> None:
    """A train() that leaves a part out is seen where the model is local."""

    class Stuck(nn.Sequential):
        def train(self, mode: bool = True) -> nn.Module:
            self.training = mode
            return self

    with pytest.raises(Mismatch) as caught:
        expect.surface(Stuck(nn.Dropout()), nn.Sequential(nn.Dropout()))

    assert str(caught.value) == "model.eval() does not reach 0."


def test_what_is_no_module(submitted: Submitted) -> None:
    """Something else than a module is named."""
    student = submitted("def make(): return 3")

    with pytest.raises(Mismatch) as caught:
        expect.surface(student.make(), Reference())

    assert str(caught.value) == "The model is an int; an nn.Module is expected."
