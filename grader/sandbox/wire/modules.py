"""Modules and optimizers as descriptions: names, tensors, modes; never code.

A module whose class is exactly one of `torch.nn` and that carries no hook and no attribute but
plain data is *exact*: the other side builds the same class from the same data, so nothing that a
student did to their own copy of torch comes along. Any other module is described by its surface
alone, its registered tensors, its submodules and its mode, and stays where it is.
"""

from typing import TYPE_CHECKING

import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox.wire.frames import Node

if TYPE_CHECKING:  # The codec of values calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

# What nn.Module keeps for itself: none of it is configuration.
_OWN = frozenset(nn.Module().__dict__)
_PLAIN = (bool, int, float, str, type(None), torch.dtype)


def _exact_class(name: str, home: object, base: type) -> type | None:
    found = getattr(home, name, None) if name.isidentifier() else None
    is_fit = isinstance(found, type) and issubclass(found, base) and not name.startswith("Lazy")
    return found if is_fit and found is not base else None


def _is_plain(value: object) -> bool:
    if type(value) in (tuple, list):
        return all(type(item) in _PLAIN for item in value)  # type: ignore[attr-defined]
    return type(value) in _PLAIN


def is_exact(module: nn.Module) -> bool:
    """Tell whether a module is no more than a torch.nn class with plain data."""
    kind = type(module)
    if _exact_class(kind.__name__, nn, nn.Module) is not kind:
        return False
    state = dict(module.__dict__)
    hooks = (value for name, value in state.items() if name in _OWN and name.endswith("_hooks"))
    extras = {name: value for name, value in state.items() if name not in _OWN}
    return not any(hooks) and all(_is_plain(value) for value in extras.values())


def describe(module: nn.Module, handle: int, table: "Table") -> list[Node]:
    """Describe a module by class name, attributes, tensors, submodules and mode.

    Returns:
        ["m", handle, class, is_exact, [[attribute, value]], [[name, parameter]],
        [[name, buffer, is_persistent]], [[name, submodule]], is_training].
    """
    exact = is_exact(module)
    state = module.__dict__
    plain = {k: v for k, v in state.items() if k not in _OWN} if exact else {}
    return [
        "m",
        handle,
        type(module).__name__,
        exact,
        # A list is configuration here and is written as a value; it is never changed in place.
        [[k, table.node(tuple(v) if type(v) is list else v)] for k, v in plain.items()],
        [[name, table.lasting(value)] for name, value in state["_parameters"].items()],
        [
            [name, table.lasting(value), name not in state["_non_persistent_buffers_set"]]
            for name, value in state["_buffers"].items()
        ],
        [[name, table.lasting(value)] for name, value in state["_modules"].items()],
        bool(state["training"]),
    ]


def build(fields: list[Node], table: "Table") -> nn.Module:
    """Build the module that a description tells of: torch's own class, or a mirror."""
    match fields:
        case ["m", int(), str(name), True, *_]:
            kind = _exact_class(name, nn, nn.Module)
            if kind is None:
                raise WireError(f"a frame names nn.{name}, which is no class of torch.nn")
            module = _empty(kind)
        case ["m", int(), str(name), False, *_]:
            module = table.foreign.mirror(name)
        case _:
            raise WireError("a module's description lacks its class")
    write(module, fields, table)
    return module


def write(module: nn.Module, fields: list[Node], table: "Table") -> None:
    """Bring a module's registered tensors, submodules, attributes and modes up to date."""
    match fields:
        case [_, _, _, exact, list(plain), list(parameters), list(buffers), list(parts), mode]:
            state = module.__dict__
        case _:
            raise WireError("a module's description has the wrong length")
    if exact is True:
        for name, (node,) in _named(plain):
            if name in _OWN or name.startswith("__") or hasattr(type(module), name):
                raise WireError(f"a module's description sets {name!r}")
            state[name] = table.value(node)
    _replace(state["_parameters"], [(n, _parameter(table, r)) for n, (r,) in _named(parameters)])
    _replace(state["_buffers"], [(n, table.tensor(r)) for n, (r, _) in _named(buffers, 3)])
    fleeting = {name for name, (_, lasts) in _named(buffers, 3) if not lasts}
    state["_non_persistent_buffers_set"] = fleeting
    _replace(state["_modules"], [(n, _module(table, r)) for n, (r,) in _named(parts)])
    state["training"] = bool(mode)


