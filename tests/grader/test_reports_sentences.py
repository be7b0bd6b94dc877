"""What every report says: told once, in one order, with the same words for points and score."""

from fractions import Fraction

import pytest

from grader import scoring
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Verdict,
    Visibility,
)
from grader.reports import sentences

ENVIRONMENT = Environment("3.11", "2.13", "cpu", 1, 20, "0.1", "5" * 64, "landlock 5")


def verdict(
    title: str, outcome: Outcome = Outcome.PASSED, message: str = "", needs: str | None = None
) -> Verdict:
    """Build a verdict."""
    return Verdict(Check(title, title, Fraction(1), Visibility.VISIBLE, needs), outcome, message)


def attempt(*verdicts: Verdict, seconds: float = 1.234) -> Attempt:
    """Build an attempt."""
    score = scoring.score(verdicts)
    return Attempt("e", "E", "p", "d" * 64, verdicts, score, ENVIRONMENT, seconds)


def test_what_all_say_stands_above():
    """What every check that was tried says is told once, above the list."""
    broken = [verdict(name, Outcome.RAISED, "SyntaxError") for name in "ab"]
    everywhere, told = sentences.shared_once([*broken, verdict("c", Outcome.SKIPPED, needs="a")])

    assert everywhere == ("SyntaxError", "")
    assert told == [("", ""), ("", ""), ("not tried: needs a", "")]


def test_what_was_told_is_named():
    """What a check says like one before it is named, and not told again."""
    said = [("a", "off by 1"), ("b", "off by 1"), ("c", "off by 2"), ("d", "off by 1")]
    _, told = sentences.shared_once([verdict(n, Outcome.FAILED, text) for n, text in said])

    assert [message for message, _ in told] == ["off by 1", "as above", "off by 2", "as for: a"]


def test_every_outcome_says_something():
    """A lost check that brings no message has a sentence of ours; one that passed has none."""
    said = {outcome: sentences.message_of(verdict("a", outcome)) for outcome in Outcome}

    silent = (Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED)
    assert [outcome for outcome, text in said.items() if not text] == list(silent)
    assert len({text for text in said.values() if text}) == len(Outcome) - len(silent)


def test_translation_stands_before_the_error():
    """An error in other words is the first line of the message; a diagnosis stands apart."""
    raised = verdict("a", Outcome.RAISED, "RuntimeError: x")
    for mistake, told in (
        ("torch:shape", ("In other words.\nRuntimeError: x", "")),
        ("half", ("RuntimeError: x", "In other words.")),
    ):
        found = Verdict(raised.check, raised.outcome, raised.message,
                        Diagnosis(mistake, "In  other\nwords."))  # fmt: skip

        assert sentences.tale(found) == told


@pytest.mark.parametrize(
    ("outcome", "told", "need"),
    [
        (Outcome.SKIPPED, "not tried: needs values", "needs values"),
        (Outcome.SKIPPED, "not tried: no GPU", ""),
        (Outcome.FAILED, "not tried: needs values", ""),
    ],
)
def test_need_of(outcome, told, need):
    """A check that only waits for another one says which."""
    assert sentences.need_of(verdict("a", outcome, needs="values"), (told, "")) == need


def test_long_messages_are_cut_in_the_middle():
    """Of a long message the beginning and the end stay, with how much is missing."""
    lines = sentences.lines_of("\n".join(f"row\t{n}" for n in range(60)), str.upper, "...")

    assert (lines[0], lines[29], lines[-1]) == (
        "ROW 0",
        "(... 148 characters left out ...)",
        "ROW 59",
    )


@pytest.mark.parametrize(
    ("outcome", "points"),
    [(Outcome.PASSED, "1 / 1"), (Outcome.FAILED, "0 / 1"), (Outcome.UNGRADED, "? / 1")],
)
def test_points_of(outcome, points):
    """Points are earned of possible, and unknown where nothing was decided."""
    assert sentences.points_of(verdict("a", outcome)) == points


def test_score_of():
    """The score is a fraction of what is possible, or the reason why there is none."""
    assert sentences.score_of(attempt(verdict("a"), verdict("b", Outcome.FAILED))) == "1 / 2"
    assert sentences.score_of(attempt(verdict("a"), verdict("b", Outcome.UNGRADED))) == (
        "not decided: 1 of 2 checks could not be graded; tell your teacher"
    )
    assert sentences.score_of(attempt()) == "not decided: there are no checks; tell your teacher"


@pytest.mark.parametrize(
    ("seconds", "told"), [(1.26, "1.3 s"), (0.0456, "0.046 s"), (75, "75.0 s")]
)
def test_circumstances(seconds, told):
    """The time has a tenth of a second, or two figures, and the seed stands behind it."""
    assert sentences.circumstances(attempt(seconds=seconds)) == f"{told}, seed 20"


def test_closing():
    """What is left to be tried is told before full marks are, and notes come last."""
    full = attempt(verdict("a"))

    assert sentences.closing(full, ["ignored:\nb.txt"], Fraction(0)) == [
        "Full marks: 1 of 1 check passes.",
        "ignored: b.txt",
    ]
    assert sentences.closing(full, (), Fraction(1)) == [
        "1 of 1 visible check passes; 1 more point is checked at submission."
    ]
