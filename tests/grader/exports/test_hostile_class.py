"""Tests of the forms of a whole class with hostile names: rows, sums, and bytes that stay."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Exercise, Isolation, Limits, Score, points_text
from grader.reports.exports import canvas, moodle, nbgrader, scores
from grader.reports.exports.roll import Member, Result, Roll

from .conftest import HOSTILE, PATIENT, assert_harmless


@dataclass(frozen=True)
class Dialect:
    """What ends a cell and a row, what stands before everything, and how ten is written."""

    separator: str
    end: str
    mark: str
    ten: str


POINTS = st.integers(0, 1000).map(lambda hundredths: Fraction(hundredths, 100))
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
NUMBERS = (1, 2)
# Ways in which a platform's download is written.
DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["10", "10.00", "10,00"]),
)
FORMULA = re.compile(r'[\s"]*[-=+@－＝＋＠]')


def exercise(number: int) -> Exercise:
    """Make an exercise of ten points."""
    name, here = f"exercise-{number:02}", Path()
    return Exercise(name, f"Unit {number}", ("a.py",), Fraction(10), Limits(), Isolation.SUBMISSION,
                    here, here, here)  # fmt: skip


RESULTS = st.builds(
    Result,
    score=st.builds(Score, POINTS, st.just(Fraction(10)), st.booleans()),
    is_absent=st.booleans(),
    lost=POINTS,
    submitted_at=st.none() | TIMES,
    checks=st.dictionaries(HOSTILE, POINTS, max_size=2),
)


def member(key: str, name: str, results: tuple[Result, ...], section: str, email: str) -> Member:
    """Make a student of a class; the total is that of all exercises."""
    parts = [each.score for each in results]
    total = Score(sum((each.earned for each in parts), Fraction(0)), Fraction(20),
                  all(each.is_decided for each in parts))  # fmt: skip
    return Member(key, results, total, (), name, name, name, email, section, (name,))


MEMBERS = st.lists(
    st.builds(member, HOSTILE, HOSTILE, st.tuples(RESULTS, RESULTS), HOSTILE, HOSTILE),
    max_size=4,
    unique_by=lambda each: each.key,
)
ROLLS = MEMBERS.map(
    lambda members: Roll(tuple(map(exercise, NUMBERS)), tuple(members), (None, None))
)


def composed(name: str, made: Roll) -> str:
    """Write a class in a form that is composed."""
    if name == "nbgrader":
        return nbgrader.export(made)
    return scores.export(made, has_checks=name == "scores with checks")


@pytest.mark.parametrize("name", ["nbgrader", "scores", "scores with checks"])
@PATIENT
@given(made=ROLLS)
def test_composed(name: str, made: Roll) -> None:
    """Every student has a row, nothing that somebody wrote is computed, and points are true."""
    text = composed(name, made)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    head, *body = rows

    assert_harmless(text)
    assert composed(name, made) == text
    assert {len(row) for row in body} <= {len(head)}
    assert len(body) == len(made.members) * (2 if name == "nbgrader" else 1)
    readings = [
        *(cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in row),
        *(cell for row in rows for cell in row),
        *re.split("[;\n]", text),
    ]
    for cell in readings:
        # What lateness or an override took away is a number below zero.
        assert not FORMULA.match(cell) or re.match(r"-\d+(\.\d+)?(,|$)", cell)
    if name == "nbgrader":
        told = {(row[0], row[7], row[8], row[9]) for row in body}
        expected = {
            (each.id, *(str(float(part)) if result.score.is_decided else "" for part in
                        (result.score.earned + result.lost, result.lost, result.score.earned)))
            for one in made.members
            for each, result in zip(made.exercises, one.results, strict=True)
        }  # fmt: skip
        assert told == expected
        return
    for row, one in zip(body, made.members, strict=True):
        total = points_text(one.total.earned) if one.total.is_decided else ""
        assert row[head.index("total")] == total
        for each, result in zip(made.exercises, one.results, strict=True):
            has_points = result.score.is_decided and not result.is_absent
            shown = points_text(result.score.earned) if has_points else ""
            assert row[head.index(each.id)] == shown


def download(rows: list[list[str]], dialect: Dialect) -> bytes:
    """Write a platform's file."""
    # No file in UTF-8 has halves of surrogate pairs, and a NUL says that it is none.
    lines = [
        dialect.separator.join(
            f'"{cell}"' if re.search(r'[,;"\r\n]', cell) else cell
            for cell in (cell.replace('"', '""').replace("\0", "") for cell in row)
        )
        for row in rows
    ]
    text = dialect.mark + "".join(line + dialect.end for line in lines)
    return text.encode(errors="replace")


