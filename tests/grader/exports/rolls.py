"""Small classes to export.

small()         five students in two exercises: late, marked, ungraded, absent, and a hostile name
who(roll)       whom a word means: a key, a name or one of the words
golden(name, d) compares bytes with the ones that are kept
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from grader.records import Exercise, Isolation, Limits, Score
from grader.reports.exports.filling import Who
from grader.reports.exports.roll import Member, Result, Roll
from grader.roster import Roster, Row

from .conftest import GOLDEN

MONDAY = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 10, 14, 7, 30, tzinfo=UTC)
DUE = datetime(2026, 10, 12, 21, 59, tzinfo=UTC)
ABSENT = Result(Score(Fraction(0), Fraction(4), True), is_absent=True)


def exercise(number: int, title: str, points: int = 4) -> Exercise:
    """Make an exercise that is only named."""
    nowhere = Path("nowhere")
    return Exercise(
        f"exercise-{number:02}", title, ("a.py",), Fraction(points), Limits(),
        Isolation.SUBMISSION, nowhere, nowhere, nowhere,
    )  # fmt: skip


def result(
    earned: str, possible: str = "4", *, is_decided: bool = True, lost: str = "0",
    at: datetime | None = MONDAY, **checks: str,
) -> Result:  # fmt: skip
    """Make a result from decimals."""
    score = Score(Fraction(earned), Fraction(possible), is_decided)
    points = {name: Fraction(text) for name, text in checks.items()}
    return Result(score, False, Fraction(lost), at, points)


def member(
    key: str, *results: Result, name: str = "", section: str = "", words: tuple[str, ...] = ()
) -> Member:
    """Make a student; the total is that of all exercises."""
    scores = [each.score for each in results]
    total = Score(
        sum((each.earned for each in scores), Fraction(0)),
        sum((each.possible for each in scores), Fraction(0)),
        all(each.is_decided for each in scores),
    )
    last, _, first = (part.strip() for part in name.partition(","))
    called = (name, f"{first} {last}", *words) if first else (name, *words)
    return Member(key, results, total, (), name, last, first, "", section, called)


def small() -> Roll:
    """Make a class of five in Gradients and Training loop, four points each."""
    return Roll(
        (exercise(3, "Gradients"), exercise(4, "Training loop")),
        (
            member("=cmd", result("2", is_decided=False, shape="2"), ABSENT, name="=1+1"),
            member("ada", result("3.2", lost="0.8", at=WEDNESDAY, shape="2", grad="2"),
                   result("2", shape="2", step="0"), name="Lovelace, Ada", section="A"),
            member("bob", result("2.5", shape="2", grad="0"), ABSENT,
                   name='O"Neil, Bob \u202e😀', section="B"),
            member("cyd", result("0", shape="0", grad="0"), result("4", shape="2", step="2"),
                   name="Charisse; Cyd"),
            member("eli", ABSENT, result("3", at=None), name="Eli"),
        ),
        (DUE, None),
    )  # fmt: skip


def one(*members: Member, title: str = "Gradients", points: int = 4) -> Roll:
    """Make a class in one exercise."""
    return Roll((exercise(3, title, points),), members, (None,))


def who(roll: Roll) -> Who:
    """Tell whom a word means, as the command does."""
    names = Roster(Row(each.key, words=each.words) for each in roll.members)
    find: Callable[[str], str | None] = lambda word: names.find((word,))  # noqa: E731
    return find


def golden(name: str, data: bytes) -> None:
    """Hold bytes against those that are kept; GRADER_UPDATE_GOLDEN writes them anew."""
    path = GOLDEN / "classes" / name
    if os.environ.get("GRADER_UPDATE_GOLDEN"):
        path.write_bytes(data)

    assert path.read_bytes() == data
