"""What a run leaves behind in the modules of the trusted side, told without running anything.

Checks are collected once and run for one submission after another, which is honest only while what
one submission did cannot reach the next. A check may hand a tensor of its own file to the student's
function, which may change it; a list at the top of a file may grow. So the files' names are printed
before and compared after: a *print* is equal to another if nothing that the names lead to has
changed. Where a name leads to something whose state cannot be read, there is no print, and nobody
may rely on it.
"""

import ctypes
import enum
import hashlib
import re
import types
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath

import _pytest.fixtures
import pytest
import torch

# Compared by what they show: they cannot change, or are shown whole.
_PLAIN = (
    type(None), bool, int, float, complex, str, bytes, range, slice, type(...), enum.Enum,
    Decimal, Fraction, PurePath, re.Pattern, torch.dtype, torch.device, torch.Size, torch.layout,
    torch.memory_format,
)  # fmt: skip
# Belongs to Python or a library, and is the same for everybody.
_SHARED = (types.ModuleType, types.BuiltinFunctionType, types.MethodDescriptorType,
           types.WrapperDescriptorType, types.GetSetDescriptorType, property)  # fmt: skip

# Bytes of a tensor that are read for its print.
MAX_BYTES = 4 << 20

Print = tuple[object, ...]


class _UnreadableError(Exception):
    """Something whose state cannot be read."""


def of(modules: Iterable[types.ModuleType]) -> Print | None:
    """Print what the names of some modules lead to; None where that cannot be told."""
    read = list(modules)
    if any("pytest_generate_tests" in vars(module) for module in read):
        return None  # What it makes is held by pytest, under no name of the module.
    reader = _Reader(frozenset(module.__name__ for module in read))
    try:
        return tuple(reader.names(vars(module)) for module in read)
    except (_UnreadableError, RuntimeError, ValueError):
        # Also what cannot be asked of it: a sparse tensor's strides, a cell that is still empty.
        return None


class _Reader:
    """Reads values into prints; each object once, so that a circle ends."""

    def __init__(self, own: frozenset[str]) -> None:
        self._own = own
        self._seen: set[int] = set()

    def names(self, names: dict[str, object]) -> Print:
        """Print a module's or a class's own names."""
        return tuple(
            (name, self._value(value))
            for name, value in names.items()
            if not (name[:2] == "__" == name[-2:])
        )

    def _value(self, value: object) -> Print:
        if isinstance(value, _PLAIN):
            # As text: NaN is equal to itself there, and True is not 1.
            return (type(value), repr(value))
        if isinstance(value, _SHARED) or self._is_foreign(value):
            return (id(value),)
        if id(value) in self._seen:
            return ("again", id(value))
        self._seen.add(id(value))
        return (type(value), id(value), *self._parts(value))

    def _is_foreign(self, value: object) -> bool:
        """Tell whether a function or class was defined outside the modules that are read."""
        is_definition = isinstance(value, types.FunctionType | type)
        return is_definition and getattr(value, "__module__", None) not in self._own

    def _parts(self, value: object) -> Print:
        parts: Iterable[object]
        match value:
            case torch.Tensor():
                return self._tensor(value)
            case type():
                return self.names(dict(vars(value)))
            case torch.Generator():
                parts = [bytes(value.get_state().tolist())]
            case list() | tuple() | set() | frozenset():
                parts = value
            case dict():
                parts = (each for item in value.items() for each in item)
            case types.FunctionType():
                cells = (cell.cell_contents for cell in value.__closure__ or ())
                code = id(value.__code__)
                parts = (code, value.__defaults__, value.__kwdefaults__, value.__dict__, *cells)
            case staticmethod() | classmethod():
                parts = [value.__func__]
            case pytest.MarkDecorator():
                parts = [value.mark]
            case pytest.Mark():
                parts = [value.name, value.args, value.kwargs]
            case _pytest.fixtures.FixtureFunctionDefinition():
                parts = [value._get_wrapped_function(), value._fixture_function_marker.params]
            case torch.nn.Module() | torch.optim.Optimizer():
                parts = [value.__dict__]
            case _:
                raise _UnreadableError(type(value).__name__)
        return tuple(map(self._value, parts))

    def _tensor(self, tensor: torch.Tensor) -> Print:
        if type(tensor) not in (torch.Tensor, torch.nn.Parameter) or tensor.is_inference():
            raise _UnreadableError("a tensor that does not count its changes")
        if tensor.is_meta or tensor.nbytes > MAX_BYTES:
            raise _UnreadableError("a tensor without bytes, or with too many to be read each time")
        grad = self._value(tensor.grad if tensor.is_leaf else None)
        form = (tensor.shape, tensor.dtype, tensor.stride(), tensor.requires_grad)
        more = self._value(tensor.__dict__) if tensor.__dict__ else ()
        # Changes in place count the version up, but for some: `.data`, a fused optimizer's step.
        plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
        read = hashlib.sha256(ctypes.string_at(plain.data_ptr(), plain.nbytes)).digest()
        return (*form, tensor.data_ptr(), tensor._version, read, grad, more)
