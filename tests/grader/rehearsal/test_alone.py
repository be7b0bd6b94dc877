"""Visible checks in a student's copy: what works there, and what only a teacher's copy can do."""

import pytest

from grader import course
from grader.errors import CourseError, SandboxError
from grader.rehearsal import alone
from grader.rehearsal.cast import Script
from grader.rehearsal.trials import Played
from grader.trusted import Judge, order

VISIBLE = "exercises/exercise-01/test_answer.py"
SHOWN = """    expect.close(student.double(x), torch.tensor([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]))
"""
REMEDY = "write what is right into the check, or move it to tests/exercise-01/."


@pytest.fixture(scope="module")
def judge():
    """The trusted process, one for all tests of this file."""
    with Judge() as started:
        yield started


@pytest.fixture
def found(written, judge):
    """Write the course with some files changed; what is found of its visible checks."""

    def find(changed=None):
        exercise = written(changed)
        stub, reference = Script.read(exercise).first()
        with alone.students_copy(course.load(exercise.stub_dir.parents[1])) as root:
            played = [
                Played(actor, _graded(judge, order(root, exercise, actor.submission, is_open=True)))
                for actor in (reference, stub)
            ]
        assert not root.exists()
        return alone.checks(played, exercise, root)

    return find


def _graded(judge, wish):
    """Grade, or give the error of the teacher's files, as the bench does."""
    try:
        return judge.grade(wish)
    except CourseError as error:
        return error


def test_checks_that_say_what_is_right(found):
    """A visible check that says what is right works where there is no reference."""
    finding = found()

    assert (finding.name, finding.is_held, finding.todo) == ("visible", True, ())
    assert finding.figures == "the visible checks work without the reference"


def test_a_check_that_asks_the_reference(found):
    """A visible check whose expectation asks the reference is named, and what to do is said."""
    finding = found({VISIBLE: (SHOWN, "    expect.same(student.double, x)\n")})

    assert finding.is_held is False
    assert finding.todo == (
        f"{VISIBLE}::test_example: a check asks the reference for double, and there is no "
        "reference here or it lacks that name; a visible check has to do without, because a "
        f"student's copy of the course has none; {REMEDY}",
    )


def test_a_check_that_takes_the_reference(found):
    """A visible check that takes the fixture `reference` loses points there, and is named."""
    finding = found({
        VISIBLE: """import pytest, torch
from grader import expect

@pytest.mark.shows("score-only")
@pytest.mark.points(1)
def test_example(student, reference):
    x = torch.ones(5, 3)
    expect.close(student.double(x), reference.double(x))
"""
    })  # fmt: skip

    assert finding.todo == (
        "in a student's copy the reference loses example: the check could not use the answer "
        f"(AttributeError); {REMEDY}",
    )


def test_a_check_that_reads_what_students_lack(found):
    """A visible check file that reads a file of the teacher's does not load there."""
    reading = "from pathlib import Path\n\n"
    reading += 'Path(__file__).parents[2].joinpath("solutions").stat()\n'
    finding = found({VISIBLE: ("import pytest, torch\n", f"import pytest, torch\n{reading}")})

    assert len(finding.todo) == 1
    assert finding.todo[0].startswith(f"{VISIBLE} does not load as a check file: ")
    assert finding.todo[0].endswith(f"Run pytest on it to see more; {REMEDY}")
    assert "grader-alone" not in finding.todo[0]


def test_the_stub_is_graded_too(found):
    """A check that asks the reference only where an answer is not written yet is found as well."""
    asking = """    try:
        student.double(x)
    except Exception:
        expect.same(student.double, x)
"""
    finding = found({VISIBLE: (SHOWN, asking)})

    assert len(finding.todo) == 1
    assert finding.todo[0].startswith(f"{VISIBLE}::test_example: a check asks the reference for")


def test_no_visible_check_is_no_fault(written, tmp_path):
    """An exercise all of whose checks are hidden offers nothing, and that is no fault."""
    exercise = written()

    assert alone.is_offered(exercise)
    (tmp_path / VISIBLE).unlink()
    assert not alone.is_offered(exercise)
    assert alone.none_offered().is_held is None


def test_a_course_that_cannot_be_copied(written):
    """Where a file cannot be copied, that is our failure and no finding."""
    exercise = written()
    here = course.load(exercise.stub_dir.parents[1])
    (here.root / "gradebook.yml").unlink()

    told = r"the course cannot be copied to .*; is there room"
    with pytest.raises(SandboxError, match=told), alone.students_copy(here):
        pass
