"""Modules: torch's own classes arrive as they are, all others as their surface."""

import math

import pytest
import torch
from torch import nn

from grader.sandbox.wire.modules import is_exact

EXACT = {
    "Linear": (lambda: nn.Linear(3, 2, bias=False), (4, 3)),
    "Bilinear": (lambda: nn.Bilinear(2, 2, 3), None),
    "Conv1d": (lambda: nn.Conv1d(2, 4, 3, padding="same", padding_mode="circular"), (1, 2, 5)),
    "Conv2d": (lambda: nn.Conv2d(1, 2, 3, stride=2, padding=(1, 0)), (1, 1, 5, 5)),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(2, 1, 2, stride=2), (1, 2, 3, 3)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3, momentum=None), (4, 3)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2, affine=False), (2, 2, 3, 3)),
    "without statistics": (lambda: nn.BatchNorm1d(3, track_running_stats=False), (4, 3)),
    "Embedding": (lambda: nn.Embedding(5, 3, padding_idx=0), None),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(5, 3), None),
    "LayerNorm": (lambda: nn.LayerNorm((2, 3)), (4, 2, 3)),
    "RMSNorm": (lambda: nn.RMSNorm(3), (4, 3)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), (1, 4, 3)),
    "Dropout": (lambda: nn.Dropout(0.3), (4, 3)),
    "ReLU": (lambda: nn.ReLU(inplace=True), (4, 3)),
    "GELU": (lambda: nn.GELU("tanh"), (4, 3)),
    "PReLU": (nn.PReLU, (4, 3)),
    "Softmax": (lambda: nn.Softmax(dim=-1), (4, 3)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), (1, 1, 4, 4)),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d((1, None)), (1, 1, 4, 4)),
    "Flatten": (nn.Flatten, (4, 3, 2)),
    "Unflatten": (lambda: nn.Unflatten(1, (2, 3)), (4, 6)),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), (1, 1, 2, 2)),
    "ZeroPad2d": (lambda: nn.ZeroPad2d(1), (1, 1, 2, 2)),
    "Identity": (nn.Identity, (4, 3)),
    "CrossEntropyLoss": (lambda: nn.CrossEntropyLoss(weight=torch.ones(3)), None),
    "MSELoss": (lambda: nn.MSELoss(reduction="sum"), None),
    "GRUCell": (lambda: nn.GRUCell(3, 2), (4, 3)),
    "Sequential": (lambda: nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)), (4, 3)),
    "ModuleList": (lambda: nn.ModuleList([nn.Linear(1, 1), nn.ModuleList()]), None),
    "ModuleDict": (lambda: nn.ModuleDict({"a": nn.Linear(1, 1), "_b": nn.ReLU()}), None),
    "ParameterList": (lambda: nn.ParameterList([torch.ones(2), torch.ones(3)]), None),
    "MultiheadAttention": (lambda: nn.MultiheadAttention(4, 2, bias=False), None),
}


@pytest.mark.parametrize(("make", "shape"), EXACT.values(), ids=EXACT)
def test_exact_modules(cross, make, shape):
    """A module of torch.nn arrives as one of the same class that computes the same."""
    module = make().double().eval()
    arrived = cross(module)

    assert type(arrived) is type(module)
    assert repr(arrived) == repr(module)
    assert list(arrived.state_dict()) == list(module.state_dict())
    assert all(map(torch.equal, arrived.state_dict().values(), module.state_dict().values()))
    assert vars(arrived).keys() == vars(module).keys()
    if shape is not None:
        x = torch.arange(math.prod(shape), dtype=torch.float64).reshape(shape)
        assert torch.equal(arrived(x), module(x))


def test_attention(cross):
    """Multi-head attention attends as it did."""
    attention = nn.MultiheadAttention(4, 2, batch_first=True)
    x = torch.randn(2, 3, 4)

    assert torch.equal(cross(attention)(x, x, x)[0], attention(x, x, x)[0])


def test_running_statistics(exchange):
    """What a forward pass does to a module's buffers comes back into these buffers."""
    call, norm = exchange(), nn.BatchNorm1d(3)
    mean = norm.running_mean
    call.send(norm)(torch.arange(12.0).reshape(4, 3))
    call.answer()

    assert norm.running_mean is mean
    assert norm.num_batches_tracked.item() == 1
    assert torch.allclose(mean, torch.tensor([0.45, 0.55, 0.65]))
    assert len(call.changed) == 3


