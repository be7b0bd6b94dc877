"""Transcripts: what a submission answered, and how far two of them are apart."""

import contextlib
import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from grader.replay import Match, Play, Transcript, distance, nearest, within

X = torch.tensor([1.0, 2.0, 3.0])


def played(source, use, seed=3):
    """Play a source in the student's place."""
    module = ModuleType("played")
    exec(source, vars(module))
    student, transcript = within(module, seed, {})
    use(student)
    return transcript


def doubled(factor):
    """Play a function that multiplies by a factor."""
    return played(f"def f(x): return x * {factor}", lambda student: student.f(X))


def known(transcript):
    """Give answers that have been played before, as what is known of an exercise."""
    return Play(transcript.outline(), None, lambda like: transcript)


def test_same_answers_are_not_apart():
    """Two runs of one answer are at distance 0."""
    assert distance(doubled(2), doubled(2)) == 0


def test_rounding_is_within_one():
    """A difference of rounding is less than the tolerance."""
    assert 0 < distance(doubled(2), doubled(2.00001)) < 1


def test_difference_counts_in_tolerances():
    """A difference of a thousandth is ten tolerances of a ten-thousandth."""
    assert distance(doubled(2), doubled(2.002)) == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize(
    "other",
    [
        "def f(x): return x.double() * 2",
        "def f(x): return (x * 2)[:2]",
        "def f(x): return [x * 2]",
        "def f(x): return None",
        "def f(x): raise ValueError('no')",
        "def f(x): return x * float('nan')",
        "def f(x): x.mul_(2); return x",
        "def f(x): return (x * 2).requires_grad_()",
    ],
)
def test_other_forms_are_infinitely_apart(other):
    """Another dtype, shape, type, side effect, error or a NaN is never near."""

    def use(student):
        with contextlib.suppress(ValueError):
            student.f(X.clone())

    assert distance(doubled(2), played(other, use)) == math.inf


@pytest.mark.parametrize("place", [0, 1 << 14, -1])
@pytest.mark.parametrize("value", ["5.0", "math.nan"])
def test_one_of_many_values_counts_wherever_it_stands(place, value):
    """Large tensors are compared piece by piece, and none of the pieces is left out."""

    def use(student):
        student.f(torch.zeros(100_003))

    one = played("def f(x): return x", use)
    other = played(
        f"import math\ndef f(x):\n    x = x.clone()\n    x[{place}] = {value}\n    return x", use
    )

    assert distance(one, other) > 10


def test_comparing_large_values_takes_little_memory():
    """Two answers of 40 MB are compared in much less than another 40 MB."""
    use = "lambda student: student.f(torch.ones(10_000_000))"
    script = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import torch
from test_replay import distance, played
torch.set_num_threads(1)
one, other = (played(f"def f(x): return x * {{n}}", {use}) for n in (1, 1.00001))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert 0 < distance(one, other) < 1
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert int(ran.stdout) < 20  # MiB


def test_errors_are_compared_by_type_and_words():
    """Two errors are the same if type and text are, wherever they were raised."""

    def use(student):
        with pytest.raises(ValueError):  # noqa: PT011  Any text will do here.
            student.f(X)

    one = played("def f(x): raise ValueError('a')", use)
    far = played("def f(x):\n    y = 1\n    raise ValueError('a')", use)
    other = played("def f(x): raise ValueError('b')", use)

    assert distance(one, far) == 0
    assert distance(one, other) == math.inf


def test_gradients_are_part_of_a_transcript():
    """Answers that differ in the gradient alone are apart."""

    def use(student):
        x = X.clone().requires_grad_()
        student.f(x).sum().backward()

    right = played("def f(x): return x * 2", use)
    wrong = played("def f(x): return x * 2 + (x - x.detach())", use)

    assert distance(right, wrong) == math.inf or distance(right, wrong) > 10


def of_class(name, attribute="w"):
    """Build a module of a student's own class."""
    return played(
        f"""
import torch
from torch import nn
class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.{attribute} = nn.Parameter(torch.ones(3))
def f(): return {name}()
""",
        lambda student: student.f(),
    )


def test_a_class_of_the_students_own_has_any_name():
    """Modules of two classes are at distance 0 if they hold the same under the same names."""
    assert distance(of_class("Net"), of_class("MyNetwork")) == 0
    assert distance(of_class("Net"), of_class("Net", attribute="v")) == math.inf


def test_random_answers_follow_the_seed():
    """A student's random numbers are those of the seed, so that a mistake can match them."""
    source = "import torch\ndef f(x): return torch.randn(3)"

    def use(student):
        student.f(X)

    assert distance(played(source, use), played(source, use)) == 0
    assert distance(played(source, use), played(source, use, seed=4)) > 10


