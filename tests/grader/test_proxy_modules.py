"""Modules and functions that the student returns, side by side with local ones."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader import expect
from grader.errors import CourseError, Mismatch
from grader.sandbox.proxy import RemoteModule, Student
from grader.sandbox.wire.modules import unregistered

Scenario = Callable[[object], object]
Both = Callable[[str, Scenario], tuple[object, object]]
Submitted = Callable[..., Student]

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    rate = 0.5

    def __init__(self, width=4):
        super().__init__()
        self.width = width
        self.first = nn.Linear(3, width)
        self.norm = nn.BatchNorm1d(width)
        self.second = nn.Linear(width, 2)
        self.register_buffer("shift", torch.tensor([1.0, -1.0]))

    def forward(self, x, scale=1):
        return self.second(torch.tanh(self.norm(self.first(x)))) * scale + self.shift

    def encode(self, x):
        return torch.tanh(self.first(x))

def make(width=4):
    torch.manual_seed(width)
    return Net(width)

def plain():
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(1, 2, 3, padding="same"), nn.ReLU(), nn.Flatten())

def tied():
    torch.manual_seed(2)
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3, bias=False))
    net[1].weight = net[0].weight
    return net

class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = tied()
    def forward(self, x):
        return self.b(self.a(x))

def train(model, X, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model(X).square().mean().backward()
        optimizer.step()

KEPT = None

def keep():
    global KEPT
    KEPT = KEPT or make()
    return KEPT

def is_kept(model):
    return model is KEPT
"""


def draw(*shape: int) -> torch.Tensor:
    """Draw the same numbers on both sides."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


# Modules


def test_a_module_of_torch_arrives_as_that_class(both: Both, submitted: Submitted) -> None:
    """A module of torch's own classes is rebuilt here, and computes here."""

    def scenario(student: object) -> object:
        net = student.plain()
        net(draw(2, 1, 5, 5)).sum().backward()
        return net, dict(net.state_dict()), net[0].weight.grad, net[0].padding

    local, remote = both(SOURCE, scenario)

    assert local == remote
    assert type(submitted(SOURCE).plain()[0]) is nn.Conv2d


def test_a_module_of_the_students_class_computes_there(both: Both, submitted: Submitted) -> None:
    """`model(x)` is the student's forward, and its gradients are those of a local model."""

    def scenario(student: object) -> object:
        model, x = student.make(5), draw(6, 3).requires_grad_()
        out = model(x, scale=2)
        out.square().sum().backward()
        return out, x.grad, [p.grad for p in model.parameters()]

    local, remote = both(SOURCE, scenario)

    assert local == remote
    assert type(submitted(SOURCE).make()) is RemoteModule


