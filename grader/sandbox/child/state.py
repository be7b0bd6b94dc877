"""The process's global state: set before each check, and looked over after it.

What can be reset is reset: random generators, default dtype and device, grad mode, determinism,
threads, environment, folder, hooks of the interpreter. What cannot be, a patched torch function or
a thread that still runs, is noticed, and the host then replaces the child. A submission that hides
such a change from this code spoils only its own later checks: nothing here earns a point.
"""

# The public functions make an enum of every answer, which is most of what they cost.
import _signal  # type: ignore[import-not-found]
import builtins
import faulthandler
import gc
import math
import os
import random
import signal
import sys
import threading
import types
import warnings
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from grader.sandbox.child.tables import Table, Tables, of_class

# Where a careless or cunning submission would leave something behind for the next check.
_WATCHED: tuple[types.ModuleType, ...] = (
    builtins,
    math,
    random,
    torch,
    torch.nn,
    torch.nn.functional,
    torch.nn.init,
    torch.autograd,
    torch.linalg,
    torch.optim,
    torch._C._nn,
)
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
# The kind of accelerator that torch was built for, whether or not the machine has one.
_ACCELERATOR = torch.accelerator.current_accelerator(check_available=False)
# Its stand-in makes way for the real package when that is asked for, which is no change.
_LAZY = "torch._dynamo"


@dataclass(frozen=True)
class Beginning:
    """What each check begins with where a rehearsal may ask for something else."""

    threads: int = 1
    dtype: torch.dtype = torch.float32


_beginning = Beginning()


def begin_with(threads: int, dtype: torch.dtype) -> None:
    """Let every check of this process, and of those that it forks, begin with this.

    Args:
        threads: how many torch computes with.
        dtype: the default dtype, floating.
    """
    global _beginning  # noqa: PLW0603  It is the state of the process, as torch's own is.
    _beginning = Beginning(threads, dtype)


def _surfaces() -> Tables:
    classes: list[type] = [torch.Tensor, torch._C.TensorBase, nn.Module, nn.Parameter]
    classes += [c for c in vars(nn).values() if isinstance(c, type) and issubclass(c, nn.Module)]
    classes += [c for c in vars(torch.optim).values() if isinstance(c, type)]
    places = [vars(module) for module in _WATCHED]
    return Tables([*places, *map(of_class, dict.fromkeys(classes))])


class Ground(Protocol):
    """What a service needs of the state it stands on."""

    module_names: frozenset[str]

    def remains(self) -> str:
        """Name what a check left behind that cannot be reset; "" where there is nothing."""

    def reset(self, seed: int) -> None:
        """Set the state for a check."""


class State:
    """The state as it was before any student code ran, to return to."""

    def __init__(self) -> None:
        self._surfaces = _surfaces()
        self._path = list(sys.path)
        self._meta_path = list(sys.meta_path)
        self._filters = list(warnings.filters)
        self._recursion = sys.getrecursionlimit()
        self._modules = Table(sys.modules, len(sys.modules))  # type: ignore[arg-type]
        self.module_names = frozenset(sys.modules)
        self.renew()

    def renew(self) -> None:
        """Take over what the walls have changed: environment, folder, streams."""
        self._environment = dict(os.environ)
        # As Python keeps it: to decode every entry takes half as long as all else that is set.
        self._encoded = dict(os.environ._data)  # type: ignore[attr-defined]
        self._folder = os.getcwd()
        self._streams = (sys.stdin, sys.stdout, sys.stderr)
        self._handlers = {n: _signal.getsignal(n) for n in _signal.valid_signals()}

    def remains(self) -> str:
        """Name what a check left behind that cannot be reset; "" where there is nothing."""
        # These leave a mark on torch itself, which goes when they are taken back.
        _reset_defaults()
        if threading.active_count() > 1:
            return "a thread that is still running"
        if not self._surfaces.are_same():
            return "a changed function of torch or Python"
        if not self._modules.is_same(but=frozenset({_LAZY})):
            return "a replaced module"
        if _is_mode_active():
            return "a torch mode that is still active"
        if nn.modules.module._has_any_global_hook():  # type: ignore[no-untyped-call]
            return "a global hook on modules"
        return ""

    def reset(self, seed: int) -> None:
        """Set the state for a check: seeded, deterministic, gradients on, and as it begins."""
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)
        for timer in _TIMERS:
            signal.setitimer(timer, 0)
        faulthandler.cancel_dump_traceback_later()
        for number, handler in self._handlers.items():
            if handler is not None and _signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        sys.setrecursionlimit(self._recursion)
        sys.path[:], sys.meta_path[:] = self._path, self._meta_path
        sys.stdin, sys.stdout, sys.stderr = self._streams
        warnings.filters[:] = self._filters  # type: ignore[index]
        if os.environ._data != self._encoded:  # type: ignore[attr-defined]
            os.environ.clear()
            os.environ.update(self._environment)
        if os.getcwd() != self._folder:
            os.chdir(self._folder)
        gc.enable()
        random.seed(seed)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(seed % 2**32)
        reset_torch(seed)


def _is_mode_active() -> bool:
    return bool(
        torch._C._len_torch_function_stack()
        or torch._C._len_torch_dispatch_stack()
        or torch.is_inference_mode_enabled()
        or any(map(torch.is_autocast_enabled, ("cpu", "cuda")))
        or torch._C._autograd._top_saved_tensors_default_hooks(True) is not None
        or torch.autograd.forward_ad._current_level >= 0
    )


def _reset_defaults() -> None:
    if torch.get_default_dtype() is not _beginning.dtype:
        torch.set_default_dtype(_beginning.dtype)
    # Without a mode, which is what a default device is, there is none to ask for, at some length.
    if torch._C._len_torch_function_stack() and torch.get_default_device().type != "cpu":
        torch.set_default_device(None)


def reset_torch(seed: int) -> None:
    """Set torch's share of the state: what a verdict may depend on, and nothing else."""
    if _ACCELERATOR is None:
        # The public function also formats a stack trace for each kind of accelerator that torch
        # might have had; inside pytest, whose stack is deep, that is half of a light check's time.
        torch.default_generator.manual_seed(seed)
    else:
        torch.manual_seed(seed)
    torch.set_grad_enabled(True)
    _reset_defaults()
    if torch.get_num_threads() != _beginning.threads:
        torch.set_num_threads(_beginning.threads)
    # The public function also imports the compiler's configuration, which takes a second.
    torch._C._set_deterministic_algorithms(True, warn_only=True)
    # This one also says that the GPU's products of float32 are not rounded to TF32.
    torch.set_float32_matmul_precision("highest")
    torch.set_flush_denormal(False)
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    torch.autograd.set_detect_anomaly(False)
    torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]
