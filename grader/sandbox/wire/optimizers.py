"""Optimizers as descriptions: options and state of torch.optim's own classes, never code."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import torch

from grader.errors import WireError
from grader.sandbox.wire.frames import Node
from grader.sandbox.wire.plain import named, quote, refusing

if TYPE_CHECKING:  # The table calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

_OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    kind.__name__: kind
    for kind in vars(torch.optim).values()
    if isinstance(kind, type)
    and issubclass(kind, torch.optim.Optimizer)
    and kind is not torch.optim.Optimizer
}


def why_not(optimizer: torch.optim.Optimizer) -> str | None:
    """Say why an optimizer cannot cross: only torch.optim's own classes can, without hooks."""
    kind = type(optimizer)
    if _OPTIMIZERS.get(kind.__name__) is not kind:
        return "its class is not one of torch.optim"
    hooks = (value for name, value in vars(optimizer).items() if name.endswith("_hooks"))
    return "it carries a hook" if any(hooks) else None


def describe(optimizer: torch.optim.Optimizer, table: "Table") -> list[Node]:
    """Describe an optimizer by class, options, groups of parameters and the state of each.

    Returns:
        ["O", class, [[option, value]], [[[option, value]]], [[parameter, [[name, value]]]]].
    """
    defaults: list[Node] = [[key, table.node(value)] for key, value in optimizer.defaults.items()]
    groups: list[Node] = [
        [
            [key, list(map(table.node, value)) if key == "params" else table.node(value)]
            for key, value in group.items()
        ]
        for group in optimizer.param_groups
    ]
    state: list[Node] = [
        [table.node(parameter), [[key, table.node(value)] for key, value in entries.items()]]
        for parameter, entries in optimizer.state.items()
    ]
    return ["O", type(optimizer).__name__, defaults, groups, state]


def build(fields: list[Node], table: "Table") -> torch.optim.Optimizer:
    """Build an optimizer of torch.optim over tensors that arrived before it."""
    match fields:
        case ["O", str(name), *_] if name in _OPTIMIZERS:
            # Over a stand-in: some allocate as much as their parameters, and compare all groups.
            with refusing("an optimizer cannot be built"):
                optimizer = _OPTIMIZERS[name]([torch.zeros(1, 1)])  # type: ignore[call-arg]
        case _:
            raise WireError(f"a frame describes an optimizer as {quote(fields[1:2])}")
    write(optimizer, fields, table)
    return optimizer


def write(optimizer: torch.optim.Optimizer, fields: list[Node], table: "Table") -> None:
    """Bring an optimizer's parameters, options and state up to date."""
    kind = type(optimizer)
    match fields:
        case ["O", str(name), [*defaults], [*groups], [*state]] if _OPTIMIZERS.get(name) is kind:
            options = {key: table.value(value) for key, (value,) in named(defaults)}
            fresh = [_group(group, options, table) for group in groups]
        case _:
            raise WireError(f"a {kind.__name__} is described as another thing")
    if not optimizer.defaults.keys() <= options.keys():
        raise WireError(f"a {kind.__name__} is described without an option of its own")
    optimizer.defaults.clear()
    optimizer.defaults.update(options)
    del optimizer.param_groups[len(fresh) :]
    for old, new in zip(optimizer.param_groups, fresh, strict=False):
        # LBFGS holds on to the very list of its first group.
        old["params"][:] = new["params"]
        parameters = old["params"]
        old.clear()
        old.update(new, params=parameters)
    optimizer.param_groups.extend(fresh[len(optimizer.param_groups) :])
    optimizer.state.clear()
    for entry in state:
        match entry:
            case [reference, list(entries)]:
                parameter = _optimized(reference, table)
                pairs = [(name, table.value(node)) for name, (node,) in named(entries)]
                optimizer.state[parameter] = dict(pairs)
            case _:
                raise WireError("an optimizer's state has an entry that is not a pair")


def _group(node: Node, options: Collection[str], table: "Table") -> dict[str, Any]:
    """Read a group, which has a list of parameters and a value for each option."""
    if type(node) is not list:
        raise WireError("an optimizer's group is not a list")
    fields = {name: value for name, (value,) in named(node)}
    match fields.get("params"):
        case [*references] if set(options) <= set(fields):
            parameters = [_optimized(reference, table) for reference in references]
        case _:
            raise WireError("an optimizer's group lacks its parameters or an option")
    return {
        name: parameters if name == "params" else table.value(value)
        for name, value in fields.items()
    }


def _optimized(reference: Node, table: "Table") -> torch.Tensor:
    parameter = table.tensor(reference)
    if parameter is None:
        raise WireError("an optimizer's description lacks a parameter")
    return parameter
