"""Tests of what a class has, as the record of its exports: scores, sums and names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader import roster
from grader.gradebook import overview
from grader.gradebook.roll import of_class
from grader.gradebook.store import Gradebook
from grader.records import Attempt, Course, Exercise, Isolation, Limits, Score
from grader.reports.exports.roll import Member, Result
from grader.roster import Roster, Row

Make = Callable[..., Attempt]
MONDAY = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)


def exercise(name: str, **policy: str) -> Exercise:
    """Make an exercise of four points that is only named."""
    nowhere = Path("nowhere")
    return Exercise(
        name, "Gradients", ("a.py",), Fraction(4), Limits(), Isolation.SUBMISSION,
        nowhere, nowhere, nowhere, **policy,
    )  # fmt: skip


FIRST = exercise("exercise-03", due="2026-10-12 23:59 Europe/Berlin", late="10 % a day")
SECOND = exercise("exercise-04")
COURSE = Course("C", Path("nowhere"), (FIRST, SECOND), drop=1)


@pytest.fixture
def kept(book: Gradebook, made: Make) -> Gradebook:
    """Late and marked, overridden, ungraded, and nothing handed in."""
    book.enrol("ada", "Lovelace, Ada", "A")
    book.keep(made(digest="a", shape="passed", grad="passed"), "ada", WEDNESDAY)
    book.keep(made("exercise-04", digest="b", shape="passed", grad="failed"), "ada", MONDAY)
    book.mark("ada", "exercise-03", Fraction(1, 2), label="style")
    book.keep(made(digest="c", shape="passed", grad="failed"), "bob", WEDNESDAY)
    book.override("bob", "exercise-03", Fraction(3), "The check was wrong.")
    book.keep(made(digest="d", shape="passed", grad="ungraded"), "cyd", MONDAY)
    book.enrol("dot", "Dot")
    return book


def members(book: Gradebook, listed: Roster | None = None) -> dict[str, Member]:
    """Read the class by its keys."""
    return {one.key: one for one in of_class(book, COURSE, COURSE.exercises, listed).members}


def test_results(kept: Gradebook) -> None:
    """Scores are those of the policies and of what people decided; checks are before them."""
    found = members(kept)
    both = {"shape": Fraction(2), "grad": Fraction(2)}
    absent = Result(Score(Fraction(0), Fraction(4), True), is_absent=True)

    assert found["ada"].results[0] == Result(
        Score(Fraction("3.7"), Fraction(4), True), False, Fraction("0.8"), WEDNESDAY, both
    )
    assert found["bob"].results == (
        Result(Score(Fraction(3), Fraction(4), True), False, Fraction(0), WEDNESDAY,
               {**both, "grad": Fraction(0)}),
        absent,
    )  # fmt: skip
    assert found["cyd"].results[0] == Result(
        Score(Fraction(0), Fraction(4), False), False, Fraction(0), MONDAY
    )
    assert found["dot"].results == (absent, absent)


@pytest.mark.parametrize("exercises", [COURSE.exercises, (FIRST,), (SECOND,)])
def test_sums_are_those_of_the_report(kept: Gradebook, exercises: tuple[Exercise, ...]) -> None:
    """Every score and every total is that of `grade report`, whatever was dropped."""
    roll = of_class(kept, COURSE, exercises)
    rows = overview.of_class(kept, COURSE, exercises).rows

    assert [(one.key, one.total) for one in roll.members] == [
        (row.student, row.total) for row in rows
    ]
    assert [
        tuple(None if each.is_absent else each.score for each in one.results)
        for one in roll.members
    ] == [row.scores for row in rows]


def test_what_is_dropped(kept: Gradebook) -> None:
    """The exercise with the lowest share is named, and of one alone nothing is dropped."""
    assert members(kept)["ada"].dropped == ("exercise-04",)
    assert of_class(kept, COURSE, (FIRST,)).members[0].dropped == ()


def test_due_times(kept: Gradebook) -> None:
    """The last minute of an exercise is told in UTC."""
    roll = of_class(kept, COURSE, COURSE.exercises)

    assert roll.due == (datetime(2026, 10, 12, 21, 59, tzinfo=UTC), None)


def test_names_without_a_list(kept: Gradebook) -> None:
    """Only a comma says which part of a name comes last."""
    found = members(kept)
    names = [(one.name, one.last_name, one.first_name, one.section) for one in found.values()]

    assert names == [
        ("Lovelace, Ada", "Lovelace", "Ada", "A"), ("", "", "", ""), ("", "", "", ""),
        ("Dot", "Dot", "", ""),
    ]  # fmt: skip
    assert found["ada"].words == ("Lovelace, Ada", "Ada Lovelace")


def test_names_of_a_list(kept: Gradebook, tmp_path: Path) -> None:
    """A class list gives names, addresses and words, and a line to who is only on it."""
    path = tmp_path / "class.csv"
    path.write_text(
        "student,last_name,first_name,email,number,section\n"
        "ada,Byron,Augusta,ada@example.org,4711,B\neve,Adams,Eve,,4712,C\n", "utf-8",
    )  # fmt: skip
    found = members(kept, roster.read(path))

    assert list(found) == ["ada", "bob", "cyd", "dot", "eve"]
    ada, eve = found["ada"], found["eve"]
    assert (ada.name, ada.last_name, ada.first_name) == ("Lovelace, Ada", "Byron", "Augusta")
    assert (ada.email, ada.section) == ("ada@example.org", "A")
    assert "4711" in ada.words
    assert (eve.name, eve.section, eve.total.earned) == ("Eve Adams", "C", 0)
    assert all(each.is_absent for each in eve.results)


def test_a_key_that_is_not_the_list_s(kept: Gradebook) -> None:
    """Who was taken in under another key is found on the list; two of one name are not."""
    rows = (Row("s1", words=("Lovelace Ada",)), Row("s2", words=("Bob", "dot")))
    found = members(kept, Roster(rows))

    assert "Lovelace Ada" in found["ada"].words
    assert list(found) == ["ada", "bob", "cyd", "dot", "s2"]
    assert found["bob"].words == ()


def test_a_half_that_lateness_takes_is_rounded_once(book: Gradebook, made: Make) -> None:
    """What lateness took and what is left add up to what was earned, to the hundredth."""
    third = replace(FIRST, late="33.33 % a day")
    book.keep(made(digest="a", points={"shape": 1}, shape="passed", grad="failed"), "ada",
              datetime(2026, 10, 12, 23, 0, tzinfo=UTC))  # fmt: skip
    (ada,) = of_class(book, Course("C", Path("nowhere"), (third,)), (third,)).members

    assert (ada.results[0].score.earned, ada.results[0].lost) == (
        Fraction("0.67"), Fraction("0.33"),
    )  # fmt: skip
