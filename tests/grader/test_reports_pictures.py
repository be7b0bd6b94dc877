"""Pictures read from JSON: what is refused, with a sentence that names the field."""

import copy
from dataclasses import asdict

import pytest

from grader.errors import Chain, CourseError, Curves, Flow, HeatMap
from grader.reports import pictures

CURVES = Curves((0, 5), (1.5, None), (1.5, 0.5))
MAP = HeatMap((2, 2), 2, 2, ((0, 4), (1, 0)))
FLOW = Flow("gradient", ("w", "b"), (1.0, None), (1.0, 2.0), 3)
CHAIN = Chain(("mul", "item"), 1, ("w",))
ANY = "not an attempt of schema grader/attempt/v1: picture"


def plain(picture):
    """Write a picture as JSON has it: lists for tuples."""
    return {
        name: [list(row) if isinstance(row, tuple) else row for row in value]
        if isinstance(value, tuple)
        else value
        for name, value in asdict(picture).items()
    }


@pytest.mark.parametrize("picture", [CURVES, MAP, FLOW, CHAIN, Chain(())])
def test_what_was_written_is_read(picture):
    """A picture comes back as it was."""
    assert pictures.read(plain(picture), "picture") == picture


@pytest.mark.parametrize(
    ("picture", "field", "value", "complaint"),
    [
        (CURVES, "kind", "pie", '.kind is "pie"; expected one of curves, heat_map, flow, chain'),
        (CURVES, "kind", 3, ".kind is 3; expected one of curves, heat_map, flow, chain"),
        (CURVES, "at", [5, 5], ".at is a list; expected steps from 0 up, rising"),
        (CURVES, "at", [-1, 5], ".at is a list; expected steps from 0 up, rising"),
        (CURVES, "at", [], ".at is a list; expected a list of 1 to 32"),
        (CURVES, "at", [0.5, 1], ".at is 0.5; expected a whole number"),
        (CURVES, "got", [1.0], ".got is a list; expected a list of 2 to 2"),
        (CURVES, "got", [1.0, True], ".got is true; expected a number or null"),
        (CURVES, "wanted", [1.0, 10**400], f".wanted is {'1' + '0' * 59}...; expected a number or "
         "null"),
        (MAP, "cells", [[0, 4], [1]],
         ".cells is a list; expected rows of equally many cells, 1 to 24"),
        (MAP, "cells", [[]], ".cells is a list; expected rows of equally many cells, 1 to 24"),
        (MAP, "cells", [[0]] * 25, ".cells is a list; expected a list of 1 to 24"),
        (MAP, "cells", [[0, 5]], ".cells is 5; expected a whole number, from 0 to 4"),
        (MAP, "rows", 1, ".rows is 1; expected a whole number, 2 or more"),
        (MAP, "is_graded", 1, ".is_graded is 1; expected true or false"),
        (FLOW, "of", "time", '.of is "time"; expected one of gradient, step'),
        (FLOW, "names", ["w"] * 25, ".names is a list; expected a list of 1 to 24"),
        (FLOW, "names", [3, "b"], ".names is 3; expected a string"),
        (FLOW, "more", -1, ".more is -1; expected a whole number, 0 or more"),
        (CHAIN, "cut", 2, ".cut is 2; expected a whole number, from 0 to 1"),
        (CHAIN, "operations", ["mul"] * 17, ".operations is a list; expected a list of 0 to 16"),
        (CHAIN, "colour", "red",
         ' has a field "colour"; expected only operations, cut, ends, kind'),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(picture, field, value, complaint):
    """A field of another kind, or beyond a bound, is named with what may stand there."""
    fields = copy.deepcopy(plain(picture)) | {field: value}
    with pytest.raises(CourseError) as caught:
        pictures.read(fields, "picture")

    assert str(caught.value) == ANY + complaint


def test_what_is_no_picture():
    """Something else altogether is refused likewise."""
    with pytest.raises(CourseError, match="picture is an object; expected a picture: an object"):
        pictures.read({}, "picture")
    with pytest.raises(CourseError, match="picture has no field ends"):
        pictures.read({"operations": [], "cut": None, "kind": "chain"}, "picture")
