"""What the author knows: the reference as a control, and the mistakes that get named."""

import gc
import weakref

import pytest
import torch

from grader.errors import CourseError
from grader.known import Known, forget_values, let_go
from grader.records import Outcome
from grader.replay import Transcript

HIDDEN = '''
@pytest.mark.points(1)
def test_doubles(student, normal):
    """It doubles."""
    x = normal(3)
    expect.close(student.double(x), 2 * x)


@pytest.mark.points(1)
def test_gradient(student, normal):
    """Its gradient is 2."""
    x = normal(3, requires_grad=True)
    student.double(x).sum().backward()
    assert x.grad is not None
    expect.close(x.grad, torch.full_like(x, 2.0))
'''

TRIPLED = '''
@mistake(of="double", loses=("doubles", "gradient"))
def tripled(x):
    """The result is three times the argument."""
    return 3 * x
'''

DETACHED = '''
@mistake(of="double", loses="gradient")
def detached(x):
    """No gradient reaches the argument."""
    return 2 * x.detach()
'''

NEGATED = '''
@mistake(of="double", loses=("doubles", "gradient"))
def negated(x):
    """The sign is flipped."""
    return -2 * x
'''


def named(attempt):
    """List the mistakes that an attempt names."""
    return [v.diagnosis and v.diagnosis.mistake for v in attempt.verdicts]


def test_mistake_is_named_by_its_values(made):
    """An answer that equals a known mistake gets that mistake's sentence."""
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED + NEGATED).grade(
        "def double(x): return x + x + x"
    )

    assert named(attempt) == ["tripled", "tripled"]
    assert attempt.verdicts[0].diagnosis.text == "The result is three times the argument."


def test_mistake_is_named_by_its_gradient(made):
    """A mistake that shows only in the gradient is named where the gradient is checked."""
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED + DETACHED).grade(
        "def double(x): return (2 * x).detach()"
    )

    assert named(attempt) == [None, "detached"]


def test_unknown_mistake_stays_unnamed(made):
    """An answer that no known mistake gives, and no signature, is not explained."""
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED + NEGATED).grade(
        "def double(x): return 2 * x + 0.3 * x**3"
    )

    assert named(attempt) == [None, None]


def test_two_mistakes_alike_stay_silent(made):
    """Where two mistakes fit, none is named."""
    twin = TRIPLED.replace("tripled", "thrice")
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED + twin).grade("def double(x): return 3*x")

    assert named(attempt) == [None, None]


def test_a_near_second_mistake_stays_silent(made):
    """Where a second mistake is nearly as near, none is named."""
    near = TRIPLED.replace("tripled", "nearly").replace("3 * x", "3.0005 * x")
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED + near).grade("def double(x): return 3*x")

    assert named(attempt) == [None, None]


def test_passed_check_rules_a_mistake_out(made):
    """A mistake that would have lost a check which the student passed is not named."""
    alike = DETACHED.replace('loses="gradient"', 'loses=("doubles", "gradient")')
    attempt = made(HIDDEN, points="2", mistakes=alike).grade("def double(x): return 2*x.detach()")

    assert "detached" not in named(attempt)


def test_raised_mistake_is_named(made):
    """A mistake that raises is recognized by the error and its words."""
    raising = '''
    @mistake(of="double", loses=("doubles", "gradient"))
    def stacked(x):
        """The tensor is stacked with a number, which torch refuses."""
        return torch.stack([x, 2])
    '''
    attempt = made(HIDDEN, points="2", mistakes=raising).grade(
        "import torch\ndef double(x): return torch.stack([x, 2])"
    )

    assert named(attempt) == ["stacked", "stacked"]
    assert attempt.verdicts[0].outcome is Outcome.RAISED


def test_mistake_in_a_function_that_another_calls(made):
    """A mistake is tried as a whole file, so a function that calls the wrong one is explained."""
    reference = "def double(x):\n    return 2 * x\n\ndef four(x):\n    return double(double(x))\n"
    hidden = '''
    @pytest.mark.points(1)
    def test_four(student, normal):
        """It doubles twice."""
        x = normal(3)
        expect.close(student.four(x), 4 * x)
    '''
    tripled = TRIPLED.replace('loses=("doubles", "gradient")', 'loses="four"')
    course = made(hidden, mistakes=tripled, reference=reference)
    attempt = course.grade("def double(x): return 3*x\ndef four(x): return double(double(x))")

    assert named(attempt) == ["tripled"]


