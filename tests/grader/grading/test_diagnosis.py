"""What explains a lost check: the exercise's mistakes, then torch's errors, then signatures."""

import shutil

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

NEGATED = '''
@mistake(of="double", loses=("doubles", "gradient"))
def negated(x):
    """The sign is flipped."""
    return -2 * x
'''


def named(attempt):
    """List the mistakes that an attempt names."""
    return [v.diagnosis and v.diagnosis.mistake for v in attempt.verdicts]


def test_signature_is_named_where_no_mistake_fits(made):
    """Where no mistake fits, one transformation that explains the values is told."""
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED).grade("def double(x): return 4 * x")

    assert named(attempt) == ["signature:twice", None]
    assert attempt.verdicts[0].diagnosis.text == (
        "Every value of the result is exactly twice the right one: a factor 2 is too many."
    )


def test_mistake_of_the_exercise_goes_before_a_signature(made):
    """An answer that a mistake and a signature explain gets the mistake's sentence."""
    attempt = made(HIDDEN, points="2", mistakes=NEGATED).grade("def double(x): return -2 * x")

    assert named(attempt) == ["negated", "negated"]


def test_two_mistakes_alike_silence_the_signatures(made):
    """Where two mistakes fit, a signature that fits as well says nothing."""
    twin = NEGATED.replace("negated", "opposite")
    attempt = made(HIDDEN, points="2", mistakes=NEGATED + twin).grade("def double(x): return -2*x")

    assert named(attempt) == [None, None]


def test_error_is_translated_where_no_mistake_fits(made):
    """A raised error that no mistake raises is told in a beginner's words; the message stays."""
    attempt = made(HIDDEN, points="2", mistakes=TRIPLED).grade(
        "def double(x):\n    return (2 * x).reshape(2)\n"
    )
    found = attempt.verdicts[0]

    assert named(attempt) == ["torch:reshape"] * 2
    assert found.message.startswith("RuntimeError: shape '[2]' is invalid for input of size 3\n")


def test_mistake_of_the_exercise_goes_before_a_translation(made):
    """An error that a mistake raises too gets the mistake's sentence."""
    raising = """
    @mistake(of="double", loses=("doubles", "gradient"))
    def squeezed(x):
        '''The tensor is put into a shape of two.'''
        return (2 * x).reshape(2)
    """
    source = "def double(x):\n    return (2 * x).reshape(2)\n"
    attempt = made(HIDDEN, points="2", mistakes=raising).grade(source)

    assert named(attempt) == ["squeezed", "squeezed"]


def test_error_that_the_check_meets_in_the_answer_is_translated(made):
    """What torch says when the check uses the answer is translated as well."""
    attempt = made(HIDDEN, points="2").grade("def double(x): return (2 * x).detach()")

    assert named(attempt) == [None, "torch:no_history"]


def test_error_while_loading_is_translated(made):
    """An error at the top of the file is translated for every check."""
    attempt = made(HIDDEN, points="2").grade("x = np.zeros(3)\ndef double(x): return 2 * x\n")

    assert named(attempt) == ["torch:not_imported"] * 2


def test_stub_is_not_explained(made):
    """A stub is not written yet, which needs no explanation."""
    assert named(made(HIDDEN, points="2").grade()) == [None, None]


def test_diagnosis_without_a_reference(made):
    """In a student's copy errors are translated and values explained, without a reference."""
    course = made(HIDDEN, visible=HIDDEN, points="2")
    shutil.rmtree(course.root / "solutions")
    shutil.rmtree(course.root / "tests")

    assert named(course.grade("def double(x): return 4 * x")) == ["signature:twice", None]
    assert named(course.grade("def double(x): return x.vew(3)")) == ["torch:no_attribute"] * 2


def test_sizes_of_the_arguments_are_known(made):
    """A factor is told as a size where it is one of the tensors that went in."""
    reference = "def double(x):\n    return x.mean(1)\n"
    hidden = """
    @pytest.mark.points(1)
    def test_means(student, normal):
        '''It averages.'''
        expect.same(student.double, normal(3, 7))
    """
    attempt = made(hidden, reference=reference).grade("def double(x): return x.sum(1)")

    assert named(attempt) == ["signature:size_times"]
    assert "7 is a size in this check" in attempt.verdicts[0].diagnosis.text
