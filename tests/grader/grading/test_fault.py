"""Whose fault it was: what a check raises, held against what the reference gets from it."""

import re
import shutil

import pytest

from grader.errors import CourseError, Evidence
from grader.records import Outcome
from grader.reports import attempt as report

DOUBLES = '''
@pytest.mark.points(1)
def test_doubles(student, normal):
    """It doubles."""
    x = normal(3)
    expect.close(student.double(x), 2 * x)
'''

SEEN = '''
from grader.errors import Evidence, Mismatch

@pytest.mark.points(1)
def test_seen(student):
    """It is two."""
    if student.double(torch.tensor(1.0)) != 2:
        seen = Evidence("values", "the result", "3", "2", "[0]", 1.0, 0.5)
        raise Mismatch("It is three.", seen, around=("[3.0]", "[2.0]"))
'''


def outcomes(attempt):
    """List how the checks of an attempt ended."""
    return [str(v.outcome) for v in attempt.verdicts]


def test_check_at_fault_is_the_teachers(made):
    """A check that stumbles on the reference too is the teacher's error, and nothing is scored."""
    hidden = '''
    @pytest.mark.points(1)
    def test_broken(student):
        """It is broken."""
        student.double(torch.ones(3)).no_such_method()
    '''
    with pytest.raises(CourseError, match="The check is at fault; no score was given"):
        made(hidden).grade("def double(x): return 3 * x")


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("expect.close(student.double(x), 3 * x)", r"The result is off by up to .*"),
        ("assert student.double(x) is None", r"the assert in line \d+ does not hold"),
        ("assert False, 'it is wrong'", "AssertionError: it is wrong"),
        ("pytest.fail('it is wrong')", "it is wrong"),
        ("student.no_such_name(x)", r"exercise-01 has no function `no_such_name`\. Keep .*"),
    ],
)
def test_expectation_that_the_reference_does_not_meet(made, complaint, said):
    """A check that the reference does not pass is the teacher's error, and nothing is scored."""
    hidden = f"""
    @pytest.mark.points(1)
    def test_wrong(student, normal):
        '''It is wrong.'''
        x = normal(3)
        {complaint}
    """
    with pytest.raises(CourseError) as caught:
        made(hidden).grade("def double(x): return x")

    assert re.fullmatch(
        r"tests/exercise-01/test_answer\.py::test_wrong is not passed by the reference either\. "
        rf"With the reference: {said}\. "
        r"Either the check or the reference is wrong; no score was given\.",
        str(caught.value),
    )


def test_expectation_without_a_reference_is_the_students(made):
    """In a student's copy, where there is no reference, an expectation not met has failed."""
    course = made(DOUBLES, visible=DOUBLES.replace("doubles", "twice"), points="1")
    shutil.rmtree(course.root / "solutions")
    shutil.rmtree(course.root / "tests")
    attempt = course.grade("def double(x): return 3 * x")

    assert outcomes(attempt) == ["failed"]


def test_stub_asks_no_reference(made):
    """An untouched stub is not written yet, also where the check could not be passed."""
    hidden = DOUBLES.replace("2 * x", "3 * x")

    assert outcomes(made(hidden).grade()) == ["raised"]


KEPT = """
X = torch.tensor([1.0, 2.5, 4.0])

@pytest.mark.points(1)
def test_doubles(student):
    '''It doubles.'''
    expect.close(student.double(X), torch.tensor([2.0, 5.0, 8.0]))
"""


def test_what_a_student_leaves_in_the_check_file_is_no_fault_of_the_check(made, verdict):
    """A tensor of the check file that the student's call has changed does not accuse the check."""
    found = verdict(made(KEPT).grade("def double(x):\n    x += 1\n    return 2 * x\n"))

    assert found.outcome is Outcome.FAILED
    assert found.message.startswith("The result is off by up to 2 ")


def test_wrong_check_is_told_although_the_student_changes_its_tensors(made):
    """A check that the reference does not pass is found out with its file read anew."""
    with pytest.raises(CourseError, match="not passed by the reference either"):
        made(KEPT.replace("8.0", "9.0")).grade("def double(x):\n    x += 1\n    return 2 * x\n")


def test_evidence_of_a_visible_check_is_told(made):
    """What an expectation saw stands in the verdict, with the right value among its neighbours."""
    course = made(DOUBLES, visible=SEEN, points="2")
    evidence = course.grade("def double(x): return 3 * x").verdicts[0].evidence

    given = "double(x=tensor(1.0))"
    seen = Evidence("values", "the result", "[3.0]", "[2.0]", "[0]", 1.0, 0.5, given=given)
    assert evidence == seen


@pytest.mark.parametrize(("asked", "wanted"), [("values", ""), ("shape", "2")])
def test_evidence_of_a_hidden_check_keeps_the_right_value(made, verdict, asked, wanted):
    """Of a hidden check the right value stays here; the right shape is told."""
    hidden = SEEN.replace('"values"', repr(asked))
    found = verdict(made(hidden).grade("def double(x): return 3 * x"))

    given = "double(x: float32 ())"
    seen = Evidence(asked, "the result", "3", wanted, "[0]", 1.0, 0.5, given=given)
    assert found.evidence == seen


def test_evidence_is_fit_for_json(made, verdict):
    """Numbers that JSON lacks are left out, and texts are bounded."""
    hidden = SEEN.replace("1.0, 0.5", "float('inf'), float('nan')").replace('"3"', '"3" * 5000')
    attempt = made(hidden).grade("def double(x): return 3 * x")
    evidence = verdict(attempt).evidence

    assert (evidence.got, evidence.off, evidence.allowed) == ("3" * 500, None, None)
    assert report.from_json(report.to_json(attempt)).verdicts[0].evidence == evidence


def test_what_cannot_cross_is_the_teachers(made):
    """A check that hands over what cannot cross ends with that sentence alone."""
    hidden = DOUBLES.replace("student.double(x)", "student.double(lambda: x)")
    with pytest.raises(CourseError) as caught:
        made(hidden).grade("def double(x): return 2 * x")

    assert str(caught.value).startswith("the check hands double a function, which cannot cross")


def test_skipping_check_accuses_nobody(made):
    """A check that skips itself once the answer is right is no refusal of the reference."""
    hidden = """
    @pytest.mark.points(1)
    def test_skips(student):
        '''It skips.'''
        assert student.double(torch.tensor(1.0)) == 2
        pytest.skip("enough")
    """

    assert outcomes(made(hidden).grade("def double(x): return x")) == ["failed"]
