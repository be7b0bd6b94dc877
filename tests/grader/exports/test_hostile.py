"""Tests of every format that there is, together: hostile texts, sums, sizes, and the same bytes.

What each program takes from a file is told by its reader in `readers`; a format that is added to
the registry joins here by itself, and fails until it has one.
"""

import dataclasses
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given

from grader import scoring
from grader.errors import SandboxError
from grader.records import Attempt, Outcome, points_text
from grader.reports import terminal
from grader.reports.attempt import from_json, to_json
from grader.reports.exports import points
from grader.reports.exports.registry import FORMATS

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, huge, kept, one
from .readers import READERS, Heard, added
from .test_classroom50 import VARIABLES

# These say only whole points, and these no points at all.
WHOLE, WITHOUT_POINTS = {"classroom", "classroom50"}, {"exercism"}
# Nothing can be said there of an attempt without a score, or without a check.
REFUSE_UNGRADED, REFUSE_EMPTY = {"classroom50", "gradescope"}, {"autolab"}


def worth(*texts: str) -> Attempt:
    """Make an attempt of checks that are worth so much; every second one is lost."""
    outcomes = (Outcome.PASSED, Outcome.FAILED)
    return attempt(
        tuple(
            one(
                outcomes[place % 2], "=1;::x", points=text, id_=f"c{place}", title=f"Check {place}."
            )
            for place, text in enumerate(texts)
        )
    )


EDGES = {
    "no check": attempt(()),
    "one ungraded": attempt((one(Outcome.PASSED), one(Outcome.UNGRADED, id_="b"))),
    "all ungraded": attempt((one(Outcome.UNGRADED), one(Outcome.UNGRADED, id_="b"))),
    "thirds": worth("0.33", "0.33", "0.34"),
    "halves": worth("0.5", "0.5", "0.5"),
    "tenths": worth(*["0.1"] * 30),
    "worth nothing": worth("0", "0"),
    "less than half a point": worth("0.25"),
    "names that differ in case": attempt((one(id_="Loss"), one(id_="loss"), one(id_="LOSS (2)"))),
    "names that hide": attempt((one(id_="_order"), one(id_="scores"), one(id_="Checks"))),
}


def exported(name: str, made: Attempt) -> str | None:
    """Export an attempt; None where the format refuses one that it cannot say."""
    is_refused = (name in REFUSE_UNGRADED and not made.score.is_decided) or (
        name in REFUSE_EMPTY and not made.verdicts
    )
    if not is_refused:
        return FORMATS[name].export(made, VARIABLES)
    with pytest.raises(SandboxError):
        FORMATS[name].export(made, VARIABLES)
    return None


def assert_heard(name: str, heard: Heard, made: Attempt) -> None:
    """Find every check in what a program takes from a file, and the record's points, no others."""
    is_shown = made.score.is_decided or name != "exercism"
    # The reporter of Classroom divides by the number of tests, so there is always one.
    least = 1 if name == "classroom" else 0
    assert heard.checks == (max(least, len(made.verdicts)) if is_shown else 0)
    parts = parts_of(name, made)
    for told, part in zip(heard.told, parts if heard.told else [], strict=True):
        assert all(one in (None, other) for one, other in zip(told, part, strict=True))
    if name in WITHOUT_POINTS or not made.score.is_decided:
        assert heard.earned is None
        return
    totals = (points_text(made.score.earned), points_text(made.score.possible))
    if name in WHOLE:
        # What all checks together have, and the exact sums, rounded half up.
        totals = tuple(added(column) for column in zip(*parts, strict=True))
        assert totals == tuple(
            str(floor(exact + Fraction(1, 2))) for exact in (made.score.earned, made.score.possible)
        )
    if name == "classroom" and totals[1] == "0":
        # With nothing to earn the reporter announces no points.
        assert (heard.earned, heard.possible) == (None, None)
        return
    assert heard.earned == totals[0]
    assert heard.possible in (None, totals[1])


def parts_of(name: str, made: Attempt) -> list[tuple[str | None, str]]:
    """Write the points of each check as a format has to: exact or whole, None if not known."""
    if name in WHOLE:
        return [(str(earned), str(worth)) for earned, worth in points.whole(made.verdicts)]
    return [
        (
            None if one.outcome is Outcome.UNGRADED else points_text(scoring.earned(one)),
            points_text(one.check.points),
        )
        for one in made.verdicts
    ]


def test_every_format_has_a_reader() -> None:
    """No format is left out of the tests of this file."""
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@PATIENT
@given(made=ATTEMPTS)
def test_any_attempt(name: str, made: Attempt) -> None:
    """Any attempt gives a file that its program takes whole, with every check and the true sum."""
    text = exported(name, made)
    if text is None:
        return
    heard = READERS[name](text)

    text.encode()
    assert FORMATS[name].export(made, VARIABLES) == text
    assert_heard(name, heard, made)
    for shown in heard.texts:
        assert_harmless(shown)


@pytest.mark.parametrize("made", EDGES.values(), ids=EDGES)
@pytest.mark.parametrize("name", FORMATS)
def test_edges(name: str, made: Attempt) -> None:
    """What is rare is said as well: no check, no points, fractions, names that are alike."""
    text = exported(name, made)

    if text is not None:
        assert_heard(name, READERS[name](text), made)


@pytest.mark.parametrize("kind", ["many", "long", "both"])
@pytest.mark.parametrize("name", FORMATS)
def test_huge_attempts(name: str, kind: str) -> None:
    """However big an attempt, its program reads the file, and messages gave way, not checks."""
    made = huge(kind)

    assert_heard(name, READERS[name](FORMATS[name].export(made, VARIABLES)), made)


@pytest.mark.parametrize("which", ["full", "half", "ungraded"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_stored_attempt_is_the_same(name: str, which: str) -> None:
    """An attempt that was written and read again gives the same bytes."""
    made = kept(which)

    assert exported(name, from_json(to_json(made))) == exported(name, made)


@PATIENT
@given(made=ATTEMPTS)
@example(made=EDGES["thirds"])
@example(made=EDGES["tenths"])
def test_one_score_everywhere(made: Attempt) -> None:
    """The terminal, the record and every format with decimals write the same digits."""
    if not made.score.is_decided:
        return
    made = dataclasses.replace(made, exercise="exercise-03", title="A", path="ada")
    earned, possible = points_text(made.score.earned), points_text(made.score.possible)
    heard = [READERS[name](FORMATS[name].export(made, VARIABLES))
             for name in sorted(set(FORMATS) - WHOLE - WITHOUT_POINTS)]  # fmt: skip
    stored = from_json(to_json(made)).score

    assert {each.earned for each in heard} == {earned}
    assert {each.possible for each in heard} - {None} == {possible}
    assert f"{earned} / {possible}" in terminal.render(made)
    assert (points_text(stored.earned), points_text(stored.possible)) == (earned, possible)
