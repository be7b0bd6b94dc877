"""Tests of the picture of a calibration."""

import math
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from grader.reports import spread

SVG = "{http://www.w3.org/2000/svg}"


def points(text):
    """Find the points of a picture."""
    return list(ElementTree.fromstring(text).iter(f"{SVG}circle"))


@given(st.dictionaries(st.sampled_from(["reference", "a<b>&", "ö"]),
                       st.lists(st.floats(0, math.inf), max_size=9), max_size=3))  # fmt: skip
def test_each_run_is_a_point_in_the_picture(answers):
    """Any runs give well-formed XML with one point for each, inside the picture."""
    found = points(spread.draw({"line: learned": answers}))

    assert len(found) == sum(map(len, answers.values()))
    assert all(0 <= float(point.get("cx")) <= spread.WIDTH for point in found)


def test_what_passes_lies_left_of_the_line():
    """The threshold is a line: a run below it lies to its left, a run above to its right."""
    picture = spread.draw({"line": {"reference": [0.5], "uphill": [2.0]}})
    line = next(
        e for e in ElementTree.fromstring(picture).iter(f"{SVG}line") if e.get("class") == "line"
    )
    left, right = (float(point.get("cx")) for point in points(picture))

    assert left < float(line.get("x1")) < right


def test_a_mistake_that_is_always_refused_says_so():
    """An answer without a single measured run has words in place of points."""
    assert "refused in each run" in spread.draw({"line": {"reference": [0.5], "untyped": []}})
