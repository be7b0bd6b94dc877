"""The global state that one check leaves and the next one finds."""

from collections.abc import Callable

import pytest

from grader.sandbox.host import Sandbox
from grader.sandbox.proxy import Student

Sandboxed = Callable[..., Sandbox]
Began = Callable[..., Student]

SOURCE = """
import builtins, faulthandler, gc, math, os, random, signal, sys, threading, time, warnings
import torch
from torch import nn

START = torch.ones(1)

def change():
    {change}

def probe():
    return {probe}
"""

# What a check leaves, what the next one asks, and what it finds: as if nothing had been.
RESET = {
    "grad mode": ("torch.set_grad_enabled(False)", "torch.is_grad_enabled()", True),
    "default dtype": (
        "torch.set_default_dtype(torch.float64)",
        "str(START.dtype)",
        "torch.float32",
    ),
    "default device": ("torch.set_default_device('meta')", "torch.ones(1).device.type", "cpu"),
    "determinism": (
        "torch._C._set_deterministic_algorithms(False)",
        "torch.are_deterministic_algorithms_enabled()",
        True,
    ),
    "threads of torch": ("torch.set_num_threads(2)", "torch.get_num_threads()", 1),
    "matmul precision": (
        "torch.set_float32_matmul_precision('medium')",
        "torch.get_float32_matmul_precision()",
        "highest",
    ),
    "denormal numbers": (
        "torch.set_flush_denormal(True)",
        "torch.tensor([3e-310], dtype=torch.float64).mul(1).item()",
        3e-310,
    ),
    "anomaly mode": (
        "torch.autograd.set_detect_anomaly(True)",
        "torch.is_anomaly_enabled()",
        False,
    ),
    "print options": (
        "torch.set_printoptions(precision=1)",
        "str(torch.tensor(0.123))",
        "tensor(0.1230)",
    ),
    "folder": ("os.chdir('/usr/lib')", "os.getcwd() == os.environ['HOME']", True),
    "environment": ("os.environ.clear()", "os.environ['USER']", "student"),
    "import path": ("sys.path.insert(0, 'x'); sys.meta_path.clear()", "'x' in sys.path", False),
    "recursion limit": ("sys.setrecursionlimit(99999)", "sys.getrecursionlimit()", 1000),
    "standard output": ("sys.stdout = None", "print('here')", None),
    "standard input": ("sys.stdin = 5", "type(sys.stdin).__name__", "TextIOWrapper"),
    "warnings": ("warnings.simplefilter('error')", "warnings.warn('mild')", None),
    "collector": ("gc.disable()", "gc.isenabled()", True),
    "trace": ("sys.settrace(lambda *_: None)", "sys.gettrace()", None),
    "profile": ("sys.setprofile(lambda *_: None)", "sys.getprofile()", None),
    "trace of threads": ("threading.settrace(print)", "threading.gettrace()", None),
    "signal handler": (
        "signal.signal(signal.SIGUSR1, lambda *_: None)",
        "signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL",
        True,
    ),
    "alarm": ("signal.alarm(1)", "signal.alarm(0)", 0),
    "timer": (
        "signal.setitimer(signal.ITIMER_VIRTUAL, 50)",
        "signal.getitimer(signal.ITIMER_VIRTUAL)",
        (0.0, 0.0),
    ),
}  # fmt: skip

