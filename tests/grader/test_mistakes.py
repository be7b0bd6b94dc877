"""Known wrong answers: the marks, the reading of a file of them, the submission made from one."""

import subprocess
import sys

import pytest

from grader.errors import CourseError
from grader.mistakes import Mistake, Variant, as_submission, load, mistake, variant

REFERENCE = '''"""The reference."""

import torch


def double(x):
    """Twice the number."""
    return x + x


def quadruple(x):
    """Four times the number."""
    return double(double(x))
'''

MISTAKES = '''"""Wrong answers."""

import functools
import torch
from torch import nn

from grader.mistakes import mistake


@mistake(of="double", loses="value")
def squared(x):
    """The number is squared."""
    return x * x


@mistake(of="double", loses=("value", "graph"))
@torch.no_grad()
def detached(x):
    """The number has lost its past."""
    return x + x
'''


@pytest.fixture
def written(tmp_path):
    """Write a file of mistakes and return its path."""

    def write(text, name="mistakes.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def executed(source):
    """Execute a submission and return its names."""
    names = {}
    exec(compile(source, "submission.py", "exec"), names)
    return names


def test_mistake_mark():
    """A marked mistake carries what it replaces and the one check it loses."""

    @mistake(of="double", loses="value")
    def squared(x):
        return x * x

    assert Mistake(of="double", loses=("value",)) == squared.__mistake__
    assert squared(3) == 9


def test_mistake_mark_of_several_checks():
    """A mistake can lose several checks, kept in the order written."""

    @mistake(of="double", loses=("value", "graph"))
    def squared(x):
        return x * x

    assert squared.__mistake__.loses == ("value", "graph")


def test_variant_mark():
    """A marked variant carries what it replaces."""

    @variant(of="double")
    def doubled(x):
        return 2 * x

    assert Variant(of="double") == doubled.__variant__


def test_record_is_frozen():
    """Nobody can change what a mistake loses after it was written."""
    record = Mistake(of="double", loses=("value",))

    with pytest.raises(AttributeError):
        record.of = "quadruple"


def test_load(written):
    """A file is read as its marked functions, in the order they stand in."""
    found = load(written(MISTAKES))

    assert [answer.__name__ for answer in found] == ["squared", "detached"]
    assert found[0](3) == 9


def test_load_leaves_helpers_out(written):
    """A function without a mark is no mistake."""
    found = load(written(MISTAKES + "\n\ndef helper():\n    return 1\n"))

    assert len(found) == 2


def test_load_missing_file(tmp_path):
    """A missing file is named."""
    path = tmp_path / "mistakes.py"

    with pytest.raises(CourseError) as caught:
        load(path)

    assert f"{path}: there is no such file. Write it, or leave out its exercise." == str(
        caught.value
    )


def test_load_file_that_raises(written):
    """A file that does not run is the teacher's to correct, with what it raised."""
    path = written("import torch\n1 / 0\n")

    with pytest.raises(CourseError) as caught:
        load(path)

    assert (
        f"{path}: running it raised ZeroDivisionError: division by zero. "
        f"Correct the file; it is executed as it stands."
    ) == str(caught.value)


def test_load_file_without_marks(written):
    """A file in which nothing is marked is no file of mistakes."""
    path = written("def squared(x):\n    return x * x\n")

    with pytest.raises(CourseError) as caught:
        load(path)

    assert f"{path}: no function is marked. Put @mistake or @variant above each." == str(
        caught.value
    )


def test_load_mistake_without_sentence(written):
    """A mistake without a docstring has nothing to tell the student."""
    path = written(MISTAKES.replace('"""The number is squared."""', "pass"))

    with pytest.raises(CourseError) as caught:
        load(path)

    assert (
        f"{path}: squared has no docstring. Write the sentence that says what is observed."
    ) == str(caught.value)


def test_submission_replaces_one_name():
    """The rest of the reference calls the wrong answer by the right name."""
    names = executed(as_submission(REFERENCE, MISTAKES, "squared", "double"))

    assert names["double"](3) == 9
    assert names["quadruple"](3) == 81
    assert "squared" not in names


def test_submission_text():
    """A submission is the reference with imports merged, and without a trace of the grader."""
    text = as_submission(REFERENCE, MISTAKES, "squared", "double")

    assert (
        text
        == '''"""The reference."""
import functools
from torch import nn
import torch

def double(x):
    """The number is squared."""
    return x * x

def quadruple(x):
    """Four times the number."""
    return double(double(x))
'''
    )


def test_submission_keeps_other_decorators():
    """A decorator that is part of the wrong answer stays."""
    text = as_submission(REFERENCE, MISTAKES, "detached", "double")

    assert "@torch.no_grad()\ndef double(x):" in text
    assert "@mistake" not in text


def test_submission_keeps_future_imports_first():
    """A __future__ import of either file stays where Python accepts it."""
    source = MISTAKES.replace("import functools", "from __future__ import annotations")
    names = executed(as_submission(REFERENCE, source, "squared", "double"))

    assert names["double"](3) == 9


def test_submission_replaces_a_class():
    """A class of the reference is replaced by a class."""
    reference = "class Layer:\n    def size(self):\n        return 1\n"
    module = (
        "from grader.mistakes import mistake\n\n"
        "@mistake(of='Layer', loses='size')\n"
        "class Wide:\n    '''It is too wide.'''\n\n    def size(self):\n        return 2\n"
    )
    names = executed(as_submission(reference, module, "Wide", "Layer"))

    assert names["Layer"]().size() == 2


def test_submission_of_unknown_name():
    """A mistake of a name that the reference lacks is the teacher's slip."""
    with pytest.raises(CourseError) as caught:
        as_submission(REFERENCE, MISTAKES, "squared", "triple")

    assert str(caught.value) == (
        "triple is not defined in the reference, which defines double, quadruple. Name one."
    )


def test_submission_of_broken_source():
    """A source that is not Python is named with its line."""
    with pytest.raises(CourseError) as caught:
        as_submission("def double(x:\n    return x\n", MISTAKES, "squared", "double")

    assert str(caught.value).startswith("line 1 of the reference is not Python: ")
    assert str(caught.value).endswith(" Correct that line.")


def test_import_brings_no_torch():
    """Reading mistakes does not cost the import of torch until a file of them asks for it."""
    code = "import sys, grader.mistakes; print('torch' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"
