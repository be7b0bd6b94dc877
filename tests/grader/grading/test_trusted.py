"""Speaking with the trusted process: attempts, named errors, and a judge that dies."""

import os
import signal

import pytest

from grader.errors import CourseError, SandboxError
from grader.trusted import Judge

ONE = '''
@pytest.mark.points(1)
@pytest.mark.parametrize("turn", range(1))
def test_one(student, turn):
    """It is one."""
    assert student.double(0) == 0
'''


def test_progress_is_told(made):
    """The caller hears after each check how many are done."""
    course = made(ONE.replace("range(1)", "range(3)"), points="3")
    from_judge = []
    wish = {
        "do": "grade",
        "root": str(course.root),
        "exercise": "exercise-01",
        "submission": {"path": "x", "digest": "0" * 64, "sources": [["answer.py", "", []]]},
        "device": "cpu",
        "seed": None,
        "confine": "auto",
    }
    course.judge.grade(wish, lambda done, of: from_judge.append((done, of)))

    assert from_judge == [(1, 3), (2, 3), (3, 3)]


def test_errors_keep_their_class(made):
    """An error that the judge names is raised as what it is, and the judge goes on."""
    wrong, right = made("def test_x(:\n"), None
    with pytest.raises(CourseError):
        wrong.grade()
    right = made(ONE)

    assert right.grade("def double(x): return x").score.earned == 1


def test_dead_judge_is_our_fault(made):
    """A judge that is killed is an error of ours, with its last words."""
    course = made(ONE)
    with Judge() as judge:
        os.kill(judge._process.pid, signal.SIGKILL)
        with pytest.raises(SandboxError, match="ended without a result; nothing was graded"):
            type(course)(course.root, judge).grade("def double(x): return x")
