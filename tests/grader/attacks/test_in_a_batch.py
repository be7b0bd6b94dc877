"""The whole list in one batch, a right submission between any two attacks."""

import os

import pytest

from grader import attack, batch, course, doctor
from grader.arena import CORPUS
from grader.judges import Job, Settings
from grader.records import Outcome, Source, Submission

ROOT = CORPUS / "course"
CASES = attack.read_cases(CORPUS)
RIGHT = (CORPUS / "bases" / "right.py").read_text(encoding="utf-8")


def unearned(attempt, allows):
    """What of an attempt is not as `allows` would have it, and what was said of it."""
    return [
        f"{v.check.id}: {v.outcome}, {v.message}"
        for v in attempt.verdicts
        if not allows(v.check.id, v.outcome)
    ]


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
        each.job.student: each.attempt
        for each in batch.grade(Settings(ROOT, 2, confine="strict"), [exercise], jobs)
    }

    assert set(graded) == {each.student for each in jobs}
    for number, case in enumerate(CASES):
        beside = unearned(graded[f"{number}"], lambda check, outcome: outcome is Outcome.PASSED)
        assert not beside, f"the neighbour of {case.name}"
        assert not unearned(graded[case.name], lambda c, o, case=case: o in case.allowed(c)), case