def test_what_a_check_draws_does_not_move_the_students_numbers():
    """A stand-in has random numbers of its own, as the child of a submission has."""
    source = "import torch, random\ndef f(): return torch.rand(3) + random.random()"

    def drawing_between(student):
        student.f()
        torch.rand(7)
        student.f()

    def twice(student):
        student.f()
        student.f()

    assert distance(played(source, drawing_between), played(source, twice)) == 0


def test_nearest_names_one():
    """Of several mistakes the one that gives the transcript is named."""
    mistakes = {"three": known(doubled(3)), "four": known(doubled(4))}

    assert nearest(doubled(3), known(doubled(2)), mistakes) == Match("three")


def test_nearest_finds_nothing():
    """Where no mistake is near, it is clear that none fits."""
    assert nearest(doubled(5), known(doubled(2)), {"three": known(doubled(3))}) == Match()


def test_nearest_of_two_is_not_clear():
    """Where two mistakes fit, none is named, and it is not clear that none fits."""
    mistakes = {"three": known(doubled(3)), "thrice": known(doubled(3))}

    assert nearest(doubled(3), known(doubled(2)), mistakes) == Match(is_clear=False)


def test_nearest_is_silent_when_the_right_answer_is_near():
    """A mistake that the check's inputs do not tell from the right answer is not named."""
    bit = {"bit": known(doubled(2.0005))}

    assert nearest(doubled(2.0005), known(doubled(2)), bit) == Match(is_clear=False)


def attached(factor):
    """Play a function that multiplies by a factor, and whose answer hangs on a graph."""
    source = f"def f(x): return x.clone().requires_grad_() * {factor}"
    return played(source, lambda student: student.f(X))


def test_nearest_names_one_by_its_numbers():
    """A mistake whose numbers the student gives is named, whichever of them hang on a graph."""
    assert nearest(attached(3), known(doubled(2)), {"triple": known(doubled(3))}) == Match("triple")
    assert nearest(doubled(3), known(doubled(2)), {"triple": known(attached(3))}) == Match("triple")


def test_nearest_prefers_the_one_with_the_same_graph():
    """Of two mistakes with the same numbers, the one is named that fits in its graph as well."""
    both = {"with": known(attached(3)), "without": known(doubled(3))}

    assert nearest(attached(3), known(doubled(2)), both) == Match("with")
    assert nearest(doubled(3), known(doubled(2)), both) == Match("without")


def test_nearest_leaves_right_numbers_to_others():
    """Right numbers on another graph are no mistake that is known by its numbers."""
    assert nearest(attached(2), known(doubled(2)), {"double": known(doubled(2))}) == Match()


def test_what_differs_in_form_is_not_played_again():
    """The values of a mistake that answers in another form are not asked for."""

    def never(like):
        pytest.fail("its values were asked for")

    other = Play(
        played("def f(x): return x[:2]", lambda student: student.f(X)).outline(), None, never
    )

    assert nearest(doubled(3), known(doubled(2)), {"cut": other}) == Match()


def test_nearest_of_a_cut_transcript_is_silent():
    """A transcript that outgrew its bound is not compared."""
    cut = Transcript(is_whole=False)

    assert nearest(cut, known(doubled(2)), {"three": known(doubled(3))}) == Match(is_clear=False)


def test_transcript_keeps_the_shapes_that_went_in():
    """The shapes of the arguments are kept with the answers."""

    def use(student):
        student.f(torch.ones(3, 5))

    assert played("def f(x): return x", use).shapes == [(3, 5)]


RECORDING = "def f(m, x): return m(x).sum().item()"
RIGHT = "import torch\n@torch.no_grad()\ndef f(m, x): return m(x).sum().item()"


def evaluated(source):
    """Watch a function that evaluates a model."""
    model = torch.nn.Linear(3, 2)
    torch.nn.init.ones_(model.weight)
    torch.nn.init.ones_(model.bias)
    return played(source, lambda student: student.f.watched(model, X))


def test_what_a_witness_saw_tells_equal_answers_apart():
    """Of two codes with one answer, one that records is apart; one in other words is not."""
    other = RIGHT.replace("m(x).sum()", "(m(x) + 0).sum()")

    assert distance(evaluated(RIGHT), evaluated(other)) == 0
    assert distance(evaluated(RIGHT), evaluated(RECORDING)) == math.inf
    assert nearest(
        evaluated(RECORDING.replace("m(x)", "(m(x) * 1)")),
        known(evaluated(RIGHT)),
        {"no_grad_forgotten": known(evaluated(RECORDING))},
    ) == Match("no_grad_forgotten")


def test_a_forged_report_is_near_to_nothing():
    """What a student's process forged has no distance to anything but infinity."""
    forged = evaluated(RIGHT)
    forged.answers[-1].body[5] = ["all is well"]

    assert distance(forged, evaluated(RIGHT)) == math.inf
