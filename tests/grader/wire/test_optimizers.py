"""Optimizers: they arrive with options, groups and state, over the parameters beside them."""

import time

import pytest
import torch
from torch import nn

from grader.sandbox import wire


def trained(make, steps=2):
    """Make an optimizer over two groups that has done some steps."""
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    groups = [{"params": net[0].parameters()}, {"params": net[1].parameters(), "lr": 0.01}]
    optimizer = make(net.parameters()) if make is LBFGS else make(groups)
    for _ in range(steps):
        step(net, optimizer)
    return net, optimizer


def step(net, optimizer):
    """Do one step of training."""
    optimizer.zero_grad()
    net(torch.ones(3, 2)).square().sum().backward()
    optimizer.step(lambda: torch.tensor(1.0))


def LBFGS(parameters):  # noqa: N802
    """Make the one optimizer that knows no groups."""
    return torch.optim.LBFGS(parameters, lr=0.1, max_iter=2)


OPTIMIZERS = {
    "SGD": lambda groups: torch.optim.SGD(groups, lr=0.1),
    "momentum": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True),
    "Adam": lambda groups: torch.optim.Adam(groups, amsgrad=True, betas=(0.8, 0.9)),
    "AdamW": lambda groups: torch.optim.AdamW(groups, lr=torch.tensor(0.1), foreach=False),
    "RMSprop": lambda groups: torch.optim.RMSprop(groups, centered=True, momentum=0.5),
    "Adagrad": torch.optim.Adagrad,
    "Rprop": torch.optim.Rprop,
    "LBFGS": LBFGS,
}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_optimizers(cross, make):
    """An optimizer arrives with its groups and state, over the parameters that arrived with it."""
    net, optimizer = trained(make)
    there, arrived = cross((net, optimizer))
    step(net, optimizer)
    step(there, arrived)

    assert type(arrived) is type(optimizer)
    assert repr(arrived) == repr(optimizer)
    assert repr(arrived.defaults) == repr(optimizer.defaults)
    assert [id(p) for g in arrived.param_groups for p in g["params"]] == [
        id(parameter) for parameter in there.parameters()
    ]
    assert all(map(torch.equal, net.parameters(), there.parameters()))


def test_optimizer_steps_come_back(exchange):
    """A step on the other side changes the parameters, the gradients and the state of this one."""
    call = exchange()
    net, optimizer = trained(OPTIMIZERS["Adam"], steps=0)
    weight = net[0].weight
    step(*call.send((net, optimizer)))
    call.answer()
    state = optimizer.state[weight]

    assert net[0].weight is weight
    assert state["step"].item() == 1
    assert torch.equal(state["exp_avg"], weight.grad * (1 - 0.8))
    assert len(call.changed) == 5
    step(net, optimizer)
    assert state["step"].item() == 2


def test_options_come_back(exchange):
    """A rate that was changed, and a group that was added, are so on this side too."""
    call = exchange()
    _, optimizer = trained(OPTIMIZERS["SGD"])
    groups = list(optimizer.param_groups)
    there = call.send(optimizer)
    there.param_groups[1]["lr"] = 0.5
    there.add_param_group({"params": [nn.Parameter(torch.ones(1))]})
    call.answer()

    assert optimizer.param_groups[:2] == groups
    assert optimizer.param_groups[1] is groups[1]
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5, 0.1]
    assert call.changed == [optimizer]


def test_removed_groups_come_back(exchange):
    """A group that was dropped on the other side is dropped on this side too."""
    call = exchange()
    _, optimizer = trained(OPTIMIZERS["SGD"])
    del call.send(optimizer).param_groups[0]
    call.answer()

    assert [group["lr"] for group in optimizer.param_groups] == [0.01]


def test_unchanged_training(exchange):
    """A module and an optimizer that were only looked at are not named as changed."""
    call = exchange()
    net, optimizer = call.send(trained(OPTIMIZERS["Adam"]))
    with torch.no_grad():
        net(torch.ones(1, 2))
    assert optimizer.state_dict()
    net.eval().train()
    call.answer()

    assert call.changed == []


def test_other_optimizers(refused):
    """An optimizer of another class, or with a hook, is refused."""
    own = type("SGD", (torch.optim.SGD,), {})([nn.Parameter(torch.ones(1))])
    hook = torch.optim.SGD([nn.Parameter(torch.ones(1))])
    hook.register_step_post_hook(lambda *_: None)

    assert refused(own) == "SGD: its class is not one of torch.optim"
    assert refused(hook) == "SGD: it carries a hook"