def test_modes(exchange):
    """The mode of each module by itself arrives, and comes back when it was changed."""
    call, net = exchange(), nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    net[1].eval()
    there = call.send(net)
    modes = [module.training for module in there.modules()]
    there[0].eval()
    call.answer()

    assert modes == [True, True, False, False]
    assert [module.training for module in net.modules()] == [True, False, False, False]
    assert call.changed == [net[0]]


def test_fleeting_buffers(cross):
    """A buffer that is not persistent, and one that is None, arrive as such."""
    norm = nn.BatchNorm1d(2)
    norm.register_buffer("mask", torch.ones(2), persistent=False)
    norm.register_buffer("nothing", None)
    arrived = cross(norm)

    assert arrived.mask.tolist() == [1, 1]
    assert arrived.nothing is None
    assert "mask" not in arrived.state_dict()


def test_tied_weights(exchange):
    """Tied weights stay tied, on the way there and on the way back."""
    call, net = exchange(), nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    there = call.send(net)
    with torch.no_grad():
        there[0].weight.fill_(3)
    back = call.answer(there)

    assert there[0].weight is there[1].weight
    assert back is net
    assert net[1].weight is net[0].weight
    assert net[1].weight.tolist() == [[3, 3], [3, 3]]
    assert len(call.changed) == 1


@pytest.mark.parametrize("value", [(), 3], ids=["first module", "first parameters"])
def test_parts_keep_their_handles(exchange, value):
    """A module's parts outlive the call, whether they are written before or with the module."""
    call, linear = exchange(is_owner=True), nn.Linear(2, 2)
    sent = (linear, linear.weight) if value == () else (linear.weight, [linear.bias], linear)
    call.send(sent)

    assert {id(thing) for thing in call.here.foreign.kept.values()} >= {
        id(linear),
        id(linear.weight),
        id(linear.bias),
    }
    assert call.there.foreign.kept.keys() == call.here.foreign.kept.keys()


def test_replaced_parts(exchange):
    """A parameter and a submodule that were replaced, added or dropped are so on this side too."""
    call, net = exchange(), nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    there = call.send(net)
    there[0].weight = nn.Parameter(torch.full((1, 1), 8.0))
    there.append(nn.Linear(1, 5))
    there[1].bias = None
    call.answer()

    assert net[0].weight.item() == 8
    assert net[2].out_features == 5
    assert net[1].bias is None


class Own(nn.Module):
    """A class of the student's."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
        self.register_buffer("step", torch.zeros(1), persistent=False)


def hooked():
    """Make a module with a hook."""
    module = nn.Linear(1, 1)
    module.register_forward_hook(lambda *_: None)
    return module


def decorated(value):
    """Make a module with an attribute."""
    module = nn.Linear(1, 1)
    module.extra = value
    return module


MIRRORED = {
    "own class": Own,
    "GRU": lambda: nn.GRU(2, 3),
    "LSTM": lambda: nn.LSTM(2, 3),
    "TransformerEncoderLayer": lambda: nn.TransformerEncoderLayer(4, 2),
    "ParameterDict": lambda: nn.ParameterDict({"a": torch.ones(1)}),
    "hook": hooked,
    "tensor attribute": lambda: decorated(torch.ones(1)),
    "function attribute": lambda: decorated(print),
    "replaced forward": lambda: setattr(module := nn.ReLU(), "forward", print) or module,
    "hidden forward": lambda: setattr(module := nn.ReLU(), "forward", 3) or module,
    "lazy": lambda: nn.LazyLinear(2),
    "same name": lambda: type("Linear", (nn.Linear,), {})(1, 1),
    "weight norm": lambda: nn.utils.parametrizations.weight_norm(nn.Linear(1, 1)),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("make", MIRRORED.values(), ids=MIRRORED)
def test_mirrored_modules(exchange, make):
    """Any other module arrives as a mirror: its class's name, its tensors, parts and mode."""
    module = make().eval()
    if isinstance(module, nn.LazyLinear):
        module(torch.ones(1, 3))
        assert is_exact(module)
        return
    arrived = exchange(is_owner=True).send(module)

    assert not is_exact(module)
    assert type(arrived).__name__ == "Mirror"
    assert arrived.name == type(module).__name__
    assert list(arrived.state_dict()) == list(module.state_dict())
    assert not arrived.training


def test_plain_attributes(exchange):
    """A module with attributes of plain data is still exact, and changes of them come back."""
    call, linear = exchange(), decorated((1, "a"))
    there = call.send(linear)
    arrived, there.extra, there.more = there.extra, 2.5, [torch.float64]
    call.answer()

    assert arrived == (1, "a")
    assert (linear.extra, linear.more) == (2.5, (torch.float64,))


# Forged descriptions

