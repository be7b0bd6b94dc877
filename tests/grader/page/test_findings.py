"""What a picture shows, in words and in shades."""

import re

import pytest

from grader.errors import Chain, Curves, Flow, HeatMap
from grader.reports.page.charts import draw
from grader.reports.page.findings import find


def curves(got, wanted=()):
    """Draw curves over the steps 0, 10, 20 ..."""
    return Curves(tuple(range(0, 10 * len(got), 10)), tuple(got), tuple(wanted))


def square(wrong, size=4):
    """Map the places of a square that are wrong."""
    cells = tuple(tuple(int(wrong(r, c)) for c in range(size)) for r in range(size))
    return HeatMap((size, size), size, size, cells)


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (curves([4, 3, 1], [4, 2, 0.5]),
         "The losses of this submission fall from 4 to 1; the expected ones fall from 4 to 0.5."),
        (curves([4, 4, 4]), "The losses of this submission stay at 4."),
        (curves([4, 40, 4e9]), "The losses of this submission rise from 4 to 4e+09."),
        (curves([4, 9, 4]), "The losses of this submission come back to 4."),
        (curves([4, 2, None]),
         "The losses of this submission fall from 4 to 2, and end or are not finite after step "
         "10."),
        (curves([None, None]), "The losses of this submission hold no finite number."),
        (curves([None, 3.0]), "The losses of this submission are 3 at step 10."),
        (curves([4, 2, 1], [4, 2, 1.01]),
         "The losses of this submission fall from 4 to 1, almost as expected."),
        (square(lambda r, c: True), "Every value differs."),
        (square(lambda r, c: r == 0), "All that differs is in the first row."),
        (square(lambda r, c: c == 3), "All that differs is in the last column."),
        (square(lambda r, c: r == 1), "All that differs is in the 2nd row."),
        (square(lambda r, c: r == 12, 24), "All that differs is in the 13th row."),
        (square(lambda r, c: r == c), "All that differs is on the diagonal."),
        (square(lambda r, c: r != c), "All that differs is off the diagonal."),
        (square(lambda r, c: c > r), "All that differs is above the diagonal."),
        (square(lambda r, c: c >= r), "All that differs is on and above the diagonal."),
        (square(lambda r, c: c < r), "All that differs is below the diagonal."),
        (square(lambda r, c: c <= r), "All that differs is on and below the diagonal."),
        (square(lambda r, c: r + c == 3), "4 of 16 values differ."),
        (square(lambda r, c: r + c == 0), "All that differs is in the first row."),
        (HeatMap((900, 2), 900, 2, ((1, 0), (0, 1), (0, 0))), "2 of 6 blocks of values differ."),
        (Flow("gradient", ("a", "b", "c"), (None, 1.0, None)), "No gradient reaches a and c."),
        (Flow("gradient", ("a", "b"), (None, None)), "No gradient reaches any of them."),
        (Flow("gradient", ("a", "b"), (0.0, 1.0)), "The gradient that reaches a is 0."),
        (Flow("gradient", ("a", "b"), (0.0, 0.0)), "The gradient that reaches everything is 0."),
        (Flow("gradient", tuple("abcdefg"), (None,) * 6 + (1.0,)),
         "No gradient reaches a, b, c, d and 2 more."),
        (Flow("gradient", ("a", "b"), (2.0, 1.0)),
         "A gradient reaches all of them, most of it a and least b."),
        (Flow("step", ("a", "b"), (2.0, 4.0), (1.0, 2.0)),
         "Every parameter moves 2 times as far as expected."),
        (Flow("step", ("a", "b"), (2.0, 4.0), (1.0, 7.0)),
         "The parameters do not move as far as expected."),
        (Flow("step", ("a", "b"), (0.0, None)), "No parameter moves."),
        (Flow("step", ("a", "b"), (0.0, 1.0)), "Not moved: a."),
        (Flow("step", ("a", "b"), (2.0, 1.0)), "Every parameter moves."),
        (Chain(("mul", "item"), 1),
         "The graph is cut at item: what comes after it knows nothing of the arguments."),
        (Chain(("no_grad", "mul"), 0),
         "Nothing is recorded inside no_grad, so no gradient finds its way back."),
        (Chain(("mul",)),
         "Somewhere between the arguments and the result the graph is cut."),
    ],
)  # fmt: skip
def test_what_a_picture_shows(picture, sentence):
    """A picture is told in one sentence."""
    assert find(picture) == sentence


@pytest.mark.parametrize("is_graded", [True, False])
def test_shades_are_those_of_the_legend(is_graded):
    """Every shade of a map is explained below it."""
    picture = HeatMap((2, 2), 2, 2, ((0, 1), (1, 0)), is_graded)
    cells, _, legend = draw(picture).partition(">agrees<")
    shades = set(re.findall(r'class="(h\d)"', cells))

    assert shades == ({"h1"} if is_graded else {"h3"})
    assert shades <= set(re.findall(r'class="(h\d)"', legend))


def test_huge_numbers_are_drawn():
    """Losses of any size, and of either sign, have a place on the axis."""
    found = draw(curves([1.7e308, -1.7e308, 0.0], [None, 5e-324, 1.0]))

    assert "nan" not in found
    assert "inf" not in found
