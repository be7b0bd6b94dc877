"""Modules as descriptions: names, tensors, modes; never code.

A module whose class is exactly one of `torch.nn` and that carries no hook and no attribute but
plain data is *exact*: the other side builds the same class from the same data, so nothing that a
student did to their own copy of torch comes along. Any other module is described by its surface
alone, its registered tensors, its submodules and its mode, and stays where it is.
"""

from itertools import islice
from typing import TYPE_CHECKING

import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox.wire.frames import Node
from grader.sandbox.wire.plain import MAX_NAME, named, quote

if TYPE_CHECKING:  # The table calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

# Of a lazy module the parameters are still to come. The last is the part of nn.MultiheadAttention.
_MODULES: dict[str, type[nn.Module]] = {
    kind.__name__: kind
    for kind in (*vars(nn).values(), nn.modules.linear.NonDynamicallyQuantizableLinear)
    if isinstance(kind, type)
    and issubclass(kind, nn.Module)
    and kind is not nn.Module
    and not kind.__name__.startswith("Lazy")
}
MAX_UNREGISTERED = 100  # names of attributes that one module's description lists
MAX_SCANNED = 1000  # items of one list that are looked at
# What nn.Module keeps for itself: none of it is configuration.
_OWN = frozenset(nn.Module().__dict__)
# What an attribute can hold that had better be registered.
_HELD = ("module", "tensor", "computed")
_PLAIN = (bool, int, float, str, type(None), torch.dtype)


class Mirror(nn.Module):
    """A module that stands for one of the other side, which keeps its code."""

    # The names of attributes that hold tensors or modules unregistered, each with what it holds.
    _unregistered: tuple[tuple[str, str], ...]

    def __init__(self) -> None:
        super().__init__()
        vars(self)["_unregistered"] = ()


def unregistered(module: nn.Module) -> tuple[tuple[str, str], ...]:
    """List attributes that hold tensors or modules which the module does not know of.

    Such a tensor neither trains nor moves with the module, and such a layer is no part of it.

    Returns:
        pairs of a name and what it holds: "tensor", "computed" for one that hangs in a graph, as
        a moved parameter does, or "module".
    """
    state = module.__dict__
    if isinstance(module, Mirror):
        return module._unregistered
    held = [
        (str(name)[:MAX_NAME], item)
        for name, value in state.items()
        if name not in _OWN
        for item in _items(value)
        if _kind(item)
    ]
    # A list beside the registry is no mistake where everything in it is registered.
    known = _registered(module) if held else set()
    kinds = {name: _kind(item) for name, item in held if id(item) not in known}
    return tuple(kinds.items())[:MAX_UNREGISTERED]


def why_not(module: nn.Module) -> str | None:
    """Say why a module cannot cross: a plain tensor stands where a parameter belongs."""
    for name, value in module.__dict__["_parameters"].items():
        if value is not None and not isinstance(value, nn.Parameter):
            return (
                f"its {name} is a plain tensor where a parameter belongs, as inside "
                "torch.func.functional_call; write the values into the parameters instead"
            )
    return None


def is_exact(module: nn.Module) -> bool:
    """Tell whether a module is no more than a torch.nn class with plain data."""
    kind, state = type(module), module.__dict__
    if _MODULES.get(kind.__name__) is not kind:
        return False
    hooks = (value for name, value in state.items() if name in _OWN and name.endswith("_hooks"))
    extras = ((name, value) for name, value in state.items() if name not in _OWN)
    return not any(hooks) and all(_is_configuration(kind, *extra) for extra in extras)


def _is_configuration(kind: type, name: str, value: object) -> bool:
    """Tell whether an attribute is plain data that hides nothing of its class."""
    items = value if type(value) in (tuple, list) else (value,)
    is_plain = all(type(item) in _PLAIN for item in items)  # type: ignore[attr-defined]
    return is_plain and not (name.startswith("__") or name in _OWN or hasattr(kind, name))


def describe(module: nn.Module, handle: int, table: "Table") -> list[Node]:
    """Describe a module by class name, attributes, tensors, submodules and mode.

    Returns:
        ["m", handle, class, is_exact, [[attribute, value]], [[name, parameter]],
        [[name, buffer, is_persistent]], [[name, submodule]], is_training]. Of a module that is
        not exact the attributes are those of `unregistered`, with words instead of values.
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
        [[k, table.node(tuple(v) if type(v) is list else v)] for k, v in plain.items()]
        if exact
        else [[name, held] for name, held in unregistered(module)],
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
        case ["m", int(), str(name), True, *_] if name in _MODULES:
            # Without its arguments, and so without its __init__; the description has the rest.
            kind = _MODULES[name]
            module: nn.Module = object.__new__(kind)
            nn.Module.__init__(module)
        case ["m", int(handle), str(name), False, *_] if handle > 0:
            module = table.foreign.mirror(name[:MAX_NAME])
        case _:
            raise WireError(f"a frame describes a module as {quote(fields[2:4])}")
    write(module, fields, table)
    return module


def write(module: nn.Module, fields: list[Node], table: "Table") -> None:
    """Bring a module's registered tensors, submodules, attributes and modes up to date."""
    match fields:
        case [_, _, str(kind), exact, [*plain], [*parameters], [*buffers], [*parts], mode]:
            state = module.__dict__
        case _:
            raise WireError("a module's description lacks a part")
    if exact is True:
        if _MODULES.get(kind) is not type(module):
            raise WireError(f"a {type(module).__name__} is described as {quote(kind)} of nn")
        for name, (node,) in named(plain):
            value = table.value(node)
            if not _is_configuration(type(module), name, value):
                raise WireError(f"a module's description sets {quote(name)}")
            state[name] = value
    elif isinstance(module, Mirror):
        state["_unregistered"] = _read_unregistered(plain)
    tensors = named(buffers, 3)
    _replace(state["_parameters"], [(n, _parameter(table, r)) for n, (r,) in named(parameters)])
    _replace(state["_buffers"], [(n, table.tensor(r)) for n, (r, _) in tensors])
    state["_non_persistent_buffers_set"] = {name for name, (_, lasts) in tensors if not lasts}
    _replace(state["_modules"], [(n, _module(table, r)) for n, (r,) in named(parts)])
    state["training"] = bool(mode)


def _read_unregistered(plain: list[Node]) -> tuple[tuple[str, str], ...]:
    found = []
    for name, (held,) in named(plain):
        if held not in _HELD or len(plain) > MAX_UNREGISTERED or len(name) > MAX_NAME:
            raise WireError("a module's description lists attributes that it cannot have")
        found.append((name, str(held)))
    return tuple(found)


def _registered(module: nn.Module) -> set[int]:
    parts = list(nn.Module.modules(module))
    tensors = (part.__dict__[kind] for part in parts for kind in ("_parameters", "_buffers"))
    return {*map(id, parts), *(id(value) for each in tensors for value in each.values())}


def _kind(item: object) -> str:
    """Say what a module should have registered; "" for anything else."""
    if issubclass(type(item), nn.Module):
        return "module"
    if not issubclass(type(item), torch.Tensor):
        return ""
    with torch._C.DisableTorchFunctionSubclass():
        return "tensor" if item.is_leaf else "computed"  # type: ignore[attr-defined]


def _items(value: object) -> list[object]:
    """List what an attribute holds, itself or in a list, tuple or dict."""
    if type(value) in (list, tuple):
        return list(value[:MAX_SCANNED])  # type: ignore[index]
    if type(value) is dict:
        return list(islice(value.values(), MAX_SCANNED))
    return [value]


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
