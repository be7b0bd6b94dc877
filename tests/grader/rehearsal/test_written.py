"""What is written in an exercise's folders: agreement, files, sentences, hints."""

import pytest

from grader import handout
from grader.records import Check, Visibility
from grader.rehearsal import written as reading
from grader.rehearsal.cast import Script

STUB = "exercises/exercise-01/answer.py"
REFERENCE = "solutions/exercise-01/answer.py"
HINTS = "exercises/exercise-01/hints.yml"
CHECKS = [Check(name, "", 1, Visibility.HIDDEN) for name in ("example", "any")]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({}, None),
        ({REFERENCE: ("x: torch.Tensor", "x: torch.Tensor, y=1")},
         "answer.py: double is (x: torch.Tensor) -> torch.Tensor in the stub and (x: torch.Tensor, "
         "y=1) -> torch.Tensor in the reference; take one."),
        ({REFERENCE: ("Double every", "Double each")},
         "answer.py: double has another docstring in the stub than in the reference; copy the "
         "better one."),
        ({REFERENCE: ("def double", "def twice")},
         "answer.py: the stub has double and the reference has not; write it there."),
        ({REFERENCE: ("import torch\n", "import torch\n\n\ndef _helper():\n    pass\n")}, None),
    ],
)  # fmt: skip
def test_agreement(written, changed, complaint):
    """Names, signatures and docstrings of stub and reference agree; helpers are the author's."""
    finding = reading.agreement(Script.read(written(changed)))

    assert finding.todo == (() if complaint is None else (complaint,))
    assert finding.is_held == (complaint is None)


def test_methods_are_compared():
    """Classes are compared with their bases and their methods."""
    stub = (
        "class A(B):\n    def __init__(self): ...\n    def f(self, x): ...\n    def _g(self): ...\n"
    )

    assert list(reading.definitions(stub)) == ["A", "A.__init__", "A.f"]


@pytest.mark.parametrize(
    ("name", "is_listed"),
    [
        ("exercises/exercise-01/answer.ipynb", True),
        ("exercises/exercise-01/doubling.ipynb", False),
        ("exercises/exercise-01/mistakes.py", False),
        ("solutions/exercise-01/test_answer.py", False),
        ("solutions/exercise-01/__pycache__/answer.pyc", True),
        ("tests/exercise-01/convergence.json", True),
        ("tests/exercise-01/answers.txt", False),
    ],
)
def test_files(written, name, is_listed):
    """Each folder holds what belongs there and nothing else."""
    finding = reading.files(written({name: ""}))

    assert finding.is_held is is_listed
    assert [todo.partition(" ")[0] for todo in finding.todo] == ([] if is_listed else [name])


def test_what_a_readme_shows_belongs_there(written):
    """A picture that README.md names has a purpose; one that it does not has none."""
    readme = {"exercises/exercise-01/README.md": "# Doubling\n\n![It](pictures/two.png)\n"}
    shown = reading.files(written({**readme, "exercises/exercise-01/pictures/two.png": ""}))
    more = reading.files(written({"exercises/exercise-01/pictures/three.png": ""}))

    assert shown.is_held
    assert more.todo == (
        "exercises/exercise-01/pictures belongs to nothing; remove it, or name it in "
        "gradebook.yml.",
    )


def test_notebook(written):
    """A notebook is fresh or stale, or there is none, which is no fault."""
    exercise = written()
    absent = reading.notebook(exercise)
    handout.path(exercise).write_text(handout.build(exercise), encoding="utf-8")
    fresh = reading.notebook(exercise)
    written({"exercises/exercise-01/README.md": "# Doubling twice\n"})
    stale = reading.notebook(exercise)
    written({STUB: "def double(:\n"})
    broken = reading.notebook(exercise)

    assert (absent.is_held, fresh.is_held, stale.is_held, broken.is_held) == (
        None, True, False, False,
    )  # fmt: skip
    assert absent.figures == "there is none; `grade notebook exercise-01` builds it"
    assert fresh.figures == "answer.ipynb is fresh"
    assert stale.todo == (
        "exercises/exercise-01/answer.ipynb is not what README.md and the stub make; build it "
        "again: `grade notebook exercise-01`.",
    )
    assert broken.todo == ("answer.py line 1 is not Python: invalid syntax; correct it.",)


def test_shared_sentences(written):
    """Two checks that say the same are told; each has a sentence of its own."""
    exercise = written({
        "tests/exercise-01/test_answer.py":
            ("Any matrix is doubled, with gradients.", "Six numbers are doubled."),
    })  # fmt: skip

    assert reading.sentences(exercise, CHECKS).todo == tuple(
        f'the check {name} shares its sentence "Six numbers are doubled."; say what it looks at.'
        for name in ("example", "any")
    )


def test_hints_do_not_give_the_answer(written):
    """A hint that is the code of the answer is told, however it is spaced."""
    script = Script.read(written({HINTS: ("One operator does it.", "Write 2*x and return it.")}))

    assert reading.hinted(script, CHECKS).todo == (
        "hint 3 of example is the answer's code, 2 * x; say it in words.",
    )


def test_missing_hints(written):
    """An exercise without hints, and a check without, are told."""
    nothing = reading.hinted(Script.read(written({HINTS: None})), CHECKS)
    more = [*CHECKS, Check("other", "", 1, Visibility.HIDDEN)]
    (written({}).stub_dir / "hints.yml").write_text("a: 1\n")
    unread = reading.hinted(Script.read(written({})), more)

    assert nothing.todo == (
        "there is no exercises/exercise-01/hints.yml; write three sentences or more for each "
        "check.",
    )
    assert unread.todo == ("the check other has no hints; write three sentences or more.",)
