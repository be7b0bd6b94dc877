"""Each mistake of the catalogue that a small exercise can show is caught, and its cause named."""

from pathlib import Path

import pytest
import yaml

from grader import submissions
from grader.records import Outcome

from .conftest import EXERCISES, HERE, answers, identity

WRONG, RIGHT = answers("wrong"), answers("right")
# What the gallery as a whole has to reach, of the 82 mistakes of the catalogue.
CAUGHT, NAMED = 75, 65


def read(name):
    """Read one of the two lists."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def named(attempt):
    """Collect the diagnoses of an attempt."""
    return {verdict.diagnosis.mistake for verdict in attempt.verdicts if verdict.diagnosis}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.id)
def test_the_reference_earns_everything_and_the_stub_nothing(exercise, grade):
    """A miniature exercise is an exercise: its reference earns all, its stub nothing."""
    reference = (exercise.reference_dir / exercise.files[0]).read_text(encoding="utf-8")
    stub = submissions.read(exercise.stub_dir, exercise).sources[0].text

    assert [v.message for v in grade(exercise, reference).verdicts if v.message] == []
    assert grade(exercise, reference).score.earned == exercise.points
    assert grade(exercise, stub).score.earned == 0


@pytest.mark.parametrize("answer", RIGHT, ids=identity)
def test_what_is_no_mistake_earns_everything(answer, grade):
    """What only looks like a mistake gets full marks."""
    attempt = grade(answer.exercise, answer.text())

    assert [v.message for v in attempt.verdicts if v.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize("answer", WRONG, ids=identity)
def test_a_mistake_is_caught_and_named(answer, grade):
    """A mistake loses points, and is named as what it is or not at all."""
    attempt = grade(answer.exercise, answer.text())

    assert attempt.score.is_decided
    assert attempt.score.earned < attempt.score.possible, "not caught"
    assert named(attempt) <= answer.names, "wrongly named"
    assert named(attempt) or not answer.names, "not named"


def table(grade):
    """Tell for each mistake of the catalogue whether it is caught, named, and wrongly named."""
    rows = {}
    for answer in WRONG:
        attempt = grade(answer.exercise, answer.text())
        is_caught = attempt.score.is_decided and attempt.score.earned < attempt.score.possible
        found = named(attempt)
        before = rows.get(answer.mistake, (True, True, False))
        # Where a mistake is shown more than once, each of its answers has to be caught.
        rows[answer.mistake] = (
            before[0] and is_caught,
            before[1] and bool(found & answer.names),
            before[2] or bool(found - answer.names),
        )
    return rows


def test_the_gallery_reaches_its_numbers(grade, capsys):
    """The table of the gallery: caught, named, wrongly named, for each mistake."""
    titles, rows = read("catalogue.yml"), table(grade)
    marks = ("", "yes")
    with capsys.disabled():
        print(f"\n\n{'mistake':<60} caught  named  wrongly")
        for mistake, title in titles.items():
            if mistake in rows:
                caught, is_named, wrongly = (marks[each] for each in rows[mistake])
                print(f"{mistake} {title[:55]:<56} {caught:<7} {is_named:<6} {wrongly}")
        sums = [sum(row[column] for row in rows.values()) for column in range(3)]
        print(f"{len(titles)} in the catalogue{'':<37} {sums[0]:<7} {sums[1]:<6} {sums[2]}")

    assert sums[0] >= CAUGHT
    assert sums[1] >= NAMED
    assert sums[2] == 0


def test_every_mistake_of_the_catalogue_is_shown_or_left_out_with_a_reason():
    """No mistake is forgotten: it is in the gallery, or the list of those left out says why not."""
    titles, left_out = read("catalogue.yml"), read("left-out.yml")
    shown = {answer.mistake for answer in WRONG}

    assert len(titles) == 82
    assert shown | set(left_out) == set(titles)
    assert not shown & set(left_out)
    assert all(len(reason) > 40 for reason in left_out.values())


def test_every_answer_says_what_it_is():
    """Each wrong answer opens with its number, and each file lies under an exercise."""
    for answer in WRONG:
        text = answer.path.read_text(encoding="utf-8")

        assert text.startswith(f'"""{answer.mistake}: '), answer.path
        assert "\nNamed: " in text, answer.path
    assert {Path(answer.path).parent.name for answer in (*WRONG, *RIGHT)} <= set(EXERCISES)
