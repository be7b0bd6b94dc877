"""What went into the call that a check refuses: the right call, or none, and no more than is told.

`double` and `half` are the functions. Checks are visible and there is no reference, as in a
student's copy, unless a test says otherwise.
"""

import shutil
import textwrap
from dataclasses import replace

import pytest

from grader import given
from grader.records import Outcome
from grader.trusted import Judge


@pytest.fixture
def lost(made):
    """Give the line of the only check that a body makes, tried with a submission."""

    def call(body, source, *, is_hidden=False, head="", stub=None):
        mark = '@pytest.mark.points(1)\ndef test_it(student, normal):\n    """It is right."""\n'
        check = f"{head}\n{mark}{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
        anything = "def double(*all, **more): return None"
        course = made(check, visible="" if is_hidden else check, reference=anything)
        if not is_hidden:
            shutil.rmtree(course.root / "solutions")
            shutil.rmtree(course.root / "tests")
        if stub:
            (course.root / "exercises/exercise-01/answer.py").write_text(stub)
        found = course.grade(source).verdicts[0]
        assert found.outcome is not Outcome.PASSED, found
        return found.evidence.given if found.evidence else ""

    return call


WRONG = "def double(x): return 3 * x\ndef half(x): return x\n"


def test_a_small_tensor_is_written_with_its_numbers(lost):
    """Few numbers stand in the line, so that it can be pasted."""
    body = "x = torch.tensor([1.0, 2.5])\nexpect.close(student.double(x), 2 * x)"

    assert lost(body, WRONG) == "double(x=tensor([1.0, 2.5]))"


def test_a_large_tensor_is_written_by_its_form(lost):
    """Many numbers are not written, but dtype and shape."""
    body = "x = normal(3, 5, dtype=torch.float64)\nexpect.close(student.double(x), 2 * x)"

    assert lost(body, WRONG) == "double(x: float64 (3, 5))"


def test_of_a_hidden_check_no_number_is_written(lost):
    """What a hidden check hands over is told by its form alone, whatever it is."""
    body = """
    x = torch.tensor([48151.0], requires_grad=True)
    student.double([x, 48151, "48151", {"48151": 2}], 48151, y=nn.Linear(3, 5))
    """
    source = "def double(x, *more, y): raise ValueError('no')"

    assert lost(body, source, is_hidden=True) == "double(x: list of 4, int, y: Linear)"


def test_whether_gradients_are_asked_for_is_told_of_a_hidden_check(lost):
    """Asking for gradients belongs to the form of a tensor."""
    body = "x = normal(3).requires_grad_()\nassert student.double(x) is None"

    assert lost(body, WRONG, is_hidden=True) == "double(x: float32 (3,) requires_grad)"


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("[1.5, -2.0]", "x=[1.5, -2.0]"),
        ("(1,)", "x=(1,)"),
        ("list(range(9))", "x: list of 9"),
        ("'a'", "x='a'"),
        ("'a' * 99", "x: str"),
        ("None", "x=None"),
        ("{'a': 1}", "x: dict of 1"),
        ("torch.ones(2, dtype=torch.int32)", "x=tensor([1, 1], dtype=torch.int32)"),
        ("torch.ones(2, requires_grad=True)", "x=tensor([1.0, 1.0], requires_grad=True)"),
        ("torch.ones(2, device='meta')", "x: float32 (2,) on meta"),
        ("nn.Linear(1, 2)", "x: Linear(in_features=1, out_features=2, bias=True)"),
        ("nn.Sequential(nn.Linear(1, 2))", "x: Sequential"),
        ("torch.optim.SGD(nn.Linear(1, 2).parameters(), lr=0.5)", "x: SGD(lr=0.5)"),
    ],
)
def test_how_a_value_is_written(lost, argument, text):
    """Plain values stand as Python reads them, all else by kind and size."""
    source = "def double(x): raise ValueError('no')"

    assert lost(f"student.double({argument})", source) == f"double({text})"


def test_names_of_parameters_are_those_of_the_stub(lost):
    """Positions get the names that the exercise gives; what it does not name has none."""
    stub = "class Net:\n    def __init__(self, width): pass\ndef double(a, b=2): pass\n"
    source = "def double(*all, **more): return 1"
    body = "assert student.double(1, 2, 3, c=4) == 2"

    assert lost(body, source, stub=stub) == "double(a=1, b=2, 3, c=4)"
    assert lost(body, source, stub="def double(:\n") == "double(1, 2, 3, c=4)"


def test_the_first_of_two_results_is_known_again(lost):
    """Of two calls that were made before either is judged, the one that is refused is told."""
    body = """
    first, second = student.double(torch.tensor(1.0)), student.double(torch.tensor(2.0))
    expect.close(first, torch.tensor(2.0))
    expect.close(second, torch.tensor(4.0))
    """
    second = "def double(x): return 2 * x if x == 1 else x"

    assert lost(body, WRONG) == "double(x=tensor(1.0))"
    assert lost(body, second) == "double(x=tensor(2.0))"


def test_the_call_in_the_failing_line_is_meant(lost):
    """A plain assert means the last call in its own line."""
    body = """
    assert student.half(2.0) == 2.0
    assert student.double(3.0) == 6.0
    """

    assert lost(body, WRONG) == "double(x=3.0)"


