"""Tests of the stand-in for torch's compiler: a second of imports that eager code never needs."""

import subprocess
import sys

START = """
import sys
from grader.sandbox.child import warm
warm.import_torch()
"""


def seen(program: str) -> list[str]:
    """Run a program after the import of torch, in an interpreter of its own; what it prints."""
    ended = subprocess.run(
        [sys.executable, "-c", START + program], capture_output=True, text=True, check=True
    )
    return ended.stdout.split()


def test_looking_over_all_modules_imports_no_compiler() -> None:
    """Who asks every module for its file, as `inspect` does, does not bring the compiler in."""
    printed = seen(
        """
for module in list(sys.modules.values()):
    getattr(module, "__file__", None), hasattr(module, "__warningregistry__")
print("torch._dynamo.eval_frame" in sys.modules)
"""
    )

    assert printed == ["False"]


def test_a_training_step_imports_no_compiler() -> None:
    """Optimizers, backward passes and formatted tensors do without the compiler."""
    printed = seen(
        """
warm.warm_up()
print("torch._dynamo.eval_frame" in sys.modules, "sympy" in sys.modules)
"""
    )

    assert printed == ["False", "False"]


def test_what_needs_the_compiler_gets_it() -> None:
    """An import of something inside the package brings the package itself in."""
    printed = seen(
        """
import torch._dynamo.config
print(torch._dynamo.config.__name__, sys.modules["torch._dynamo"] is torch._dynamo)
print(hasattr(torch._dynamo, "optimize"))
"""
    )

    assert printed == ["torch._dynamo.config", "True", "True"]
