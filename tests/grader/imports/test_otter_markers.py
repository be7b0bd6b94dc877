"""The markers of otter assign: one cell, two versions, as otter's documentation has them."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.imports.otter_markers import split


def both(text):
    """Give the reference and the stub of a cell."""
    found = split(text, "q1", "lab.ipynb, cell 1")
    return found.reference, found.stub


def test_lines():
    """A marked line is a prompt, keeps its targets, or goes without a prompt."""
    reference, stub = both(
        "def square(x):\n    y = x * x # SOLUTION NO PROMPT\n    return y # SOLUTION\n\n"
        "nine = square(3) # SOLUTION\na, b.c = 1, 2 # SOLUTION\nd[0] = 3 # SOLUTION"
    )

    assert reference == (
        "def square(x):\n    y = x * x\n    return y\n\nnine = square(3)\na, b.c = 1, 2\nd[0] = 3"
    )
    assert stub == (
        'def square(x):\n    raise NotImplementedError("square: q1")\n\n'
        "nine = ...\na, b.c = ...\nd[0] = ..."
    )


def test_blocks_and_prompts():
    """A block is a prompt, or what the author wrote for students instead."""
    reference, stub = both(
        "pi = 3.14\nif True:\n    # BEGIN SOLUTION\n    radius = 3\n    area = radius * pi * pi\n"
        "    # END SOLUTION\n    print(pi)\n\ndef circumference(r):\n"
        "    # BEGIN SOLUTION NO PROMPT\n    return 2 * pi * r\n    # END SOLUTION\n"
        '    """ # BEGIN PROMPT\n    # Next, define it.\n    pass\n    """; # END PROMPT'
    )

    assert reference == (
        "pi = 3.14\nif True:\n    radius = 3\n    area = radius * pi * pi\n    print(pi)\n\n"
        "def circumference(r):\n    return 2 * pi * r"
    )
    assert stub == (
        "pi = 3.14\nif True:\n    ...\n    print(pi)\n\n"
        "def circumference(r):\n    # Next, define it.\n    pass"
    )


def test_what_is_in_neither():
    """Ignored lines, seeds and plugins are in neither version; the last two are told."""
    found = split(
        "x = 1\n# BEGIN IGNORE\ny = 2\n# END IGNORE\nz = 3 # IGNORE\nseed(1) # SEED\n"
        '""" # BEGIN PLUGIN\nplugin: mine\n""" # END PLUGIN\n## solution ##',
        "q1", "lab.ipynb, cell 1",
    )  # fmt: skip

    assert (found.reference, found.stub, found.is_marked) == ("x = 1", "x = 1", False)
    assert found.notes == ("the seed `seed(1)`", "a plugin of otter's")


def test_a_body_that_would_be_empty():
    """Where nothing is left of a body, a prompt stands in it although the author asked for none."""
    assert both("def f(x):\n    return x # SOLUTION NO PROMPT")[1] == (
        'def f(x):\n    raise NotImplementedError("f: q1")'
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# BEGIN SOLUTION\nx = 1", "lab.ipynb, cell 1: # BEGIN SOLUTION has no # END SOLUTION"),
        ("x = 1\n# END SOLUTION", "lab.ipynb, cell 1, line 2: # END SOLUTION has no # BEGIN "
                                  "SOLUTION; close each block that begins"),
        ("# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION",
         "lab.ipynb, cell 1, line 2: a SOLUTION begins inside a SOLUTION; close each block that "
         "begins"),
        ("x = = 1", "lab.ipynb, cell 1, with its solution, line 1: this is no Python (invalid "
                    "syntax); mend it"),
    ],
)  # fmt: skip
def test_markers_that_do_not_fit(text, sentence):
    """Markers that do not fit together are told with their line."""
    with pytest.raises(CourseError) as caught:
        both(text)

    assert str(caught.value) == sentence


SECRET = "SECRET_OF_THE_SOLUTION"
lines = st.sampled_from([
    "x = 1", "def f(x):", "    pass", f"    return {SECRET} # SOLUTION", f"{SECRET} # SOLUTION",
    f"x = {SECRET} # SOLUTION", f"x = {SECRET} # SOLUTION NO PROMPT", "# BEGIN SOLUTION",
    "    # BEGIN SOLUTION NO PROMPT", "# END SOLUTION", '""" # BEGIN PROMPT', '"""; # END PROMPT',
    "# BEGIN IGNORE", "# END IGNORE", "y = 2 # IGNORE", "z()  # SEED", "## Solution ##", "",
    '""" # BEGIN PLUGIN', '""" # END PLUGIN', f"w[{SECRET}] == 3 # SOLUTION",
])  # fmt: skip


@given(st.lists(lines, max_size=12))
def test_no_solution_reaches_the_stub(rows):
    """Whatever order markers come in, both versions are Python and no solution is in the stub."""
    try:
        reference, stub = both("\n".join(rows))
    except CourseError:
        return
    ast.parse(reference)
    ast.parse(stub)

    assert SECRET not in stub.replace(f"w[{SECRET}]", "")


@pytest.mark.parametrize("unit", ["a,", "a[", "a.", "a[']", "# SOLUTION", "=", " ", "\t#"])
def test_long_lines_are_read_in_no_time(unit):
    """A line of 60,000 characters in no particular shape costs a moment."""
    with pytest.raises(CourseError):
        split(f"({unit * (60_000 // len(unit))} # SOLUTION", "q1", "cell")
