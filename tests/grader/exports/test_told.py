"""Tests of what a student is told: the words of the terminal's report, and a refusal."""

import pytest
from hypothesis import given

from grader.errors import SandboxError
from grader.records import Attempt, Outcome
from grader.reports import sentences, terminal
from grader.reports.exports import told

from .conftest import ATTEMPTS, PATIENT, assert_harmless, attempt, kept, one


@pytest.mark.parametrize("outcome", Outcome)
def test_words_of_the_terminal(outcome: Outcome) -> None:
    """Of a verdict without a message, a form says what the report on the terminal says."""
    verdict = one(outcome, needs="gradient")
    shown = terminal.render(attempt((verdict,)))

    # What waits for another check takes one line there, and says it in fewer words.
    assert told.told(verdict, 1000).removeprefix("not tried: ") in shown
    assert sentences.points_of(verdict) in shown
    assert sentences.score_of(attempt((verdict,))) in " ".join(shown.split())


def test_told() -> None:
    """The message comes first, the diagnosis below it behind an arrow."""
    verdict = one(message="\noff by 1\n", diagnosis="The factor\n2 is missing.")

    assert told.told(verdict, 1000) == "off by 1\n→ The factor 2 is missing."
    assert told.told(verdict, 5) == "off …\n→ The …"
    assert told.told(verdict, 0) == ""


def test_title() -> None:
    """A check without a title is called by its id."""
    assert told.title(one(title=" One\n line. "), 100) == "One line."
    assert told.title(one(title="", id_="loss"), 100) == "loss"
    assert told.title(one(title=" ", id_=""), 100) == "check"


@PATIENT
@given(ATTEMPTS)
def test_nothing_is_obeyed(made: Attempt) -> None:
    """Whatever a record holds, what is told is harmless."""
    for verdict in made.verdicts:
        assert_harmless(told.told(verdict, 1000))
        assert_harmless(told.title(verdict, 1000))


@PATIENT
@given(ATTEMPTS)
def test_free_texts(made: Attempt) -> None:
    """A room for the longest of the free texts is a room for all that is told."""
    room = max(map(len, told.free_texts(made.verdicts)), default=0)

    for verdict in made.verdicts:
        assert told.told(verdict, room) == told.told(verdict, 10_000)
        assert told.title(verdict, room) == told.title(verdict, 10_000)


def test_score_of() -> None:
    """A score is two numbers; without one there is a reason."""
    assert sentences.score_of(kept("half")) == "1 / 10.75"
    assert sentences.score_of(kept("ungraded")) == (
        "not decided: 1 of 9 checks could not be graded; tell your teacher"
    )
    assert sentences.score_of(attempt(())) == "not decided: there are no checks; tell your teacher"


def test_refuse() -> None:
    """A refusal is our fault, and says what was not decided and what follows."""
    with pytest.raises(SandboxError) as caught:
        told.refuse(kept("ungraded"), "grade it again")

    assert caught.value.exit_code == 3
    assert str(caught.value) == (
        "exercise-03: not decided: 1 of 9 checks could not be graded; tell your teacher. "
        "This format can only say a number, so nothing is written; grade it again"
    )