def test_a_mirror_has_the_surface_of_the_module(both: Both) -> None:
    """Weights, names, buffers, submodules and its text are those of the student's module."""

    def scenario(student: object) -> object:
        model = student.make()
        return (
            [model.first.weight.shape, model.shift, model.norm.running_mean],
            [(name, p, p.is_leaf) for name, p in model.named_parameters()],
            list(model.state_dict()),
            [name for name, _ in model.named_modules()],
            [type(part).__name__ for part in model.children()],
            sum(p.numel() for p in model.parameters()),
            repr(model),
            isinstance(model, nn.Module),
        )

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_attributes_and_methods_of_a_mirror(both: Both) -> None:
    """Other attributes are asked for over there; a missing one is an AttributeError."""

    def scenario(student: object) -> object:
        model = student.make(6)
        with pytest.raises(AttributeError) as caught:
            _ = model.depth
        words = "'Net' object has no attribute 'depth'" in str(caught.value)
        return model.width, model.rate, hasattr(model, "height"), words

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_method_sees_the_mirrors_weights_and_gives_gradients(both: Both) -> None:
    """A method is called with the weights as they are here, and gradients reach them."""

    def scenario(student: object) -> object:
        model, x = student.make(), draw(5, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        codes = []
        for _ in range(2):
            codes.append(model.encode(x))
            codes[-1].sum().backward()
            optimizer.step()
        return codes, model.first.weight.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_an_optimizer_of_the_check_trains_a_mirror(kind: str, both: Both) -> None:
    """An optimizer over a mirror's parameters gives the losses of local training."""

    def scenario(student: object) -> object:
        model, X = student.make(), draw(8, 3)
        optimizer = getattr(torch.optim, kind)(model.parameters(), lr=0.05)
        losses = []
        for _ in range(10):
            optimizer.zero_grad()
            loss = model(X).square().mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses, dict(model.state_dict())

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_the_students_own_training_reaches_the_mirror(both: Both) -> None:
    """A mirror that the student trains has the new weights and buffers, here as there."""

    def scenario(student: object) -> object:
        model, X = student.make(), draw(8, 3)
        weight = model.first.weight
        student.train(model, X, 3)
        return dict(model.state_dict()), model.first.weight is weight, model.eval()(X)

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_buffers_follow_each_call(both: Both) -> None:
    """BatchNorm's statistics move in training, here as there, and stand still in evaluation."""

    def scenario(student: object) -> object:
        model, X = student.make(), draw(8, 3)
        model(X)
        moved = model.norm.running_mean.clone(), int(model.norm.num_batches_tracked)
        model.eval()
        model(X + 1)
        return moved, model.norm.running_mean, int(model.norm.num_batches_tracked)

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_the_mode_of_a_mirror_is_the_modules(both: Both) -> None:
    """`.train()` and `.eval()` hold for the student's code, whole or in part."""
    source = """
from torch import nn
class Modes(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = nn.Dropout(0.5)
    def forward(self): return self.training, self.part.training
    def switch(self): self.eval()
def make(): return Modes()
"""

    def scenario(student: object) -> object:
        model = student.make()
        seen = [model(), model.eval()(), model.train()()]
        model.part.eval()
        seen.append(model())
        model.switch()
        return seen, model.training

    local, remote = both(source, scenario)

    assert local == remote


def test_a_state_dict_goes_round(both: Both) -> None:
    """`state_dict()` of one mirror loads into another, which then computes the same."""

    def scenario(student: object) -> object:
        first, second, x = student.make(4), student.make(4), draw(5, 3)
        student.train(first, x, 2)
        before = second.eval()(x)
        loaded = second.load_state_dict(first.state_dict())
        return before, str(loaded), second(x), first.eval()(x)

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_weights_written_here_are_used_there(both: Both) -> None:
    """What the check writes into a parameter is what the student's forward sees."""

    def scenario(student: object) -> object:
        model = student.make().eval()
        nn.init.zeros_(model.second.weight)
        with torch.no_grad():
            model.second.bias.fill_(3)
        model.shift *= 2
        return model(draw(5, 3))

    local, remote = both(SOURCE, scenario)

    assert local == remote


@pytest.mark.parametrize("convert", ["double", "bfloat16"])
def test_a_mirror_changes_its_dtype(convert: str, both: Both) -> None:
    """`.double()` and `.to(dtype)` convert what the student's code computes with, and back."""

    def scenario(student: object) -> object:
        model, x = student.make(), draw(5, 3)
        getattr(model, convert)()
        wide = model(x.to(model.first.weight.dtype))
        wide.float().sum().backward()
        grad = model.first.weight.grad.clone()
        return wide, grad, model.to(torch.float32)(x)

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_mirror_on_meta_computes_shapes(both: Both) -> None:
    """`.to("meta")` works: a forward pass without numbers gives its shape."""

    def scenario(student: object) -> object:
        return student.make().to("meta")(draw(7, 3).to("meta")).shape

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_frozen_parameter_gets_no_gradient(both: Both) -> None:
    """`requires_grad_(False)` here freezes there."""

    def scenario(student: object) -> object:
        model = student.make()
        model.first.requires_grad_(False)
        model(draw(5, 3)).sum().backward()
        return [p.grad for p in model.parameters()]

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_mirror_called_twice_before_backward(both: Both) -> None:
    """A model may be called several times before its gradients are asked for."""

    def scenario(student: object) -> object:
        model = student.make()
        out = model(draw(5, 3)) - model(draw(4, 3))[:1] + model.encode(draw(6, 3))[:1, :2]
        out.square().sum().backward()
        return [p.grad for p in model.parameters()]

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_copied_mirror_is_independent(both: Both) -> None:
    """`copy.deepcopy` gives a model with parameters of its own; both go on working."""

    def scenario(student: object) -> object:
        model, x = student.make(), draw(5, 3)
        twin = copy.deepcopy(model)
        nn.init.ones_(twin.first.weight)
        outs = [model(x), twin(x), model(x), twin.encode(x), model.encode(x)]
        outs[1].sum().backward()
        return outs, model.first.weight.grad, twin.first.weight.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_mirror_inside_a_module_of_torch(both: Both) -> None:
    """A mirror may be a part of a local module, which may be handed to the student."""

    def scenario(student: object) -> object:
        model, X = student.make(), draw(6, 3)
        torch.manual_seed(9)
        whole = nn.Sequential(model, nn.Linear(2, 1))
        whole(X).sum().backward()
        grads = [p.grad.clone() for p in whole.parameters()]
        student.train(whole, X, 2)
        return grads, dict(whole.state_dict())

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_a_module_returned_twice_is_one_object(both: Both) -> None:
    """The same module of the student is the same mirror, and goes back as that module."""

    def scenario(student: object) -> object:
        first = student.keep()
        student.train(first, draw(5, 3), 1)
        second = student.keep()
        return first is second, student.is_kept(first), student.is_kept(student.make())

    local, remote = both(SOURCE, scenario)

    assert local == remote


@pytest.mark.parametrize("name", ["tied", "Tied"])
def test_tied_weights_stay_tied(name: str, both: Both) -> None:
    """Two places with one parameter have one here too, with the sum of the gradients."""

    def scenario(student: object) -> object:
        model = getattr(student, name)()
        first, second = list(model.children())
        model(draw(4, 3)).sum().backward()
        count = len(list(model.parameters()))
        return first.weight is second.weight, count, first.weight.grad

    local, remote = both(SOURCE, scenario)

    assert local == remote


def test_lists_and_dicts_of_parameters_and_modules(both: Both) -> None:
    """ModuleList, ModuleDict, ParameterList and bare parameters are mirrored."""
    source = """
import torch
from torch import nn
class Many(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(2))
        self.heads = nn.ModuleDict({"a": nn.Linear(2, 1)})
        self.scales = nn.ParameterList([nn.Parameter(torch.tensor(2.0))])
        self.bias = nn.Parameter(torch.zeros(1))
    def forward(self, x):
        for layer in self.layers:
            x = layer(x) * self.scales[0]
        return self.heads["a"](x) + self.bias
def make(): return Many()
"""

    def scenario(student: object) -> object:
        model = student.make()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(draw(3, 2)).sum().backward()
        optimizer.step()
        return model(draw(3, 2)), dict(model.state_dict()), len(model.layers)

    local, remote = both(source, scenario)

    assert local == remote


def test_a_recurrent_module_is_mirrored(both: Both) -> None:
    """A module of torch that keeps more than plain data stays there and is mirrored."""
    source = """
import torch
from torch import nn
def make():
    torch.manual_seed(0)
    return nn.GRU(3, 4, batch_first=True)
"""

    def scenario(student: object) -> object:
        model = student.make()
        out, state = model(draw(2, 5, 3))
        (out.sum() + state.sum()).backward()
        return out, state, model.weight_hh_l0.grad

    local, remote = both(source, scenario)

    assert local == remote


def test_a_class_that_takes_torchs_name_is_not_torchs(submitted: Submitted) -> None:
    """A student's own class named Linear is a mirror: its code stays over there."""
    student = submitted("""
from torch import nn
class Linear(nn.Linear):
    def forward(self, x): return super().forward(x) * 0
def make(): return Linear(2, 1)
""")
    model = student.make()

    assert type(model) is RemoteModule
    assert model(torch.ones(1, 2)).item() == 0


def test_a_patched_forward_does_not_come_along(submitted: Submitted) -> None:
    """A module of torch that the student patched stays there, behind a mirror."""
    student = submitted("""
from torch import nn
def make():
    layer = nn.Linear(2, 1)
    layer.forward = lambda x: x * 0
    return layer
""")
    model = student.make()

    assert type(model) is RemoteModule
    assert torch.equal(model(torch.ones(1, 2)), torch.zeros(1, 2))


def test_a_local_module_with_code_of_its_own_is_refused(submitted: Submitted) -> None:
    """A check cannot hand over a class of its own: its code must not reach the student."""

    class Secret(nn.Module):
        pass

    with pytest.raises(CourseError, match=r"hands train a Secret, which cannot cross .* of torch"):
        submitted(SOURCE).train(Secret(), torch.ones(1), 1)


# Functions that are returned


def test_a_closure_can_be_called_and_keeps_its_state(both: Both) -> None:
    """A function that the student returns is called there, with what it closes over."""
    source = """
def counter(step):
    total = [0]
    def count(x):
        total[0] += step
        return x * total[0]
    return count
def pair(): return {"up": lambda x: x + 1, "down": [lambda x: x - 1]}
"""

    def scenario(student: object) -> object:
        count, functions = student.counter(2), student.pair()
        x = draw(3).requires_grad_()
        count(x).sum().backward()
        return count(torch.ones(2)), x.grad, functions["up"](1), functions["down"][0](1)

    local, remote = both(source, scenario)

    assert local == remote


def test_a_function_goes_back_as_the_function_it_is(both: Both) -> None:
    """A student's function can be handed back as an argument, also one got by name."""
    source = """
def twice(f): return lambda x: f(f(x))
def add_one(x): return x + 1
def is_same(f, g): return f is g
def make(): return add_one
"""

    def scenario(student: object) -> object:
        made = student.make()
        return student.twice(made)(5), student.is_same(made, made), made is student.make()

    local, remote = both(source, scenario)

    assert local == remote


def test_an_object_of_a_class_with_a_call_can_be_called(both: Both) -> None:
    """What can be called is a function, whatever its class."""
    source = """
class Scale:
    def __init__(self, factor): self.factor = factor
    def __call__(self, x): return x * self.factor
def make(factor): return Scale(factor)
"""

    local, remote = both(source, lambda s: [s.make(3)(2), s.Scale(4)(2)])

    assert local == remote


def test_what_stands_for_the_students_is_told_by_the_students_words(submitted: Submitted) -> None:
    """A function or module that comes where a tensor is expected is named as the student would."""
    student = submitted(SOURCE + "def give(): return make")

    for answer, kind in ((student.give(), "a function"), (student.make(), "a Net")):
        with pytest.raises(Mismatch, match=f"^The result is {kind}; a tensor is expected"):
            expect.tensor(answer)


# What a mirror shows and takes


def test_an_attribute_set_here_is_set_there(both: Both) -> None:
    """A plain attribute of a mirror is the student's own: what is set is what their code sees."""
    source = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rate = 0.5
        self.fc = nn.Linear(2, 2)
        nn.init.ones_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)
    @property
    def ratio(self): return self._ratio
    @ratio.setter
    def ratio(self, value): self._ratio = value / 2
    def forward(self, x): return self.fc(x) * self.rate
