"""Watching a call from within: which functions of torch it uses, what it costs, what it leaves.

    with Witness() as witness:
        result = function(x)
    witness.seen()

Two modes of torch count: one sees the functions that the code calls, the other the operations
below them, those of a backward pass too. Python's profiler sees forward passes, the only place
where `model.forward(x)` and `model(x)` differ, and calls that seed a generator. Hooks on saved
tensors would tell more of a recorded graph, but torch.func refuses to work under them, and what is
right must not fail because it is watched.

Nothing here runs unless it is asked for, and everything has a bound. The student's code runs in the
same process and can silence it, so it is believed only where it speaks against the student.
"""

import random
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar

import torch
import torch.utils._device  # What the default device is asked of, imported before it is asked.
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from grader.sandbox.wire.modules import Mirror
from grader.sandbox.wire.plain import MAX_NAME
from grader.sandbox.wire.seen import MAX_FORWARDS, MAX_NAMES, SETTINGS, Forward, Seen

# Where the left factor of a product stands among the arguments: each element of the result takes
# as many multiply-adds as that has columns.
_PRODUCTS = {
    "aten::mm": 0, "aten::bmm": 0, "aten::mv": 0, "aten::dot": 0, "aten::vdot": 0,
    "aten::linear": 0, "aten::addmm": 1, "aten::baddbmm": 1, "aten::addmv": 1,
}  # fmt: skip
_SEEDERS = frozenset({"manual_seed", "seed"})
# What puts back a state from before, as torch.random.fork_rng does.
_RESTORER = "set_state"
_MODULE_FILE = nn.modules.module.__file__
_PYTHON_SEED = random.Random.seed.__code__
_PYTHON_GENERATOR = random.seed.__self__  # type: ignore[attr-defined]
# `1 - x` is a subtraction too.
_REVERSED = frozenset({"add", "sub", "mul", "div", "truediv", "floordiv", "mod", "pow", "matmul"})


class Witness:
    """Sees what happens between its beginning and its end, in this thread."""

    # The one that watches at present.
    current: "ClassVar[Witness | None]" = None

    def __init__(self) -> None:
        self._is_paused = False
        self._functions: dict[str, int] = {}
        self._modules: dict[str, int] = {}
        self._skipped: dict[str, int] = {}
        self._forwards: list[Forward] = []
        # Forward passes that have begun and not ended: the frame, and its module.
        self._running: list[tuple[types.FrameType, nn.Module]] = []
        self._calls = self._operations = self._allocated = self._recorded = 0
        self._torch_seeded = self._python_seeded = 0
        self._is_drawn = False
        self._changed: dict[str, tuple[str, str]] = {}
        self._added: list[Seen] = []
        self._cpu_s = 0.0
        self._open = ExitStack()

    def __enter__(self) -> "Witness":
        self._first_node = torch._C._autograd._get_sequence_nr()
        self._settings = _settings()
        self._random = torch.default_generator.get_state()
        self._outer, Witness.current = Witness.current, self
        self._open.callback(sys.setprofile, sys.getprofile())
        self._open.enter_context(_Operations(self))
        self._open.enter_context(_Functions(self))
        self._start_s = time.thread_time()
        sys.setprofile(self._on_frame)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self._cpu_s = time.thread_time() - self._start_s
        self._running.clear()
        Witness.current = self._outer
        self._open.close()
        self._is_drawn = not torch.equal(self._random, torch.default_generator.get_state())
        pairs = zip(SETTINGS, self._settings, _settings(), strict=True)
        self._changed = {name: (old, new) for name, old, new in pairs if old != new}

    def seen(self) -> Seen:
        """Tell what was seen."""
        return Seen(
            self._functions,
            self._modules,
            self._skipped,
            tuple(self._forwards),
            self._calls,
            self._operations,
            self._allocated,
            self._recorded,
            self._python_seeded + self._torch_seeded,
            self._is_drawn or any(seen.is_drawn for seen in self._added),
            {**self._changed, **{k: v for seen in self._added for k, v in seen.changed.items()}},
            self._cpu_s + sum(seen.cpu_s for seen in self._added),
        )

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Look away while the call goes on in another process, where another witness sees it."""
        self._is_paused = True
        try:
            yield
        finally:
            self._is_paused = False

    def add(self, seen: Seen) -> None:
        """Take over what another witness saw of a part of the call."""
        for mine, theirs in (
            (self._functions, seen.functions),
            (self._modules, seen.modules),
            (self._skipped, seen.skipped),
        ):
            for name, count in theirs.items():
                _count(mine, name, count)
        self._forwards += seen.forwards[: MAX_FORWARDS - len(self._forwards)]
        self._calls += seen.calls
        self._operations += seen.operations
        self._allocated += seen.allocated
        self._recorded += seen.recorded
        self._python_seeded += seen.seeded
        self._added.append(seen)

    def on_function(self, function: Callable[..., object], result: object) -> None:
        """Count a function of torch that the code called, and whether it recorded."""
        if self._is_paused:
            return
        _count(self._functions, _bare_name(function))
        # What a subclass of Tensor says of itself is not asked.
        with torch._C.DisableTorchFunctionSubclass():
            for tensor in _tensors(result):
                # One that was recorded before this call, and is only handed on, is older.
                node = tensor.grad_fn
                self._recorded += node is not None and node._sequence_nr() >= self._first_node

    def on_operation(
        self, operation: torch._ops.OpOverload, given: Sequence[object], result: object
    ) -> None:
        """Count an operation: its multiply-adds, the elements it wrote, the bytes it took."""
        name = operation._schema.name
        if self._is_paused or not name.startswith("aten::"):
            return
        self._calls += 1
        known = {_storage(tensor) for tensor in _tensors(given)}
        for tensor in _tensors(result):
            storage = _storage(tensor)
            if storage in known and not operation._schema.is_mutable:
                continue
            self._operations += tensor.numel()
            if storage not in known:
                known.add(storage)
                self._allocated += tensor.untyped_storage().nbytes() if storage else 0
        self._operations += _multiply_adds(name, given, result)

    def _on_frame(self, frame: types.FrameType, event: str, argument: Any) -> None:
        """Look at what Python calls; of most calls nothing but the name."""
        if self._is_paused:
            return
        if event == "call":
            if frame.f_code.co_name == "forward":
                self._begin(frame)
            elif frame.f_code is _PYTHON_SEED:
                self._python_seeded += frame.f_locals["self"] is _PYTHON_GENERATOR
        elif event == "return":
            if self._running and self._running[-1][0] is frame:
                self._running.pop()
        elif event == "c_call":
            name = argument.__name__
            if name in _SEEDERS:
                self._torch_seeded += argument.__self__ is torch.default_generator
            elif name == _RESTORER and argument.__self__ is torch.default_generator:
                self._torch_seeded = 0

    def _begin(self, frame: types.FrameType) -> None:
        code = frame.f_code
        module = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        # What stands for a module of another process is seen there.
        if not isinstance(module, nn.Module) or isinstance(module, Mirror):
            return
        if any(module is outer for _, outer in self._running):
            return  # A class that calls the forward of its base.
        caller = frame.f_back
        for kind in type(module).__mro__[: type(module).__mro__.index(nn.Module)]:
            _count(self._modules, kind.__name__)
        if caller is None or caller.f_code.co_filename != _MODULE_FILE:
            _count(self._skipped, type(module).__name__)
        if not self._running and len(self._forwards) < MAX_FORWARDS:
            is_recording = torch.is_grad_enabled()
            self._forwards.append(Forward(bool(module.training), is_recording))
        self._running.append((frame, module))


class _Functions(TorchFunctionMode):
    """Sees the functions of torch that code calls, from outside: not what they call in turn."""

    def __init__(self, witness: Witness) -> None:
        super().__init__()
        self._witness = witness

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        result = func(*args, **(kwargs or {}))
        self._witness.on_function(func, result)
        return result


class _Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees the operations that tensors are really computed by."""

    def __init__(self, witness: Witness) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._witness = witness

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Otherwise the first operation imports the compiler.
        return False

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        result = func(*args, **(kwargs or {}))
        self._witness.on_operation(func, (*args, *(kwargs or {}).values()), result)
        return result