def _empty(kind: type) -> nn.Module:
    """Make a module of a class of torch.nn without its arguments; the description has the rest."""
    module: nn.Module = object.__new__(kind)
    nn.Module.__init__(module)
    return module


def _named(items: list[Node], length: int = 2) -> list[tuple[str, list[Node]]]:
    """Check entries of the form [name, node, ...] of a length."""
    found = []
    for item in items:
        match item:
            case [str(name), *nodes] if len(item) == length:
                found.append((name, nodes))
            case _:
                raise WireError("a description has an entry that does not begin with a name")
    return found


def _replace(registry: dict[str, object], entries: list[tuple[str, object]]) -> None:
    old = [(name, id(value)) for name, value in registry.items()]
    if old != [(name, id(value)) for name, value in entries]:
        registry.clear()
        registry.update(entries)


def _parameter(table: "Table", reference: Node) -> nn.Parameter | None:
    value = table.tensor(reference)
    if value is not None and not isinstance(value, nn.Parameter):
        raise WireError("a module's description registers a parameter that is none")
    return value


def _module(table: "Table", reference: Node) -> nn.Module | None:
    value = table.value(reference)
    if value is not None and not isinstance(value, nn.Module):
        raise WireError("a module's description registers a submodule that is none")
    return value


def why_not_optimizer(optimizer: torch.optim.Optimizer) -> str | None:
    """Say why an optimizer cannot cross: only torch.optim's own classes can."""
    kind = type(optimizer)
    if _exact_class(kind.__name__, torch.optim, torch.optim.Optimizer) is kind:
        return None
    return "its class is not one of torch.optim"


def describe_optimizer(optimizer: torch.optim.Optimizer, table: "Table") -> list[Node]:
    """Describe an optimizer: ["O", class, [[[option, value]]], [[parameter, [[name, value]]]]]."""
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
    return ["O", type(optimizer).__name__, groups, state]


def build_optimizer(fields: list[Node], table: "Table") -> torch.optim.Optimizer:
    """Build an optimizer of torch.optim over tensors that arrived before it."""
    match fields:
        case ["O", str(name), list(groups), list()]:
            kind = _exact_class(name, torch.optim, torch.optim.Optimizer)
        case _:
            kind = None
    if kind is None:
        raise WireError(f"a frame describes an optimizer as {fields[1:2]!r}")
    try:
        optimizer: torch.optim.Optimizer = kind([_group(group, table) for group in groups])
    except (TypeError, ValueError, RuntimeError) as error:
        raise WireError(f"an optimizer cannot be rebuilt: {error}") from error
    write_optimizer(optimizer, fields, table)
    return optimizer


def write_optimizer(optimizer: torch.optim.Optimizer, fields: list[Node], table: "Table") -> None:
    """Bring an optimizer's options and state up to date."""
    match fields:
        case ["O", str(), list(groups), list(state)] if len(groups) >= len(optimizer.param_groups):
            pass
        case _:
            raise WireError("an optimizer's description has the wrong shape")
    fresh = [_group(group, table) for group in groups]
    for old, new in zip(optimizer.param_groups, fresh, strict=False):
        old.clear()
        old.update(new)
    optimizer.param_groups.extend(fresh[len(optimizer.param_groups) :])
    optimizer.state.clear()
    for entry in state:
        match entry:
            case [reference, list(entries)]:
                parameter = table.tensor(reference)
                pairs = [(name, table.value(node)) for name, (node,) in _named(entries)]
            case _:
                parameter, pairs = None, []
        if parameter is None:
            raise WireError("an optimizer's state has an entry without a parameter")
        optimizer.state[parameter] = dict(pairs)


def _group(node: Node, table: "Table") -> dict[str, object]:
    if type(node) is not list:
        raise WireError("an optimizer's group is not a list")
    group: dict[str, object] = {}
    for key, (value,) in _named(node):
        if key == "params" and type(value) is list:
            group[key] = [table.tensor(reference) for reference in value]
        else:
            group[key] = table.value(value)
    return group