# What cannot be taken back: the next check runs in a new child.
SPOILED = {
    "watchdog": (
        "faulthandler.dump_traceback_later(0.1, exit=True)",
        "time.sleep(0.2)",
        None,
    ),
    "function of torch": ("torch.matmul = None", "callable(torch.matmul)", True),
    "function of nn": ("nn.functional.relu = None", "callable(nn.functional.relu)", True),
    "method of Tensor": (
        "torch.Tensor.allclose = lambda *_: True",
        "torch.ones(1).allclose(torch.zeros(1))",
        False,
    ),
    "forward of a module": (
        "nn.Linear.forward = lambda self, x: x * 0",
        "nn.Linear(1, 1).forward.__qualname__",
        "Linear.forward",
    ),
    "step of an optimizer": (
        "torch.optim.SGD.step = None",
        "callable(torch.optim.SGD.step)",
        True,
    ),
    "new name in torch": ("torch.mine = 1", "hasattr(torch, 'mine')", False),
    "builtin": ("builtins.divmod = max", "divmod(5, 3)", (1, 2)),
    "function of math": ("math.exp = math.sin", "math.exp(0)", 1.0),
    "seeding": ("random.seed = print", "random.seed.__name__", "seed"),
    "thread": (
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "threading.active_count()",
        1,
    ),
    "lost module": ("del sys.modules['math']", "'math' in sys.modules", True),
    "replaced module": ("sys.modules['torch.nn'] = 5", "sys.modules['torch.nn'] is nn", True),
    "hook on modules": (
        "nn.modules.module.register_module_forward_hook(lambda m, x, y: y * 0)",
        "len(nn.modules.module._global_forward_hooks)",
        0,
    ),
    "inference mode": (
        "sys.kept = torch.inference_mode(); sys.kept.__enter__()",
        "torch.is_inference_mode_enabled()",
        False,
    ),
    "autocast": (
        "sys.kept = torch.autocast('cpu'); sys.kept.__enter__()",
        "torch.is_autocast_enabled('cpu')",
        False,
    ),
    "function mode": (
        "sys.kept = torch.overrides.BaseTorchFunctionMode(); sys.kept.__enter__()",
        "torch._C._len_torch_function_stack()",
        0,
    ),
    "hooks on saved tensors": (
        "sys.kept = torch.autograd.graph.saved_tensors_hooks(abs, abs); sys.kept.__enter__()",
        "torch._C._autograd._top_saved_tensors_default_hooks(True)",
        None,
    ),
    "forward differentiation": (
        "torch.autograd.forward_ad.enter_dual_level()",
        "torch.autograd.forward_ad._current_level",
        -1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RESET)
def test_what_can_be_reset_is_reset(name: str, sandboxed: Sandboxed, began: Began) -> None:
    """The next check finds the state as it was, in the same child."""
    change, probe, found = RESET[name]
    sandbox = sandboxed(SOURCE.format(change=change, probe=probe), wall_s=5)
    began(sandbox, 1).change()

    assert began(sandbox, 2).probe() == found
    assert sandbox.children == 1


@pytest.mark.parametrize("name", SPOILED)
def test_what_cannot_be_reset_costs_the_child(
    name: str, sandboxed: Sandboxed, began: Began
) -> None:
    """A child in which something is left that cannot be undone is replaced."""
    change, probe, found = SPOILED[name]
    sandbox = sandboxed(SOURCE.format(change=change, probe=probe))
    began(sandbox, 1).change()

    assert began(sandbox, 2).probe() == found
    assert sandbox.children == 2


def test_ordinary_code_spoils_nothing(sandboxed: Sandboxed, began: Began) -> None:
    """Training, printing, and every optimizer of torch leave a child as it was."""
    sandbox = sandboxed("""
import torch
from torch import nn
def run():
    kinds = [k for k in vars(torch.optim).values() if isinstance(k, type)]
    kinds = [k for k in kinds if torch.optim.Optimizer in k.__mro__[1:]]
    for kind in kinds:
        layer = nn.Linear(2, 2, bias=False)
        kind([layer.weight])
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.LazyLinear(1))
    optimizer = torch.optim.AdamW(model.parameters())
    torch.optim.lr_scheduler.StepLR(optimizer, 1)
    with torch.no_grad(), torch.random.fork_rng():
        print(model(torch.randn(2, 1, 5, 5)), model)
    model(torch.randn(2, 1, 5, 5)).sum().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    torch.func.vmap(torch.sin)(torch.ones(3))
    return len(kinds)
""")

    assert began(sandbox, 1).run() > 10
    assert began(sandbox, 2).run() > 10
    assert sandbox.children == 1


def test_each_check_has_its_own_seed(sandboxed: Sandboxed, began: Began) -> None:
    """Random numbers of torch and Python depend on the seed of the check alone."""
    sandbox = sandboxed("""
import random, torch
START = torch.rand(1).item()
def draw(): return START, random.random(), torch.rand(2).tolist()
""")
    first = began(sandbox, 7).draw()
    other = began(sandbox, 8).draw()

    assert began(sandbox, 7).draw() == first
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_the_seed_does_not_depend_on_what_the_files_draw(
    sandboxed: Sandboxed, began: Began
) -> None:
    """Numbers drawn while the files are loaded do not shift those of the check."""
    draw = "import torch\ndef draw(): return torch.rand(1).item()\n"
    quiet, drawing = sandboxed(draw), sandboxed(draw + "torch.rand(5)")

    assert began(quiet, 3).draw() == began(drawing, 3).draw()


def test_a_submission_that_patches_torch_at_import_is_served_anew(
    sandboxed: Sandboxed, began: Began
) -> None:
    """Files that change torch when they are loaded cost a child for each check, no verdict."""
    sandbox = sandboxed("import torch\ntorch.mine = 1\ndef f(): return torch.mine")

    assert [began(sandbox, seed).f() for seed in range(3)] == [1, 1, 1]
    assert sandbox.children == 3


def test_names_of_one_check_are_gone_in_the_next(sandboxed: Sandboxed, began: Began) -> None:
    """Module globals, attributes and caches of the submission start anew."""
    sandbox = sandboxed("""
import functools
CALLS = []
@functools.cache
def f():
    CALLS.append(1)
    f.mark = len(CALLS)
    return len(CALLS)
""")

    assert [began(sandbox, seed).f() for seed in range(3)] == [1, 1, 1]
    assert sandbox.children == 1
