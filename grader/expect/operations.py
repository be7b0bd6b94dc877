"""Expectations on how an answer is computed: seen at run time, never read from the text.

What was seen is told by the student's own process (see `watching`): these expectations find
mistakes, not fraud. A check that asks how also asks what, so that silence alone earns nothing.

A function is named as it is written anywhere: "F.softmax", "torch.softmax", "x.softmax" and
"softmax" are one name, "matmul" is also `@`, "add_" is also "add", "T" an attribute. A name that
begins with a capital letter is a module's class, "nn.Linear", or a class that inherits from it, and
counts when its forward pass runs. Seen is what the student's code calls, also inside modules, but
not what a function of torch calls in its turn.
"""

from collections.abc import Callable, Sequence

from torch import nn

from grader.errors import CourseError
from grader.expect.arguments import Submitted, place_of
from grader.expect.watching import copies, watch, watch_reference
from grader.expect.wording import mismatch
from grader.sandbox.wire.seen import Seen

# What the smallest calls cost is noise, not a share of anything.
_LEAST_OPERATIONS = 1000
_LEAST_BYTES = 4096
_LEAST_CALLS = 10
_LEAST_S = 0.01
# Functions of torch that are named as evidence.
_SHOWN = 8


def uses(function: Callable[..., object], *args: object, any_of: Sequence[str]) -> None:
    """Expect a call to use one of these functions or modules of torch.

    Args:
        function: the student's function.
        args: its arguments; copies are handed over.
        any_of: names, such as ("F.linear", "nn.Linear"); one of them is enough.

    Raises:
        Mismatch: none of them was seen.
    """
    _, seen = watch(function, copies(args))
    if not any(_times(seen, name) for name in _checked(any_of)):
        choice = " or ".join(any_of)
        raise mismatch(
            f"The call does not use {choice}, which it is asked to.",
            "operations",
            "the call",
            got=", ".join([*seen.modules, *seen.functions][:_SHOWN]),
            wanted=choice,
        )


def avoids(function: Callable[..., object], *args: object, functions: Sequence[str]) -> None:
    """Expect a call to do without these functions and modules of torch.

    Args:
        function: the student's function.
        args: its arguments; copies are handed over.
        functions: names, such as ("F.softmax", "nn.Softmax").

    Raises:
        Mismatch: one of them was seen.
    """
    _, seen = watch(function, copies(args))
    for name in _checked(functions):
        if times := _times(seen, name):
            often = "" if times == 1 else f" {times} times"
            raise mismatch(
                f"The call uses {name}{often}; the task is to do without it.",
                "operations",
                "the call",
                got=name,
                wanted=f"without {name}",
            )


def cost(
    function: Submitted,
    *args: object,
    operations: float | None = 2.0,
    bytes: float | None = 4.0,  # noqa: A002  The word for what it bounds.
    calls: float | None = None,
    seconds: float | None = None,
) -> None:
    """Expect a call to cost no more than a few times what the reference's costs.

    A reference that leaves work to one function of torch makes fewer calls, and allocates less,
    than the same formula step by step: choose the factors so that both are allowed.

    Args:
        function: the student's function.
        args: its arguments, large enough that the cost shows; copies are handed over.
        operations: how many times the reference's multiply-adds and written elements. Catches what
            is computed twice, and a square of the work.
        bytes: how many times the bytes of the tensors it makes. Catches (N, 1) against (N,).
        calls: how many times its operations of torch, whatever their size. Catches a Python loop.
        seconds: how many times its CPU time, which no machine measures exactly: allow ten times.

    Each of them may be None: not asked.

    Raises:
        Mismatch: one of them is exceeded.
    """
    _, ours = watch_reference(function, args)
    _, theirs = watch(function, copies(args))
    bounds = (
        (
            "allocates",
            "the memory",
            "Is a tensor broadcast to a size that was not meant, such as (N, 1) against (N,)?",
            _ratio(theirs.allocated, ours.allocated, _LEAST_BYTES),
            bytes,
        ),
        (
            "makes",
            "the calls of torch",
            "Replace the loop by an operation on whole tensors.",
            _ratio(theirs.calls, ours.calls, _LEAST_CALLS),
            calls,
        ),
        (
            "computes",
            "the operations",
            "Is something computed more than once, or for more elements than needed?",
            _ratio(theirs.operations, ours.operations, _LEAST_OPERATIONS),
            operations,
        ),
        (
            "takes",
            "the CPU time",
            "Is something computed more than once, or element by element?",
            _ratio(theirs.cpu_s, ours.cpu_s, _LEAST_S),
            seconds,
        ),
    )
    for does, what, remedy, ratio, allowed in bounds:
        if allowed is not None and ratio > allowed:
            raise mismatch(
                f"The call {does} {_factor(ratio)} times {what} of the reference "
                f"(allowed {_factor(allowed)}). {remedy}",
                "cost",
                what,
                got=f"{_factor(ratio)} times",
                wanted=f"at most {_factor(allowed)} times",
                off=ratio,
                allowed=allowed,
            )


