"""What a child finds ready: torch imported, one thread, no compiler, filled tables."""

from collections.abc import Callable

import pytest

from grader.sandbox.host import Sandbox
from grader.sandbox.proxy import Student

Submitted = Callable[..., Student]


def test_a_child_finds_torch_with_one_thread_and_a_frozen_heap(submitted: Submitted) -> None:
    """One thread, so that a fork is safe; a frozen heap, so that a collection copies nothing."""
    student = submitted("""
import gc, torch
def ready():
    return torch.get_num_threads(), gc.isenabled(), gc.get_freeze_count() > 100_000
""")

    assert student.ready() == (1, True, True)


def test_training_imports_nothing_and_no_compiler(
    sandboxed: Callable[..., Sandbox], began: Callable[..., Student]
) -> None:
    """A training loop, printing included, finds every module that it needs."""
    sandbox = sandboxed("""
import sys
import torch
from torch import nn

def train(kind):
    before = set(sys.modules)
    model = nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.LayerNorm(4), nn.Linear(4, 2))
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=0.1)
    for _ in range(2):
        loss = nn.functional.cross_entropy(model(torch.randn(5, 3)), torch.tensor([0, 1, 0, 1, 1]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    str(model), str(loss), str(optimizer)
    return sorted(set(sys.modules) - before), "torch._dynamo.eval_frame" in sys.modules
""")

    assert began(sandbox).train("SGD") == ([], False)
    assert began(sandbox).train("AdamW") == ([], False)


def test_looking_over_all_modules_imports_no_compiler(submitted: Submitted) -> None:
    """Who asks every module for its file, as `inspect` does, does not bring the compiler in."""
    student = submitted("""
import sys
def look():
    for module in list(sys.modules.values()):
        getattr(module, "__file__", None), hasattr(module, "__warningregistry__")
    return "torch._dynamo.eval_frame" in sys.modules
""")

    assert student.look() is False


@pytest.mark.parametrize(
    "need", ["torch.func.grad(torch.sin)(torch.tensor(0.0))", "import_it()"], ids=["func", "import"]
)
def test_what_needs_the_compiler_gets_it(need: str, submitted: Submitted) -> None:
    """The stand-in makes way for the real package, also behind walls without a writable folder."""
    student = submitted(f"""
import sys
import torch
def import_it():
    from torch._dynamo import config
    return torch.tensor(float(config.__name__ == "torch._dynamo.config"))
def use():
    value = {need}.item()
    return value, hasattr(torch._dynamo, "optimize"), sys.modules["torch._dynamo"] is torch._dynamo
""")

    assert student.use() == (1.0, True, True)