def test_the_call_that_an_expectation_makes_itself_is_meant(lost):
    """Of the calls of an expectation the first is told, which has the inputs of the check."""
    body = """
    student.half(1.0)
    expect.independent(student.double, torch.tensor([[1.0], [2.0]]))
    """
    source = "def double(x): return x - x.mean(0)\ndef half(x): return x\n"

    assert lost(body, source) == "double(x=tensor([[1.0], [2.0]]))"


def test_which_of_several_calls_is_meant_may_be_unknown(lost):
    """Where it is not clear which call is meant, none is told."""
    body = """
    one = student.double(1.0)
    two = student.half(2.0)
    total = one + two
    assert total == 3.0
    """

    assert lost(body, WRONG) == ""


def test_of_several_calls_that_give_none_the_first_is_told(lost):
    """Whatever gives None may be named, and what is judged first was called first."""
    body = """
    one = student.double(1.0)
    two = student.double(2.0)
    expect.equal(one, 2.0)
    """

    assert lost(body, "def double(x): pass") == "double(x=1.0)"


def test_a_call_that_does_not_come_back_is_told(lost):
    """What hung or died is told with what went in."""
    body = "student.double(1.0)\nstudent.half(3.0)"
    hangs = "def double(x): return x\ndef half(x):\n    while True: pass\n"
    dies = "import os\ndef double(x): return x\ndef half(x): os._exit(1)\n"

    assert lost(body, hangs) == "half(3.0)"
    assert lost(body, dies) == "half(3.0)"


def test_a_call_that_raises_is_told(lost):
    """What raised is told with what went in."""
    assert lost("student.double(1.0)", "def double(x): return x.y") == "double(x=1.0)"


def test_values_are_those_before_the_call(lost):
    """What the call changes in its arguments is told as it was handed over."""
    body = "x = torch.tensor([1.0])\nexpect.close(student.double(x), 2 * x)"
    source = "def double(x):\n    x += 5\n    return x\n"

    assert lost(body, source) == "double(x=tensor([1.0]))"


def test_values_of_the_check_file_are_those_before_the_check(lost):
    """A tensor of the check file that the student's call has changed is told as it was written."""
    body = "expect.close(student.double(X), torch.tensor([2.0]))"
    source = "def double(x):\n    x += 5\n    return x\n"

    assert lost(body, source, head="X = torch.tensor([1.0])") == "double(x=tensor([1.0]))"


def test_a_backward_pass_is_told_with_its_call(lost):
    """What goes wrong in a backward pass is told with the call that it belongs to."""
    body = """
    x = torch.tensor([1.0], requires_grad=True)
    student.double(x).sum().backward()
    expect.close(x.grad, torch.tensor([2.0]))
    """

    assert lost(body, WRONG) == "double(x=tensor([1.0], requires_grad=True))"


@pytest.mark.parametrize(
    "source",
    [
        "def double(x):\n    raise NotImplementedError('double: exercise 01')",
        "def half(x): return x",
    ],
)
def test_what_is_not_written_needs_no_call(lost, source):
    """A stub has nothing to explain, and a function that is missing was not called."""
    assert lost("student.double(1.0)", source) == ""


def test_a_check_that_cannot_be_repeated_tells_no_call(lost):
    """Where the check asks something else the second time, nothing is told."""
    body = "n = time.time_ns()\nassert student.double(n) == 0, f'{n} is wrong'"

    assert lost(body, "def double(x): return x", head="import time") == ""


def test_a_check_that_counts_is_repeated_from_its_beginning(lost):
    """What a check has changed in the values of its file is as it was when it is repeated."""
    body = "COUNT.append(1)\nassert student.double(len(COUNT)) == 0"

    assert lost(body, "def double(x): return x", head="COUNT = []") == "double(x=1)"


def test_a_check_of_many_calls_is_not_repeated(lost):
    """A check that asks hundreds of times is no example."""
    loop = f"for n in range({given.MOST_CALLS}): student.half(n)"
    source = "def double(x): return x\ndef half(x): return x\n"

    assert lost(f"{loop}\nassert student.double(3) == 6", source) == ""


def test_a_long_line_falls_back_to_forms(lost):
    """Where the values make a line too long, forms stand in it."""
    body = "student.double(*[['x' * 50] * 3] * 4)"

    assert lost(body, "def double(*a): return a.b") == (
        "double(x: list of 3, list of 3, list of 3, list of 3)"
    )


def test_nothing_is_held_of_a_lost_check(made, tmp_path):
    """Once a lost check is judged its tensors are gone, without a collection of garbage."""
    log = tmp_path / "log"
    course = made(f'''
        import gc
        SIZE = 70001

        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            gc.disable()
            large = [o for o in gc.get_objects() if type(o) is torch.Tensor and o.numel() == SIZE]
            with open("{log}", "a") as file:
                file.write(f"{{len(large)}} ")
            expect.same(student.double, torch.ones(SIZE))
    ''')
    first = []
    with Judge() as own:
        for factor in (3, 4, 5):
            before = len(log.read_text().split()) if log.exists() else 0
            replace(course, judge=own).grade(f"def double(x):\n    return {factor} * x\n")
            first.append(log.read_text().split()[before])

    assert first == ["0", "0", "0"]
