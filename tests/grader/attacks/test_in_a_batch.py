"""The whole list in one batch, a right submission between any two attacks."""

import os

import pytest

from grader import attack, batch, course, doctor
from grader.arena import CORPUS
from grader.judges import Job, Settings
from grader.records import Source, Submission

ROOT = CORPUS / "course"
CASES = attack.read_cases(CORPUS)
RIGHT = (CORPUS / "bases" / "right.py").read_text(encoding="utf-8")


def told(attempt):
    """Each check's outcome."""
    return {v.check.id: v.outcome for v in attempt.verdicts}


@pytest.mark.skipif(not doctor.can_confine(doctor.examine()), reason="there are no walls here")
def test_attacks_in_the_middle_of_a_batch():
    """Attacks get what they may, and the right submissions around them all that they earn."""
    exercise = course.load(ROOT).exercises[0]

    def job(name, text):
        submission = Submission(name, (Source(exercise.files[0], text),), "0" * 64)
        return Job(name, exercise, submission)

    jobs = [
        each
        for number, case in enumerate(CASES)
        for each in (job(case.name, case.text(os.getpid(), ROOT)), job(f"{number}", RIGHT))
    ]
    graded = {
        each.job.student: told(each.attempt)
        for each in batch.grade(Settings(ROOT, 2, confine="strict"), [exercise], jobs)
    }

    assert set(graded) == {each.student for each in jobs}
    for number, case in enumerate(CASES):
        assert set(graded[f"{number}"].values()) == {"passed"}, f"the neighbour of {case.name}"
        wrong = {c: o for c, o in graded[case.name].items() if o not in case.allowed(c)}
        assert not wrong, case.name