def unrecorded(function: Callable[..., object], *args: object) -> None:
    """Expect a call that records no graph for a backward pass, as an evaluation should not.

    It is seen also where the call returns plain numbers. Gradients must be switched on again after
    the call, and modules among the arguments be in the modes they had.

    Args:
        function: the student's function.
        args: its arguments; copies are handed over.

    Raises:
        Mismatch: something was recorded, or gradients or a mode are not as they were.
    """
    given = copies(args)
    before = [_modes(argument) for argument in given]
    _, seen = watch(function, given)
    if seen.recorded:
        raise mismatch(
            "The call records a graph that nothing will use. Compute inside torch.no_grad().",
            "graph",
            "the call",
            got=f"{seen.recorded} recorded results",
            wanted="none",
        )
    if "grad mode" in seen.changed:
        old, new = seen.changed["grad mode"]
        raise mismatch(
            f"The call leaves gradients switched {new}; they were {old}. "
            "Use `with torch.no_grad():`, which ends with its block.",
            "purity",
            "the grad mode",
            got=new,
            wanted=old,
        )
    for position, (argument, modes) in enumerate(zip(given, before, strict=True)):
        for name, (was, now) in _moved(modes, _modes(argument)).items():
            part = f" in {name}" if name else ""
            place = place_of(function, position)
            raise mismatch(
                f"The call leaves {place} in {_mode(now)}{part}; it was in {_mode(was)}. "
                f"Set the mode back with `model.train({was})`.",
                "purity",
                place,
                got=_mode(now),
                wanted=_mode(was),
                where=name,
            )


def calls_module(function: Callable[..., object], *args: object) -> None:
    """Expect a call that runs modules by calling them: `model(x)`, not `model.forward(x)`.

    Args:
        function: the student's function.
        args: its arguments, a module among them or not; copies are handed over.

    Raises:
        Mismatch: a forward pass was called directly, or no module was run.
    """
    _, seen = watch(function, copies(args))
    if seen.skipped:
        name = next(iter(seen.skipped))
        raise mismatch(
            f"The call runs {name}.forward(...) directly; call the module itself, `model(x)`, "
            "so that its hooks run.",
            "operations",
            "the call",
            got=f"{name}.forward",
            wanted=name,
        )
    if not seen.modules:
        raise mismatch(
            "The call runs no module; call the model, `model(x)`.",
            "operations",
            "the call",
            wanted="a module that is called",
        )


def modes(function: Callable[..., object], *args: object, training: bool | None = None) -> None:
    """Expect every forward pass within a call to run in the right mode, training or evaluation.

    Seen are the modules that no other module calls; a part of a model may be in another mode.

    Args:
        function: the student's function.
        args: its arguments; copies are handed over.
        training: the mode. None for a call that does both: a pass with gradients switched on
            belongs in training mode, and one without in evaluation mode.

    Raises:
        Mismatch: a pass ran in the other mode, or there was none.
    """
    _, seen = watch(function, copies(args))
    if not seen.forwards:
        raise mismatch(
            "The call runs no module; call the model, `model(x)`.",
            "operations",
            "the call",
            wanted="a module that is called",
        )
    for number, each in enumerate(seen.forwards, 1):
        wanted = each.is_recording if training is None else training
        if each.is_training == wanted:
            continue
        kind = ""
        if training is None:
            kind = " with gradients" if each.is_recording else " without gradients"
        remedy = (
            "call model.train() before each round of training"
            if wanted
            else "call model.eval() first, or dropout and batch norm go on as in training"
        )
        raise mismatch(
            f"Forward pass {number} of {len(seen.forwards)}{kind} runs in "
            f"{_mode(each.is_training)}: {remedy}.",
            "operations",
            f"forward pass {number}",
            got=_mode(each.is_training),
            wanted=_mode(wanted),
        )


def _checked(names: Sequence[str]) -> Sequence[str]:
    if isinstance(names, str) or not names:
        raise CourseError(
            f"a check asks for functions of torch as {names!r}; write a tuple of names, such as "
            '("F.linear", "nn.Linear").'
        )
    return names


def _times(seen: Seen, name: str) -> int:
    """Count how often a function or module was used, by its last name."""
    bare = name.rpartition(".")[2]
    if bare[:1].isupper() and bare in seen.modules:
        return seen.modules[bare]
    return seen.functions.get(bare, 0) + seen.functions.get(f"{bare}_", 0)


def _ratio(theirs: float, ours: float, least: float) -> float:
    return theirs / max(ours, least)


def _factor(ratio: float) -> str:
    """Write how many times: "2.5", "120"."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def _modes(argument: object) -> dict[str, bool]:
    """List the modes of a module and its parts, by name; "" is the module itself."""
    if not isinstance(argument, nn.Module):
        return {}
    return {name: part.training for name, part in argument.named_modules()}


def _moved(old: dict[str, bool], new: dict[str, bool]) -> dict[str, tuple[bool, bool]]:
    return {name: (mode, new[name]) for name, mode in old.items() if new.get(name, mode) != mode}


def _mode(is_training: bool) -> str:
    return "training mode" if is_training else "evaluation mode"
