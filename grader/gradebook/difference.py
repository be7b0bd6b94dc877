"""How two attempts differ: whose score changed, which checks made it, and what else was another.

It knows records only, so that two files can be compared without a gradebook.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from grader.records import Attempt, Outcome, Score, Verdict, points_text
from grader.scoring import earned

Key = tuple[str, str]  # a student, or a path, and an exercise


@dataclass(frozen=True)
class Difference:
    """What differs between two attempts of one student; None is an attempt that is not there.

    `checks` are sentences about checks whose outcome or points differ; `causes` about what the two
    were graded from and under.
    """

    student: str
    exercise: str
    before: Score | None
    after: Score | None
    checks: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether score and verdicts are the same."""
        return self.before == self.after and not self.checks


def compare(before: Mapping[Key, Attempt], after: Mapping[Key, Attempt]) -> list[Difference]:
    """Compare the attempts of two runs, student by student; what is the same is not listed."""
    found = [difference(*key, before.get(key), after.get(key)) for key in sorted({*before, *after})]
    return [each for each in found if not each.is_none]


def difference(
    student: str, exercise: str, before: Attempt | None, after: Attempt | None
) -> Difference:
    """Compare two attempts, of which one may be missing."""
    checks = _checks(before, after) if before and after else ()
    causes = _causes(before, after) if before and after else ()
    scores = (before.score if before else None, after.score if after else None)
    return Difference(student, exercise, *scores, checks, causes)


def render(differences: list[Difference]) -> str:
    """Write differences for a terminal: a line for each student, what made it below."""
    lines: list[str] = []
    for each in differences:
        change = f"{score_text(each.before)} → {score_text(each.after)}"
        lines.append(f"{each.student}  {each.exercise}  {change}")
        lines += [f"  {sentence}" for sentence in (*each.checks, *each.causes)]
    return "".join(f"{line}\n" for line in lines)


def score_text(score: Score | None) -> str:
    """Write a score as "7 / 10", "not graded" or "nothing"."""
    if score is None:
        return "nothing"
    if not score.is_decided:
        return "not graded"
    return f"{points_text(score.earned)} / {points_text(score.possible)}"


def _checks(before: Attempt, after: Attempt) -> tuple[str, ...]:
    old = {verdict.check.id: verdict for verdict in before.verdicts}
    new = {verdict.check.id: verdict for verdict in after.verdicts}
    order = [*new, *(name for name in old if name not in new)]
    told = (_check(name, old.get(name), new.get(name)) for name in order)
    return tuple(sentence for sentence in told if sentence)


def _check(name: str, old: Verdict | None, new: Verdict | None) -> str:
    """Say how one check ended otherwise, or became worth something else; "" if neither."""
    if old and new and (old.outcome, old.check.points) == (new.outcome, new.check.points):
        return ""
    sides = " → ".join(_side(verdict) for verdict in (old, new))
    cause = new.message if new and new.outcome is not Outcome.PASSED else ""
    first = cause.partition("\n")[0]
    return f"{name}: {sides}" + (f"  ({first})" if first else "")


def _side(verdict: Verdict | None) -> str:
    if verdict is None:
        return "no such check"
    points = f"{points_text(earned(verdict))} / {points_text(verdict.check.points)}"
    return f"{verdict.outcome.value} {points}"


def _causes(before: Attempt, after: Attempt) -> tuple[str, ...]:
    old, new = asdict(before.environment), asdict(after.environment)
    causes = ["the files are others"] if before.digest != after.digest else []
    if old.pop("checks_digest") != new.pop("checks_digest"):
        causes.append("the checks are others")
    causes += [f"{key}: {old[key]} → {new[key]}" for key in old if old[key] != new[key]]
    return tuple(causes)
