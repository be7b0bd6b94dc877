"""What a survey says of sizes, of hidden inputs and of limits."""

import pytest

from grader.rehearsal import sizes
from grader.rehearsal.cast import Script

MIB = 1 << 20


def call(*shapes, check="any", is_visible=False, digest="a", outputs=(), function="double"):
    """Make a call of the exercise's function."""
    return sizes.Call(function, check, is_visible, digest, shapes, outputs)


@pytest.mark.parametrize(
    ("shapes", "outputs", "is_held"),
    [
        (((5, 3),), (), True),
        (((4, 4),), (), False),
        (((5, 1),), (), False),
        (((5, 3), (3, 5)), ((5, 5),), False),
        (((5, 3), (3,)), ((5,),), True),
        (((5,),), (), True),
        (((1,),), (), True),
    ],
)
def test_sizes_that_tell_axes_apart(written, shapes, outputs, is_held):
    """A function of matrices is called with distinct sizes above 1, its result included."""
    script = Script.read(written())

    assert sizes.distinct(script, [call(*shapes, outputs=outputs)]).is_held is is_held


def test_one_good_call_is_enough(written):
    """A square in one call does no harm where another call tells axes apart."""
    script = Script.read(written())

    assert sizes.distinct(script, [call((4, 4)), call((1, 3)), call((5, 3))]).is_held


def test_sizes_that_the_docstring_fixes(written):
    """An axis that the docstring writes as a number may have that length."""
    fixed = {
        f"{tree}/exercise-01/answer.py": ("(n, m), floating", "(n, 1), floating")
        for tree in ("exercises", "solutions")
    }

    assert sizes.distinct(Script.read(written(fixed)), [call((5, 1))]).is_held


def test_functions_that_nobody_calls(written):
    """A function of the stub that no check calls is told."""
    assert sizes.distinct(Script.read(written()), []).todo == (
        "no check calls double; write one that does.",
    )


def test_hidden_inputs(written):
    """A hidden check asks for something that no visible check shows."""
    script = Script.read(written())
    shown = call((5, 3), check="example", is_visible=True)

    assert not sizes.hidden(script, [shown, call((5, 3))]).is_held
    assert sizes.hidden(script, [shown, call((5, 3)), call((5, 3), digest="b")]).is_held


@pytest.mark.parametrize(
    ("need", "complaint"),
    [
        ({}, None),
        ({"cpu_s": 2.0}, "time: the reference needs 2 s in any, and the limit is 5 s; let it be "
         "6 s or more, or make the check smaller."),
        ({"load_s": 2.0}, "load: the reference needs 2 s in any, and the limit is 5 s; let it be "
         "6 s or more, or make the check smaller."),
        ({"peak_bytes": 200 * MIB}, "memory: the reference needs 200 MiB in any, and the limit is "
         "512 MiB; let it be 600 MiB or more, or make the check smaller."),
    ],
)  # fmt: skip
def test_limits(written, need, complaint):
    """No limit is below three times what the reference needs for its dearest check."""
    least = {"cpu_s": 0.1, "load_s": 0.1, "peak_bytes": 1 * MIB}
    finding = sizes.limits(Script.read(written()), {"any": {**least, **need}, "other": least})

    assert finding.todo == (() if complaint is None else (complaint,))