WEIGHT = ["t", 0, 0, True, True, True, None, "cpu"]
LINEAR = ["m", 0, "Linear", True, [["in_features", 3]], [["weight", ["@", 0]]], [], [], True]


def forged(description, at, value):
    """Alter one field of a description."""
    return [*description[:at], value, *description[at + 1 :]]


MODULES = {
    "no class": (forged(LINEAR, 2, "Nonsense"), "a frame describes a module as ['Nonsense', True]"),
    "function": (forged(LINEAR, 2, "functional"), "a frame describes a module as ['functional', T"),
    "base": (forged(LINEAR, 2, "Module"), "a frame describes a module as ['Module', True]"),
    "parameter": (forged(LINEAR, 2, "Parameter"), "a frame describes a module as ['Parameter', Tr"),
    "lazy": (forged(LINEAR, 2, "LazyLinear"), "a frame describes a module as ['LazyLinear', True]"),
    "dunder": (forged(LINEAR, 2, "__name__"), "a frame describes a module as ['__name__', True]"),
    "no name": (forged(LINEAR, 2, 1), "a frame describes a module as [1, True]"),
    "truth": (forged(LINEAR, 3, 1), "a frame describes a module as ['Linear', 1]"),
    "own without handle": (forged(LINEAR, 3, False), "a frame describes a module as ['Lin"),
    "negative handle": (
        forged(forged(LINEAR, 3, False), 1, -1),
        "a frame describes a module as ['Linear', False]",
    ),
    "no handle": (forged(LINEAR, 1, None), "a frame holds a NoneType where a int belongs"),
    "too short": (LINEAR[:8], "a module's description lacks a part"),
    "too long": ([*LINEAR, 1], "a module's description lacks a part"),
    "nothing": (["m"], "a frame describes a module as []"),
    "attributes": (forged(LINEAR, 4, 1), "a module's description lacks a part"),
    "parameters": (forged(LINEAR, 5, None), "a module's description lacks a part"),
    "no pair": (
        forged(LINEAR, 5, [["weight"]]),
        "a description has an entry that does not begin with a name",
    ),
    "no buffer": (
        forged(LINEAR, 6, [["mean", ["@", 0]]]),
        "a description has an entry that does not begin with a name",
    ),
    "number as name": (
        forged(LINEAR, 7, [[0, None]]),
        "a description has an entry that does not begin with a name",
    ),
    "number as parameter": (
        forged(LINEAR, 5, [["weight", 1]]),
        "a frame refers to a int as a tensor",
    ),
    "tensor as parameter": (
        forged(LINEAR, 5, [["weight", ["@", 1]]]),
        "a module's description registers a parameter that is none",
    ),
    "tensor as part": (
        forged(LINEAR, 7, [["part", ["@", 0]]]),
        "a module's description registers a submodule that is none",
    ),
    "itself as part": (
        forged(LINEAR, 7, [["part", ["@", 2]]]),
        "a frame refers to thing 2 before it is described",
    ),
    **{
        f"attribute {name}": (
            forged(LINEAR, 4, [[name, 1]]),
            f"a module's description sets {name!r}",
        )
        for name in (
            *("forward", "__class__", "__dict__", "_parameters", "_modules", "training", "register"
              "_buffer", "_forward_hooks", "_version", "__init__", "to", "half", "T_destination"),
        )
    },
    **{
        f"value {value}": (
            forged(LINEAR, 4, [["extra", value]]),
            "a module's description sets 'extra'",
        )
        for value in (["@", 0], ["u", ["u"]], ["fs"], ["b", ""], ["c", 1.0, 1.0], ["u", ["@", 0]])
    },
}  # fmt: skip


@pytest.mark.parametrize(("description", "sentence"), MODULES.values(), ids=MODULES)
def test_forged_modules(complaint, block, description, sentence):
    """A module of no class of torch.nn, or with a part of another kind, is refused."""
    things = [WEIGHT, ["t", 1, 0, False, True, False, None, "cpu"], description]
    said = complaint(things, None, [block(torch.ones(2)), block(torch.ones(2))])

    assert said.startswith(sentence)


def test_forged_change_of_class(complaint, block):
    """A module is not described anew as one of another class."""
    sent = [block(torch.ones(2))]
    own = [*LINEAR[:1], 5, *LINEAR[2:3], False, *LINEAR[4:]]

    assert complaint([WEIGHT, LINEAR], None, sent, [[1, forged(LINEAR, 2, "ReLU")]]) == (
        "a Linear is described as 'ReLU' of nn"
    )
    assert complaint([WEIGHT, own], None, sent, [[1, LINEAR]]) == (
        "a Mirror is described as 'Linear' of nn"
    )