def make(): return Net()
"""

    def scenario(student: object) -> object:
        model = student.make()
        model.rate = 3.0
        model.ratio = 8
        model.names = ["a", torch.ones(2)]
        out = model(torch.ones(1, 2))
        model.fc = nn.Linear(2, 1, bias=False)
        nn.init.ones_(model.fc.weight)
        model.train(False)
        return out, model.rate, model.ratio, model.names, model(torch.ones(1, 2)), model.training

    local, remote = both(source, scenario)

    assert local == remote


def test_functional_call_is_refused_with_a_sentence(submitted: Submitted) -> None:
    """Plain tensors in the place of a mirror's parameters cannot cross, and the author is told."""
    model = submitted(SOURCE).make()
    weights = {name: p.detach() * 2 for name, p in model.named_parameters()}

    with pytest.raises(CourseError) as caught:
        torch.func.functional_call(model, weights, (draw(5, 3),))

    assert "its weight is a plain tensor where a parameter belongs" in str(caught.value)
    assert model(draw(5, 3)).shape == (5, 2)


def test_a_mirror_knows_what_is_not_registered(submitted: Submitted) -> None:
    """Tensors and layers beside the registry are known by name, also after a call changed them."""
    student = submitted("""
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.known = nn.ModuleList([nn.Linear(2, 2)])
        self.same = [self.known[0]]
        self.layers = [nn.Linear(2, 2)]
        self.heads = {"a": nn.Linear(2, 2)}
        self.mask = torch.ones(2)
        self.moved = nn.Parameter(torch.ones(2)).to(torch.float64)
        self.inner = Inner()
    def forward(self, x):
        self.late = x
        return x
class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.ones(2)
def make(): return Net()
""")
    model = student.make()
    found = {"layers": "module", "heads": "module", "mask": "tensor", "moved": "computed"}

    assert dict(unregistered(model)) == found
    assert unregistered(model.inner) == (("table", "tensor"),)
    model(torch.ones(2))
    assert dict(unregistered(model)) == {**found, "late": "tensor"}


def test_a_model_can_be_watched(submitted: Submitted) -> None:
    """Calling a mirror, or one of its methods, can be watched like a function."""
    model = submitted(SOURCE).make().eval()

    out, seen = model.watched(draw(5, 3))
    _, encoded = model.encode.watched(draw(5, 3))

    assert out.shape == (5, 2)
    assert seen.modules["Net"] == 1
    assert seen.functions["tanh"] == encoded.functions["tanh"] == 1