def watched(
    function: Callable[..., object], positional: Sequence[object], named: dict[str, object]
) -> tuple[object, Seen]:
    """Call a function of this process and watch it."""
    with Witness() as witness:
        result = function(*positional, **named)
    return result, witness.seen()


def _settings() -> tuple[str, ...]:
    """Read what a call must leave as it was, in the order of `SETTINGS`."""
    return (
        "on" if torch.is_grad_enabled() else "off",
        str(torch.get_default_dtype()),
        str(torch.get_default_device()),
        str(torch.get_num_threads()),
        "on" if torch.are_deterministic_algorithms_enabled() else "off",
        "on" if torch.is_anomaly_enabled() else "off",
    )


def _count(counts: dict[str, int], name: str, by: int = 1) -> None:
    name = name[:MAX_NAME]
    if name in counts or len(counts) < MAX_NAMES:
        counts[name] = counts.get(name, 0) + by


def _bare_name(function: Callable[..., object]) -> str:
    """Name a function as people do: "softmax", "matmul" for `@`, "T" for an attribute."""
    name = str(getattr(function, "__name__", ""))
    if name in ("__get__", "__set__"):
        name = str(getattr(getattr(function, "__self__", None), "__name__", ""))
    if name.startswith("__"):
        name = name.strip("_")
        name = name[1:] if name[:1] == "r" and name[1:] in _REVERSED else name
    return name


def _tensors(value: object) -> Iterator[torch.Tensor]:
    """List the dense tensors in a value, through tuples and lists."""
    if isinstance(value, torch.Tensor):
        if value.layout is torch.strided:
            yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)


def _storage(tensor: torch.Tensor) -> int:
    """Tell which memory a tensor lies in: views of it share that. 0 for one without."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except NotImplementedError:
        return 0


def _multiply_adds(name: str, given: Sequence[object], result: object) -> int:
    tensors = list(_tensors(given))
    if (place := _PRODUCTS.get(name)) is not None:
        left = tensors[place]
        return sum(out.numel() for out in _tensors(result)) * (left.shape[-1] if left.dim() else 1)
    if name == "aten::convolution":
        source, weight, is_transposed = tensors[0], tensors[1], given[6]
        out = source if is_transposed else next(_tensors(result))
        return out.numel() * _row(weight)
    if name == "aten::convolution_backward":
        # One product for the gradient of the input and one for that of the weight.
        return 2 * tensors[0].numel() * _row(tensors[2])
    return 0


def _row(weight: torch.Tensor) -> int:
    """Count the elements of one row of a weight."""
    return weight.numel() // max(weight.shape[0], 1)
