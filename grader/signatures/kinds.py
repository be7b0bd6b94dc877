"""What came back is of another kind than what is asked for: type, shape, dtype or graph.

The expectation has seen it already; here it gets a name, and where it helps the usual reason.
"""

import math
import re

from grader.errors import Evidence

_TYPES = (
    (r"None\b", ".*", "nothing_returned",
     "Nothing comes back: the function ends without a return, or returns what a function that "
     "works in place gives."),
    (r"an? (float|int)\b", r"a tensor", "number_for_tensor",
     "A Python number comes back: item() and float() take it out of its tensor, and with it the "
     "way that a gradient would go."),
    (r"a tensor", r"a (Python )?(number|float)|an int", "tensor_for_number",
     "A tensor of one number comes back; item() gives the Python number in it."),
    (r"a list", r"a tensor", "list_for_tensor",
     "A list comes back: torch.stack makes one tensor of a list of tensors, torch.tensor of a "
     "list of numbers."),
    (r"a tuple", r"a tensor", "tuple_for_tensor",
     "Several values come back in a tuple: a comma after return makes one, and some functions of "
     "torch, as max over an axis, return two tensors."),
    (r"a list", r"a tuple", "list_for_tuple", "A list comes back where a tuple is asked for."),
    (r"a tuple", r"a list", "tuple_for_list", "A tuple comes back where a list is asked for."),
    (r"a function", ".*", "not_called",
     "A function comes back: it has not been called, its round brackets are missing."),
)  # fmt: skip

_DTYPES = (
    (r"float64", r"float32", "double_precision",
     "The result is in double precision: Python numbers that were made a tensor elsewhere, as in "
     "NumPy, bring float64 with them."),
    (r"float32", r"float64", "single_precision",
     "The result is in single precision whatever came in: a dtype is written out, or a tensor was "
     "made without dtype=x.dtype."),
    (r"u?int\d+", r"b?float\d+", "whole_numbers",
     "The result is of whole numbers: their dtype is taken from a list or a tensor without a "
     "point, and what stands behind the point is lost."),
    (r"bool", r"(b?float|u?int)\d+", "truth_for_number",
     "A comparison came back as it is, True and False; numbers are asked for."),
    (r"b?float\d+", r"u?int\d+|bool", "number_for_whole",
     "The result is of floating numbers; whole ones are asked for."),
)  # fmt: skip

_GRAPHS = (
    (r"no (graph|path)", r"a ", "detached",
     "The way of the gradient is cut: item(), detach(), .data, numpy(), torch.tensor() and "
     "torch.no_grad() cut it, and give numbers that do not know where they come from."),
    (r"a graph", r"no graph", "graph_kept",
     "It still remembers how it was computed, and keeps all of that in memory: item() gives the "
     "number alone, detach() the tensor alone."),
    (r"\d+ recorded results", r"none", "graph_recorded",
     "What is only measured is recorded as if it were trained on, for a backward() that never "
     "comes: torch.no_grad() switches that off."),
    (r"gradients of 0", r"", "zero",
     "The gradient is zero everywhere: on the way there is an operation that has no useful one "
     "(rounding, a comparison, argmax)."),
)  # fmt: skip

_GRADIENTS = (
    (r"None$", r"a gradient", "no_gradient",
     "It does not take part in the result, or something on the way cuts it off: item(), detach(), "
     ".data, torch.tensor() or torch.no_grad()."),
)  # fmt: skip

_PURITY = (
    (r"set \d+ times", r"left alone", "reseeded",
     "With a seed set in every call, noise, dropout and shuffling repeat themselves: set one once, "
     "where the program starts."),
)  # fmt: skip

_INVARIANCES = (
    (r"depends on other samples", r"", "samples_mixed",
     "What comes out for one example depends on the others: the axis of the batch is taken for "
     "another one, as without batch_first=True, or something is computed over the whole batch."),
)  # fmt: skip

_TABLES = {
    "type": _TYPES,
    "dtype": _DTYPES,
    "graph": _GRAPHS,
    "gradient": _GRADIENTS,
    "purity": _PURITY,
    "invariance": _INVARIANCES,
}


def explain(evidence: Evidence) -> tuple[str, str] | None:
    """Name what kind of thing came back, by the words of the evidence."""
    for got, wanted, name, text in _TABLES.get(evidence.asked, ()):
        if _is(got, evidence.got) and _is(wanted, evidence.wanted):
            return name, text
    return None


def shape(evidence: Evidence) -> tuple[str, str] | None:
    """Name how the shape differs, where there are no values to bear witness."""
    if evidence.asked != "shape":
        return None
    got, want = _lengths(evidence.got), _lengths(evidence.wanted)
    if got is None or want is None or got == want:
        return None
    return _other_form(got, want, f"the shape is {got}, not {want}")


def _other_form(got: tuple[int, ...], want: tuple[int, ...], form: str) -> tuple[str, str] | None:
    if [n for n in got if n > 1] == [n for n in want if n > 1] and len(got) != len(want):
        if len(got) > len(want):
            return "extra_axis", f"There is an axis of length 1 too many: {form}."
        return "missing_axis", f"An axis of length 1 is gone: {form}. squeeze(dim) names the axis."
    if not got:
        return "one_number", f"One number comes back where {want} are asked for: do not sum them."
    if got == want[::-1]:
        return "axes_reversed", f"The axes come in the reverse order: {form}."
    if len(want) > 1 and got == (math.prod(want),):
        return "flattened", f"All axes have become one: {form}."
    return None


def _lengths(text: str) -> tuple[int, ...] | None:
    """Read a shape as Python writes it."""
    if not re.fullmatch(r"\(((\d{1,9}, )*\d{1,9},?)?\)", text):
        return None
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _is(pattern: str, text: str) -> bool:
    return re.match(rf"(torch\.)?({pattern})", text) is not None
