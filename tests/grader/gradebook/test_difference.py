"""Two attempts are compared: whose score changed, which checks made it, what else was another."""

from collections.abc import Callable
from dataclasses import replace

from grader.gradebook.difference import compare, render
from grader.records import Attempt

Make = Callable[..., Attempt]


def test_what_is_the_same_is_not_told(made: Make) -> None:
    """The same verdicts are no difference, whatever the times and the seed."""
    attempt = made(shape="passed", grad="failed")
    again = replace(attempt, seconds=9.0, environment=replace(attempt.environment, seed=1))

    assert compare({("ada", "e"): attempt}, {("ada", "e"): again}) == []


def test_differences_are_told(made: Make) -> None:
    """Checks that ended otherwise are named, with points and reasons, and so are the causes."""
    before = made(shape="failed", grad="passed", old="passed")
    after = made(digest="b", shape="passed", grad="failed", new="passed")
    environment = replace(after.environment, seed=7, checks_digest="d" * 64, torch="2.14.0")
    after = replace(after, environment=environment)
    found = compare(
        {("ada", "exercise-03"): before, ("bob", "exercise-03"): before},
        {("ada", "exercise-03"): after, ("eve", "exercise-03"): made(shape="ungraded")},
    )

    assert render(found) == (
        "ada  exercise-03  4 / 6 → 4 / 6\n"
        "  shape: failed 0 / 2 → passed 2 / 2\n"
        "  grad: passed 2 / 2 → failed 0 / 2  (grad is off by 2.)\n"
        "  new: no such check → passed 2 / 2\n"
        "  old: passed 2 / 2 → no such check\n"
        "  the files are others\n"
        "  the checks are others\n"
        "  torch: 2.13.0 → 2.14.0\n"
        "  seed: 20 → 7\n"
        "bob  exercise-03  4 / 6 → nothing\n"
        "eve  exercise-03  nothing → not graded\n"
    )
