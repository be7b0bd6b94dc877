"""From verdicts to an exact score, and from marks to a total that adds up: arithmetic only.

Points are fractions, so sums are exact and do not depend on the order of the checks. A check earns
all of its points by passing and nothing otherwise. What could not be decided makes the score
undecided; it is never read as zero or as full.
"""

from collections.abc import Sequence
from fractions import Fraction

from grader.errors import CourseError
from grader.records import (
    Check,
    Exercise,
    Outcome,
    Score,
    Verdict,
    Visibility,
    points_text,
)


def earned(verdict: Verdict) -> Fraction:
    """Give the points of a check that passed, and 0 for any other outcome."""
    return verdict.check.points if verdict.outcome is Outcome.PASSED else Fraction(0)


def score(verdicts: Sequence[Verdict]) -> Score:
    """Add up what was earned and what was possible.

    The score is undecided when a verdict is ungraded, and when there is no verdict at all.
    """
    return Score(
        earned=sum(map(earned, verdicts), Fraction(0)),
        possible=sum((verdict.check.points for verdict in verdicts), Fraction(0)),
        is_decided=bool(verdicts)
        and all(verdict.outcome is not Outcome.UNGRADED for verdict in verdicts),
    )


def exit_code(score: Score) -> int:
    """Give the exit code of an attempt: 0 full marks, 1 points lost, 3 not decided."""
    if not score.is_decided:
        return 3
    return 0 if score.earned == score.possible else 1


def check_total(checks: Sequence[Check], exercise: Exercise, has_hidden: bool) -> None:
    """Demand that the marks of the checks are sound and add up to the exercise's points.

    Args:
        checks: every check that was collected, in the order in which they are tried.
        exercise: the exercise they belong to.
        has_hidden: whether the hidden checks are among them. In a student's copy they are not,
            and the visible points may fall short of the total.

    Raises:
        CourseError: there is no check, an id appears twice, a check is worth nothing or is worth
            more than two decimal places, a check needs one that is not tried before it, or the
            points do not add up.
    """
    if not checks:
        kind = "checks" if has_hidden else "visible checks"
        raise CourseError(
            f"{exercise.id}: no {kind} were found; expected at least one function test_NAME "
            "that carries points"
        )
    known: set[str] = set()
    for check in checks:
        if check.id in known:
            raise CourseError(
                f"{exercise.id}: two checks have the id {check.id}; rename one of them, "
                "visible and hidden checks share their names"
            )
        _check_points(check, exercise)
        _check_needs(check, known, checks, exercise)
        known.add(check.id)
    _check_sum(checks, exercise, has_hidden)


def _check_points(check: Check, exercise: Exercise) -> None:
    """Refuse points that could be lost without a trace or could not be written as a decimal."""
    if check.points <= 0:
        raise CourseError(
            f"{exercise.id}: its check {check.id} is worth {check.points} points; "
            "write a number above 0, so that failing it is seen in the score"
        )
    if (check.points * 100).denominator != 1:
        raise CourseError(
            f"{exercise.id}: its check {check.id} is worth {check.points} points; "
            "write at most two decimal places, such as 0.25"
        )


def _check_needs(
    check: Check, known: set[str], checks: Sequence[Check], exercise: Exercise
) -> None:
    """Refuse a need that no earlier check can meet; `known` are the ids of the earlier ones."""
    if check.needs is None or check.needs in known:
        return
    start = f"{exercise.id}: its check {check.id} needs {check.needs}"
    if check.needs == check.id:
        raise CourseError(f"{start}, which is itself; name an earlier check")
    if any(other.id == check.needs for other in checks):
        raise CourseError(f"{start}, which comes later; move {check.needs} before {check.id}")
    raise CourseError(
        f"{start}, and no check has that id; before it come: {', '.join(sorted(known)) or 'none'}"
    )


def _check_sum(checks: Sequence[Check], exercise: Exercise, has_hidden: bool) -> None:
    """Compare the sum of the points with what gradebook.yml says."""
    worth = {
        visibility: sum(
            (check.points for check in checks if check.visibility is visibility), Fraction(0)
        )
        for visibility in Visibility
    }
    visible, total = worth[Visibility.VISIBLE], sum(worth.values(), Fraction(0))
    says = f"gradebook.yml says {points_text(exercise.points)}; change a mark or the points"
    if has_hidden and total != exercise.points:
        raise CourseError(
            f"{exercise.id}: its checks are worth {points_text(total)} points "
            f"(visible {points_text(visible)}, hidden {points_text(total - visible)}), {says}"
        )
    if not has_hidden and visible > exercise.points:
        raise CourseError(
            f"{exercise.id}: its visible checks alone are worth {points_text(visible)} points, "
            f"{says}"
        )
