"""Getting torch ready once, so that no child imports or initializes anything itself.

What a zygote has done, its children need not do; what it has not done, every submission pays for.
Two things make the difference. The first optimizer step imports `torch._dynamo`, a second of work
that only `torch.compile` needs: a stand-in answers the two calls that eager code makes and brings
the real package in when anything else is asked of it. And the first backward pass, the first
optimizer step and the first formatted tensor initialize tables that a child would fill again.
"""

import gc
import importlib
import sys
import types
import warnings
from collections.abc import Callable


class _LazyDynamo(types.ModuleType):
    """Stands for `torch._dynamo` until something other than eager code needs it."""

    def graph_break(self, *_: object, **__: object) -> None:
        """Do nothing: outside a compiled graph there is nothing to break."""

    def disable(self, function: Callable[..., object], *_: object, **__: object) -> object:
        """Return the function: outside a compiled graph nothing has to be disabled."""
        return function

    def __getattr__(self, name: str) -> object:
        # Whoever looks over all modules asks for their `__file__` and the like, and wants no
        # compiler. An import of something inside it asks for its path.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_torch() -> None:
    """Import torch with one thread and without its optional compiler.

    One thread, because a process that has run a parallel region and is then forked hangs its
    children. The collector is off meanwhile and then freezes what there is, so that a collection
    in a child does not write to, and thereby copy, every page of torch.
    """
    gc.disable()
    warnings.filterwarnings("ignore", "Failed to initialize NumPy")
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    if "torch._dynamo" not in sys.modules:
        stand_in = sys.modules["torch._dynamo"] = _LazyDynamo("torch._dynamo")
        vars(torch)["_dynamo"] = stand_in
    gc.freeze()


def warm_up() -> None:
    """Run one small training step, so that children find torch's tables filled.

    With a CUDA build the backward pass would start threads, which must not exist before a fork;
    there the children warm up themselves.
    """
    torch = importlib.import_module("torch")
    if torch.version.cuda is None:
        layer = torch.nn.Linear(3, 2)
        for optimizer in (torch.optim.SGD, torch.optim.Adam):
            stepper = optimizer(layer.parameters(), lr=0.1)
            loss = torch.nn.functional.mse_loss(layer(torch.ones(5, 3)), torch.zeros(5, 2))
            stepper.zero_grad()
            loss.backward()
            stepper.step()
        repr(layer.weight)
        # An optimizer's class is completed when it is first used; left to a student's code, that
        # would look like a change of torch. A matrix alone, since one of them takes no vectors.
        for kind in vars(torch.optim).values():
            if isinstance(kind, type) and torch.optim.Optimizer in kind.__bases__:
                kind([layer.weight])
        with torch.device("cpu"):
            torch.get_default_device()
    gc.collect()
    gc.freeze()
    gc.enable()