def cells(text: str, dialect: Dialect) -> list[list[str]]:
    """Read such a file."""
    file = io.StringIO(text.removeprefix("\ufeff"), newline="")
    return list(csv.reader(file, delimiter=dialect.separator, strict=True))


def assert_filled(before: list[list[str]], after: list[list[str]], made: Roll, place: int) -> None:
    """Find the points of whoever has some in one column, and nothing else changed."""
    first = len(before) - len(made.members)

    assert [len(row) for row in before] == [len(row) for row in after]
    for at, (was, now) in enumerate(zip(before, after, strict=True)):
        result = made.members[at - first].results[0] if at >= first else None
        has_points = result and result.score.is_decided and not result.is_absent
        assert was[:place] + was[place + 1 :] == now[:place] + now[place + 1 :]
        if has_points and result:
            assert Fraction(now[place].replace(",", ".")) == result.score.earned
        else:
            assert now[place] == was[place]


@PATIENT
@given(made=ROLLS.filter(lambda made: bool(made.members)), dialect=DIALECTS)
def test_canvas(made: Roll, dialect: Dialect) -> None:
    """Of Canvas' file only the cells of points change, and filling it again changes nothing."""
    rows = [["Student", "ID", "SIS Login ID", "Section", "Unit 1 (41)", "Final Score"],
            ["    Points Possible", "", "", "", dialect.ten, "(read only)"]]  # fmt: skip
    rows += [[each.name, str(100 + at), f"u{at}", each.section, "", "=1"]
             for at, each in enumerate(made.members)]  # fmt: skip
    keys = {f"u{at}": each.key for at, each in enumerate(made.members)}
    data = download(rows, dialect)
    one = Roll(made.exercises[:1], made.members, (None,))
    filled = canvas.fill(data, one, keys.get, {})

    assert_filled(cells(data.decode(), dialect), cells(filled.text, dialect), one, 4)
    assert canvas.fill(filled.text.encode(), one, keys.get, {}).text == filled.text
    for note in filled.notes:
        assert_harmless(note)
        assert "\n" not in note


@PATIENT
@given(made=ROLLS.filter(lambda made: bool(made.members)), dialect=DIALECTS)
def test_moodle(made: Roll, dialect: Dialect) -> None:
    """Of Moodle's worksheet only the grades change, and filling it again changes nothing."""
    rows = [["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
             "Grade can be changed", "Feedback comments"]]  # fmt: skip
    rows += [[f"Participant {100 + at}", each.name, f"u{at}", "Submitted", "", dialect.ten, "Yes",
              each.section] for at, each in enumerate(made.members)]  # fmt: skip
    keys = {f"u{at}": each.key for at, each in enumerate(made.members)}
    data = download(rows, dialect)
    one = Roll(made.exercises[:1], made.members, (None,))
    filled = moodle.fill(data, one, keys.get)

    assert_filled(cells(data.decode(), dialect), cells(filled.text, dialect), one, 4)
    assert moodle.fill(filled.text.encode(), one, keys.get).text == filled.text
    for note in filled.notes:
        assert_harmless(note)
        assert "\n" not in note