def test_mistakes_that_do_not_run_are_the_teachers(made):
    """A mistakes.py that raises is the teacher's error."""
    with pytest.raises(CourseError, match=r"mistakes\.py"):
        made(HIDDEN, points="2", mistakes="1 / 0\n").grade("def double(x): return x")


def test_right_answers_do_not_read_the_mistakes(made):
    """A right submission does not pay for the mistakes: a broken mistakes.py goes unnoticed."""
    course = made(HIDDEN, points="2", mistakes="1 / 0\n")

    assert course.grade(course.reference).score.earned == 2


def test_frames_are_let_go():
    """What a failed check holds is freed without a collection of garbage."""
    held = []

    def fail():
        answer = torch.ones(3)
        held.append(weakref.ref(answer))
        cause = ValueError("it holds itself by way of this frame")
        try:
            raise cause
        except ValueError:
            raise AssertionError from cause

    gc.disable()
    try:
        with pytest.raises(AssertionError) as caught:
            fail()
        raised = caught.value
        del caught
        is_held = held[0]() is not None
        let_go(raised)

        assert is_held
        assert held[0]() is None
    finally:
        gc.enable()


def test_values_that_somebody_looked_at_are_forgotten():
    """What a frame holds is freed though it was looked at, and where it stands is still known."""
    held = []

    def fail():
        answer = torch.ones(3)
        held.append(weakref.ref(answer))
        raise AssertionError

    with pytest.raises(AssertionError) as caught:
        fail()
    raised = caught.value
    del caught
    frame = raised.__traceback__.tb_next.tb_frame
    is_held = frame.f_locals["answer"] is held[0]()
    forget_values(raised)

    assert is_held
    assert held[0]() is None
    assert frame.f_code.co_name == "fail"


def test_what_is_known_is_asked_once_for_a_seed(made):
    """A check that the reference passes is run with it once for each seed."""
    exercise, asked = made(HIDDEN, points="2").exercise, []
    known = Known(exercise)

    def run(student):
        asked.append(student.double(torch.ones(3)))

    controls = [known.control("doubles", seed, run) for seed in (1, 1, 2, 2)]

    assert len(asked) == 2
    assert all(len(control.answers.outline.answers) == 1 for control in controls)


def test_a_refusal_is_not_remembered(made):
    """A check that refused the reference is run again: its file may have been read anew."""
    known = Known(made(HIDDEN, points="2").exercise)

    first = known.control("doubles", 1, lambda student: AssertionError("no"))
    then = known.control("doubles", 1, lambda student: None)

    assert first.is_refusal
    assert not then.is_refusal


def test_large_answers_are_asked_again(made):
    """Of large answers the form is remembered, and whoever wants their values runs them again."""
    known, asked = Known(made(HIDDEN, points="2").exercise), []

    def run(student):
        asked.append(student.double(torch.ones(1 << 21)))

    play = [known.control("doubles", 1, run).answers for _ in range(2)][1]

    assert len(asked) == 1
    assert play.outline.answers[0].blocks[0].shape == (1 << 21,)
    assert play.answers(Transcript()).size == 8 << 20
    assert len(asked) == 2


def test_the_second_with_a_mistake_is_told_what_the_first_was(made):
    """What is remembered of one submission changes nothing for the next."""
    course = made(HIDDEN, points="2", mistakes=TRIPLED + DETACHED + NEGATED)
    answers = ["3 * x", "(2 * x).detach()", "-2 * x", "3 * x", "2 * x.detach()", "x / x * 3 * x"]
    tripled, cut, negated = ["tripled"] * 2, [None, "detached"], ["negated"] * 2

    told = [named(course.grade(f"def double(x): return {answer}")) for answer in answers]

    assert told == [tripled, cut, negated, tripled, cut, tripled]
