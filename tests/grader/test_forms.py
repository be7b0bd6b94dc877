"""Of an exercise's files and its notebook, the one that a student has worked in is graded."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader import forms
from grader.errors import SubmissionError
from grader.forms import Form
from grader.records import Exercise, Isolation, Limits, Source

HERE = Path("nowhere")
ONE = Exercise("exercise-03", "Gradients", ("gradients.py",), Fraction(1), Limits(),
               Isolation.SUBMISSION, HERE, HERE, HERE)  # fmt: skip
TWO = replace(ONE, files=("left.py", "right.py"))

STUB = "def f():\n    raise NotImplementedError('f')\n\n\ndef g():\n    raise NotImplementedError\n"
HALF = "def f():\n    return 1\n\n\ndef g():\n    raise NotImplementedError\n"
WHOLE = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
OTHER = WHOLE.replace("1", "3")


def cells(text: str) -> str:
    """Write a notebook of one cell."""
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": text}]})


def chosen(exercise: Exercise = ONE, **texts: str) -> Form | None:
    """Choose among files, by their names with _ for the dot."""
    readers = {name.replace("_", "."): text.__str__ for name, text in texts.items()}
    return forms.choose(readers, exercise, "ada")


@pytest.mark.parametrize(
    ("file", "notebook", "is_notebook", "note"),
    [
        (STUB, STUB, False, None),
        (WHOLE, STUB, False, None),
        (HALF, STUB, False, None),
        (WHOLE, WHOLE, False, None),
        (STUB, HALF, True, "my.ipynb is graded, and not gradients.py, where more is left to be "
                           "written"),
        (HALF, WHOLE, True, "my.ipynb is graded, and not gradients.py, where more is left to be "
                            "written"),
        (WHOLE, OTHER, False, "gradients.py is graded, and not my.ipynb, which holds other code"),
        (HALF, HALF.replace("1", "x"), False,
         "gradients.py is graded, and not my.ipynb, which holds other code"),
    ],
)  # fmt: skip
def test_the_form_in_which_more_is_written_is_taken(
    file: str, notebook: str, is_notebook: bool, note: str | None
) -> None:
    """The notebook is taken where less is left open in it; whatever is passed over is told."""
    form = chosen(gradients_py=file, my_ipynb=cells(notebook))
    cell = ((1, 1),) if is_notebook else ()
    text = notebook + "\n" if is_notebook else file

    assert form == Form(
        (Source("gradients.py", text, cell),), notes=() if note is None else (note,)
    )


def test_a_notebook_alone_is_taken() -> None:
    """Without a file there is nothing to choose; one text stands for all files of the exercise."""
    form = chosen(TWO, any_ipynb=cells(WHOLE))

    assert form == Form((Source("left.py", f"{WHOLE}\n", ((1, 1),)),))


def test_files_alone_are_taken() -> None:
    """Without a notebook the files are taken, and those that are not there are missing."""
    assert chosen(TWO, right_py="x") == Form((Source("right.py", "x"),), ("left.py",))


def test_several_files_are_one_form() -> None:
    """What is left to be written is counted over all files of the exercise."""
    form = chosen(TWO, left_py=WHOLE, right_py=OTHER, left_ipynb=cells(STUB + WHOLE))
    other = chosen(TWO, left_py=WHOLE, right_py=STUB, left_ipynb=cells(HALF))

    assert form == Form((Source("left.py", WHOLE), Source("right.py", OTHER)))
    assert other is not None
    assert other.notes == (
        "left.ipynb is graded, and not left.py and right.py, where more is left to be written",
    )


def test_a_broken_notebook_costs_nothing_beside_files() -> None:
    """A notebook that cannot be read is told, and the files are graded."""
    form = chosen(gradients_py=WHOLE, gradients_ipynb="{")

    assert form == Form((Source("gradients.py", WHOLE),), notes=(
        "gradients.py is graded, and not the notebook: ada/gradients.ipynb: it is no notebook: "
        "line 1, column 2 is no JSON (Expecting property name enclosed in double quotes); open it "
        "in Jupyter and save it again",
    ))  # fmt: skip


def test_a_broken_notebook_alone_is_refused() -> None:
    """A notebook that stands alone and cannot be read is refused by its place."""
    with pytest.raises(SubmissionError, match=r"^ada/my\.ipynb: the file is empty; save"):
        chosen(my_ipynb="")


def test_nothing_is_no_form() -> None:
    """Neither a file nor a notebook is nothing to grade."""
    assert chosen() is None


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ([], None),
        (["my.ipynb"], "my.ipynb"),
        (["a.ipynb", "b.ipynb"], None),
        (["a.ipynb", "gradients.ipynb"], "gradients.ipynb"),
    ],
)
def test_which_notebook_is_meant(names: list[str], meant: str | None) -> None:
    """The exercise's own notebook is meant, or the only one."""
    assert forms.only(names, ONE) == meant