# Forged descriptions

WEIGHT = ["t", 0, 0, True, True, True, None, "cpu"]
OPTIONS = [[key, value] for key, value in torch.optim.SGD([torch.ones(1)]).defaults.items()]
SGD = ["O", "SGD", OPTIONS, [[["params", [["@", 0]]], *OPTIONS]], []]


def forged(description, at, value):
    """Alter one field of a description."""
    return [*description[:at], value, *description[at + 1 :]]


def test_forged_change_of_class(complaint, block):
    """An optimizer is not described anew as one of another class, or as something else."""
    sent = [block(torch.ones(2))]

    assert complaint([WEIGHT, SGD], None, sent, [[1, forged(SGD, 1, "Adam")]]) == (
        "a SGD is described as another thing"
    )
    assert complaint([WEIGHT, SGD], None, sent, [[1, ["m"]]]) == "a SGD is described as ['m']"


LACKING = "an optimizer's group lacks its parameters or an option"
OPTIMIZER = {
    "no class": (forged(SGD, 1, "Optimizer"), "a frame describes an optimizer as ['Optimizer']"),
    "module": (forged(SGD, 1, "lr_scheduler"), "a frame describes an optimizer as ['lr_scheduler"),
    "no name": (forged(SGD, 1, None), "a frame describes an optimizer as [None]"),
    "nothing": (["O"], "a frame describes an optimizer as []"),
    "no groups": (forged(SGD, 3, 1), "a SGD is described as another thing"),
    "no options": (forged(SGD, 2, []), "a SGD is described without an option of its own"),
    "number as options": (forged(SGD, 2, 1), "a SGD is described as another thing"),
    "no state": (SGD[:4], "a SGD is described as another thing"),
    "too long": ([*SGD, 1], "a SGD is described as another thing"),
    "no group": (forged(SGD, 3, [1]), "an optimizer's group is not a list"),
    "no parameters": (forged(SGD, 3, [OPTIONS]), LACKING),
    "no option": (forged(SGD, 3, [[["params", []]]]), LACKING),
    "number": (forged(SGD, 3, [[["params", 1], *OPTIONS]]), LACKING),
    "number as parameter": (
        forged(SGD, 3, [[["params", [1]], *OPTIONS]]),
        "a frame refers to a int as a tensor",
    ),
    "nothing as parameter": (
        forged(SGD, 3, [[["params", [None]], *OPTIONS]]),
        "an optimizer's description lacks a parameter",
    ),
    "itself as parameter": (
        forged(SGD, 3, [[["params", [["@", 1]]], *OPTIONS]]),
        "a frame refers to thing 1 before it is described",
    ),
    "no pair": (forged(SGD, 4, [1]), "an optimizer's state has an entry that is not a pair"),
    "no entries": (
        forged(SGD, 4, [[["@", 0], 1]]),
        "an optimizer's state has an entry that is not a pair",
    ),
    "state of nothing": (
        forged(SGD, 4, [[None, []]]),
        "an optimizer's description lacks a parameter",
    ),
    "state of a number": (
        forged(SGD, 4, [[["@", 0], [[1, 1]]]]),
        "a description has an entry that does not begin with a name",
    ),
}


@pytest.mark.parametrize(("description", "sentence"), OPTIMIZER.values(), ids=OPTIMIZER)
def test_forged_optimizers(complaint, block, description, sentence):
    """An optimizer of no class of torch.optim, or with a part of another kind, is refused."""
    said = complaint([WEIGHT, description], None, [block(torch.ones(2))])

    assert said.startswith(sentence)


def test_many_groups(read, block):
    """An optimizer with ten thousand groups is read in a time that grows with their number."""
    empty = [["params", []], *OPTIONS]
    started = time.process_time()
    optimizer = read([WEIGHT, forged(SGD, 3, [empty] * 10_000)], ["@", 1], [block(torch.ones(2))])

    assert len(optimizer.param_groups) == 10_000
    assert time.process_time() - started < 5


def test_optimizers_of_large_parameters(read):
    """An optimizer that keeps as much state as it has parameters allocates none of it."""
    huge = ["t", 0, 0, True, True, True, None, "meta"]
    names = torch.optim.Adagrad([torch.ones(1)]).defaults.items()
    options = [[key, value] for key, value in names]
    adagrad = ["O", "Adagrad", options, [[["params", [["@", 0]]], *options]], []]
    sent = wire.Block("float32", (1 << 50,), None)
    optimizer = read([huge, adagrad], ["@", 1], [sent])

    assert optimizer.state == {}
