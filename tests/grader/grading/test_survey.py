"""The survey: what checks hand over, how large it is, what the reference needs, what is listed."""

import pytest

from grader.errors import CourseError
from grader.records import Source, Submission
from grader.trusted import Judge, order

VISIBLE = '''
@pytest.mark.points(1)
def test_seen(student):
    """It is seen."""
    student.double(torch.ones(2, 3))
'''
HIDDEN = '''
@pytest.mark.points(1)
def test_calls(student, normal):
    """Two calls, one with what the visible check shows, one with a module and a parameter."""
    student.double(torch.ones(2, 3))
    student.half(normal(5, 3, 2, requires_grad=True))

@pytest.mark.points(1)
def test_heavy(student):
    """It needs time and memory."""
    student.double(torch.ones(16 << 20))
    assert student.half(4.0) == 2.0
'''
MISTAKES = '''
@mistake(of="double", loses=("calls", "heavy"))
def tripled(x):
    """Three times."""
    return 3 * x
'''


@pytest.fixture
def survey(made):
    """Survey a made-up course."""

    def run(*args, **named):
        course = made(*args, points="3", **named)
        submission = Submission("", (Source("answer.py", course.reference),), "0" * 64)
        wish = order(course.root, course.exercise, submission, do="survey")
        return course.judge.survey(wish)

    return run


def test_what_is_surveyed(survey):
    """Calls with shapes and digests, the needs of each check, and the marked functions."""
    found = survey(HIDDEN, visible=VISIBLE, mistakes=MISTAKES)
    first, second, third, fourth, fifth = found["calls"]

    assert [(c["function"], c["check"]) for c in found["calls"]] == [
        ("double", "seen"), ("double", "calls"), ("half", "calls"), ("double", "heavy"),
        ("half", "heavy"),
    ]  # fmt: skip
    assert (first["is_visible"], second["is_visible"]) == (True, False)
    assert first["digest"] == second["digest"] != third["digest"]
    assert (third["inputs"], third["outputs"]) == ([[5, 3, 2]], [[5, 3, 2]])
    assert (fourth["inputs"], fifth["inputs"]) == ([[16 << 20]], [])
    assert found["mistakes"] == [["tripled", "double", ["calls", "heavy"]]]
    assert found["variants"] == []


def test_needs_are_measured(survey):
    """CPU seconds and the peak of memory are those of the child, within its check."""
    needs = survey(HIDDEN, visible=VISIBLE)["needs"]

    assert list(needs) == ["seen", "calls", "heavy"]
    assert 0 < needs["calls"]["cpu_s"] < needs["heavy"]["cpu_s"] < 5
    assert 0 < needs["calls"]["load_s"] < 2
    # 64 MiB come in, and as many go out.
    assert needs["calls"]["peak_bytes"] < 32 << 20
    assert 128 << 20 <= needs["heavy"]["peak_bytes"] < 512 << 20


def test_mistakes_that_do_not_run(survey):
    """A file of mistakes that does not run is the teacher's fault."""
    with pytest.raises(CourseError, match=r"mistakes.py: running it raised"):
        survey(HIDDEN, visible=VISIBLE, mistakes="1 / 0")


BEGINNING = '''
@pytest.mark.points(1)
def test_begun(student):
    """What this side begins with is handed over."""
    student.double((torch.get_num_threads(), str(torch.get_default_dtype())))
'''
TOLD = """
import torch
LOADED = str(torch.get_default_dtype())
def double(x):
    torch.ones(500, 500) @ torch.ones(500, 500)
    raise ValueError((x, torch.get_num_threads(), str(torch.get_default_dtype()), LOADED))
"""


@pytest.mark.parametrize(
    ("words", "threads", "dtype"), [((), 1, "float32"), ((2, "float64"), 2, "float64")]
)
def test_what_checks_begin_with(made, words, threads, dtype):
    """Threads and default dtype are what the judge was started with, on both sides of the wall."""
    course = made(BEGINNING)
    with Judge(*words) as judge:
        graded = type(course)(course.root, judge).grade(TOLD)

    shown = f"(({threads}, 'torch.{dtype}'), {threads}, 'torch.{dtype}', 'torch.{dtype}')"
    assert shown in graded.verdicts[0].message


def test_isolation_and_time_of_an_order(made):
    """An order may ask for a child for each check, and for less time than the exercise has."""
    count = "import os\nSEEN = []\ndef double(x):\n    while True: pass\n"
    course = made(VISIBLE.replace("seen", "hangs"))
    graded = course.grade(count, time_s=0.25, isolation="check")

    assert graded.verdicts[0].message.startswith("stopped after 0.25 s of computing")
