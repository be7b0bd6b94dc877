"""The words that every expectation's sentence is made of: what a value is, and how it is named.

Beside its sentence a `Mismatch` carries evidence for reports and for the search for a cause; both
are put together here.
"""

import math
import reprlib
from collections.abc import Collection

import torch

from grader.errors import Evidence, Mismatch, Picture

# What an expectation can ask for: the first word of its evidence.
ASKED = (
    "type",
    "shape",
    "dtype",
    "device",
    "finite",
    "values",
    "gradient",
    "graph",
    "purity",
    "surface",
    "step",
    "learning",
    "operations",
    "invariance",
    "cost",
)

# What an expectation calls the value that a function returned, where a check names none.
RESULT = "the result"
# Longer values are cut: a student's answer can be of any size.
LONGEST = 80

# Writes a value of very many elements: the first ones of the first levels fill the letters.
_SUMMARY = reprlib.Repr()
_SUMMARY.maxlevel = 3
_SUMMARY.maxlist = _SUMMARY.maxtuple = _SUMMARY.maxdict = _SUMMARY.maxset = LONGEST // 2


def mismatch(
    text: str,
    asked: str,
    subject: str = RESULT,
    *,
    got: str = "",
    wanted: str = "",
    where: str = "",
    off: float | None = None,
    allowed: float | None = None,
    pair: tuple[torch.Tensor, torch.Tensor] | None = None,
    picture: Picture | None = None,
    around: tuple[str, str] | None = None,
) -> Mismatch:
    """Put a refusal together, for its expectation to raise.

    Args:
        text: the sentence.
        asked: a word of `ASKED`.
        subject: what was judged, as "the result".
        got: what came, in short.
        wanted: what is right, in short.
        where: an index such as "[0, 3]", or a name.
        off: the largest difference; kept to two digits, and None where it is not finite.
        allowed: what it may be, likewise.
        pair: the answer and what is right; kept detached and on the CPU.
        picture: what can be drawn.
        around: the values of both about the first difference, as `excerpts` writes them.
    """
    assert asked in ASKED
    sizes = _two_digits(off), _two_digits(allowed)
    evidence = Evidence(asked, subject, got, wanted, where, *sizes, picture=picture)
    kept = pair and (pair[0].detach().cpu(), pair[1].detach().cpu())
    return Mismatch(text, evidence, kept, around)


def _two_digits(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(f"{number:.2g}")


def sentence(name: str) -> str:
    """Begin a sentence with a name."""
    return name[0].upper() + name[1:]


def kind(value: object, name: str = RESULT) -> str:
    """Say what a value is: "a float", "a tensor"; of a result that is None, how that happens."""
    if value is None:
        return "None (a function without return gives None)" if name == RESULT else "None"
    its = type(value)  # An object can claim another class, and `isinstance` believes it.
    if issubclass(its, torch.nn.Module):
        # For one of the student's own class there is a stand-in here, which knows its class's name.
        return a(its._get_name(value))  # type: ignore[no-untyped-call, arg-type]
    if callable(value):
        return "a function"
    return a("tensor" if its is torch.Tensor else its.__name__)


def a(noun: str) -> str:
    """Put the article before a noun."""
    return f"{'an' if noun[:1].lower() in tuple('aeio') else 'a'} {noun}"


def brief(value: object) -> str:
    """Write a plain value, cut where it gets long."""
    try:
        text = repr(value) if _is_short(value) else _SUMMARY.repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _is_short(value: object) -> bool:
    """Tell whether a value has no more elements, at all levels, than letters are shown.

    Lists that share elements can have billions of them in little memory.
    """
    count, level = 0, [value]
    while level and count <= LONGEST:
        inner = [each for each in level if isinstance(each, list | tuple | dict | set | frozenset)]
        level = [one for each in inner for one in _elements(each)]
        count += len(level)
    return count <= LONGEST


def _elements(container: Collection[object]) -> list[object]:
    values = container.values() if isinstance(container, dict) else ()
    return [*container, *values]


def where(wrong: torch.Tensor) -> str:
    """Say how many values are marked and where: " in 3 of 12 values, first at [0, 3]".

    Args:
        wrong: bool, any shape; of a single number nothing is said.
    """
    if wrong.dim() == 0:
        return ""
    return f" in {int(wrong.sum())} of {wrong.numel()} values, first at {first(wrong)}"


def first(wrong: torch.Tensor) -> str:
    """Write the index of the first value that is marked: "[0, 3]"; "" of a single number."""
    return str(wrong.nonzero()[0].tolist()) if wrong.dim() else ""


def at(values: torch.Tensor, wrong: torch.Tensor) -> str:
    """Write the first value that is marked, to six digits or whole: "0.25", "3", "True"."""
    value = values.detach().cpu()[wrong.cpu()][0].item()
    return f"{value:.6g}" if isinstance(value, float | complex) else str(value)
