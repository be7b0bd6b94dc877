"""What attempts say: of mutants that lose nothing, and of verdicts that do not hold still."""

from fractions import Fraction

import pytest

from grader.errors import CourseError
from grader.mutants import Mutant
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Submission,
    Verdict,
    Visibility,
)
from grader.rehearsal import trials
from grader.rehearsal.cast import Actor
from grader.rehearsal.trials import Played
from grader.scoring import score

ENVIRONMENT = Environment("3.12.0", "2.13.0", "cpu", 1, 20, "1.0", "0" * 64, "none")


def verdict(outcome=Outcome.PASSED, name="any", told=None, seconds=0.1, message=""):
    """Make a verdict worth one point."""
    check = Check(name, name, Fraction(1), Visibility.HIDDEN)
    diagnosis = told and Diagnosis(told, "It is wrong.")
    return Verdict(check, outcome, message, diagnosis, seconds)


def attempt(*verdicts):
    """Make an attempt of some verdicts."""
    environment, total = ENVIRONMENT, score(verdicts)
    return Attempt("exercise-01", "Doubling", "", "0" * 64, verdicts, total, environment, 0.3)


def mutant(id_):
    """Make a mutant."""
    return Mutant(id_, "constant", "f", "text\n", f"-{id_}")


PASSED, LOST = attempt(verdict()), attempt(verdict(Outcome.FAILED))
OPEN = attempt(verdict(Outcome.UNGRADED, message="no memory left"))
WRONG = Actor("mistake", "wrong", Submission("", (), ""), frozenset({"any"}))


@pytest.mark.parametrize(
    ("graded", "declared", "complaint", "tally"),
    [
        (LOST, [], None, (1, 1, 0)),
        (PASSED, ["a"], None, (1, 0, 1)),
        (PASSED, [], "a loses nothing: write a check that sees it, or say in equivalent.yml why "
         "it is right.", (1, 0, 0)),
        (LOST, ["a"], "a loses any; remove it from equivalent.yml.", (1, 1, 0)),
        (LOST, ["b"], "b is declared and does not exist; remove it from equivalent.yml.",
         (1, 1, 0)),
        (OPEN, [], "a is not decided: no memory left", (0, 0, 0)),
        (CourseError("it is wrong"), [], "a is not decided: it is wrong", (0, 0, 0)),
    ],
)  # fmt: skip
def test_mutants(graded, declared, complaint, tally):
    """A mutant loses points or is declared, not both, and what is declared exists."""
    reasons = dict.fromkeys(declared, "It is right as well.")
    finding, counted = trials.mutated([(mutant("a"), graded)], reasons, ["a"])

    assert [t.splitlines()[0] for t in finding.todo] == ([complaint] if complaint else [])
    assert (counted.mutants, counted.killed, counted.declared) == tally


def test_survivors_come_with_their_difference():
    """What is told of a survivor has an entry to paste, and what was changed."""
    finding, _ = trials.mutated([(mutant("a"), PASSED)], {}, ["a"])

    assert finding.todo[0].splitlines()[1:] == ["- mutant: 'a'", "  reason: ", "-a"]


@pytest.mark.parametrize(
    ("graded", "complaints"),
    [
        (attempt(verdict(Outcome.FAILED, told="wrong")), []),
        (attempt(verdict(Outcome.FAILED)),
         ["the mistake wrong is never told: another mistake answers alike, or the right answer "
          "does."]),
        (attempt(verdict(Outcome.FAILED, told="other")), ["the mistake wrong is told as other."]),
        (attempt(verdict(Outcome.FAILED, told="wrong"), verdict(Outcome.RAISED, "more")),
         ["the mistake wrong loses more as well; name that in `loses`."]),
        (attempt(verdict(Outcome.FAILED, told="wrong"), verdict(Outcome.SKIPPED, "more")), []),
        (CourseError("it is wrong"), ["the mistake wrong is not graded: it is wrong"]),
    ],
)  # fmt: skip
def test_mistakes(graded, complaints):
    """A mistake loses what it names, and its own diagnosis is told and no other."""
    assert list(trials.wrong([Played(WRONG, graded)], ["any"]).todo) == complaints


def test_every_check_is_lost_by_a_mistake():
    """A check that no mistake loses is told."""
    graded = attempt(verdict(Outcome.FAILED, told="wrong"))

    assert trials.wrong([Played(WRONG, graded)], ["any", "more"]).todo == (
        "no mistake loses more; write the wrong answer that it is there for, in mistakes.py.",
    )


def test_no_variant_at_all():
    """An exercise has a right answer that is written differently."""
    assert not trials.right("variants", []).is_held


@pytest.mark.parametrize(
    ("after", "difference"),
    [
        (verdict(Outcome.FAILED, message="Off."), "any is failed and was passed: Off"),
        (verdict(told="wrong"), "any is told as wrong and was told as nothing"),
        (verdict(message="Two."), "any says 'Two.' and said ''"),
        (verdict(name="other"), "what is recorded beside the verdicts differs"),
    ],
)
def test_differences(after, difference):
    """Two attempts differ in more than their times, and it is said in what."""
    again = attempt(verdict(seconds=0.9))

    assert trials.timeless(PASSED) == trials.timeless(again) != trials.timeless(attempt(after))
    assert trials.difference(PASSED, attempt(after)) == difference


def test_seeds_may_change_words():
    """Under another seed numbers in a message differ; verdicts and diagnoses may not."""
    assert trials.judged(PASSED) == trials.judged(attempt(verdict(message="Off by 2.")))
    assert trials.judged(PASSED) != trials.judged(attempt(verdict(told="wrong")))
    assert trials.judged(CourseError("a")) != trials.judged(CourseError("b"))
