"""Expectations on modules: what kind of module came back, and what its parameters hold."""

from typing import TypeVar

from torch import nn

from grader.expect.tolerance import TERMS
from grader.expect.values import close
from grader.expect.wording import RESULT, brief, kind, mismatch, sentence

ModuleT = TypeVar("ModuleT", bound=nn.Module)


def module(got: object, wanted: type[ModuleT], *, name: str = RESULT) -> ModuleT:
    """Expect a module of this kind.

    The class is asked, not the object, which may claim any class it likes.

    Args:
        got: what came back.
        wanted: the class it must be, or inherit from.
        name: what the sentence calls `got`.

    Returns:
        `got`, known to be of that kind.

    Raises:
        Mismatch: it is something else.
    """
    if not isinstance(got, wanted) or not issubclass(type(got), wanted):
        expected = f"an nn.{wanted.__name__}"
        text = f"{sentence(name)} is {kind(got, name)}; {expected} is expected."
        raise mismatch(text, "type", name, got=kind(got, name), wanted=expected)
    return got


def parameters(
    got: nn.Module,
    want: nn.Module,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int = TERMS,
) -> None:
    """Expect two modules to hold the same parameters: names, shapes and values.

    Args:
        got: the module the student's function worked on.
        want: the module the reference worked on, from the same start.
        rtol: relative tolerance, as of `close`; by default that of the parameter's dtype.
        atol: absolute tolerance, likewise.
        terms: how many numbers were added up for one of a parameter's.

    Raises:
        Mismatch: a name or a value differs.
    """
    theirs, ours = dict(got.named_parameters()), dict(want.named_parameters())
    if set(theirs) != set(ours):
        found, wanted = ", ".join(theirs) or "none", ", ".join(ours)
        text = f"The model has the parameters {found}; {wanted} are expected."
        raise mismatch(text, "surface", "the model", got=brief(found), wanted=brief(wanted))
    for name, right in ours.items():
        close(theirs[name], right, rtol=rtol, atol=atol, terms=terms, name=f"the parameter {name}")
