"""The course that ships: stub 0, reference all, variants all, each mistake loses and is named."""

from pathlib import Path

import pytest

from grader import course, mistakes, submissions
from grader.records import Outcome, Source, Submission
from grader.trusted import order

ROOT = Path(__file__).parents[3]
EXERCISES = course.load(ROOT).exercises


def written(kind):
    """List (exercise, function) for each mistake or variant of the course."""
    return [
        pytest.param(exercise, answer, id=f"{exercise.id}-{answer.__name__}")
        for exercise in EXERCISES
        for answer in mistakes.load(exercise.hidden_dir / f"{kind}.py")
    ]


@pytest.fixture
def graded(judge):
    """Grade a text as a submission of an exercise of the course."""

    def grade(exercise, text):
        submission = Submission("handed-in", (Source(exercise.files[0], text),), "0" * 64)
        return judge.grade(order(ROOT, exercise, submission), lambda done, of: None)

    return grade


def read(folder, exercise):
    """Read an exercise's file from one of its trees."""
    return (folder / exercise.files[0]).read_text(encoding="utf-8")


def replaced(exercise, kind, answer, of):
    """Write the submission that gives a mistake's or a variant's answer."""
    text = (exercise.hidden_dir / f"{kind}.py").read_text(encoding="utf-8")
    return mistakes.as_submission(read(exercise.reference_dir, exercise), text, answer.__name__, of)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_stub_earns_nothing(exercise, judge):
    """An untouched stub earns 0 points."""
    submission = submissions.read(exercise.stub_dir, exercise)
    attempt = judge.grade(order(ROOT, exercise, submission), lambda done, of: None)

    assert attempt.score.earned == 0
    assert attempt.score.possible == exercise.points


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_reference_earns_everything(exercise, graded):
    """The reference earns every point."""
    attempt = graded(exercise, read(exercise.reference_dir, exercise))

    assert attempt.score.earned == exercise.points


@pytest.mark.parametrize(("exercise", "answer"), written("variants"))
def test_variant_earns_everything(exercise, answer, graded):
    """A right answer that is written differently earns every point."""
    attempt = graded(exercise, replaced(exercise, "variants", answer, answer.__variant__.of))

    assert [v.message for v in attempt.verdicts if v.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize(("exercise", "answer"), written("mistakes"))
def test_mistake_loses_what_it_says_and_is_named(exercise, answer, graded):
    """A known mistake loses exactly the checks that it names, and its sentence is shown."""
    record = answer.__mistake__
    attempt = graded(exercise, replaced(exercise, "mistakes", answer, record.of))
    lost = [v for v in attempt.verdicts if v.outcome not in (Outcome.PASSED, Outcome.SKIPPED)]

    assert {v.check.id for v in lost} == set(record.loses)
    assert {v.diagnosis.mistake for v in lost if v.diagnosis} == {answer.__name__}
