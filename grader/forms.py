"""Which form of an exercise a student has worked in: its Python files, or its notebook.

The folder of an exercise holds both, and nobody deletes the one that is not wanted. The notebook is
taken where it stands alone, and where less is left to be written in it than in the files; else the
files are. Wherever the other form holds work too, it is told which one was taken. What is left is
counted in lines that raise NotImplementedError, as the stub has them: nothing is parsed here, and
times of files are not asked, which a clone or a download sets anew.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader import notebook
from grader.errors import SubmissionError
from grader.records import Exercise, Source

ENDING = ".ipynb"

_OPEN = re.compile(r"^[ \t]+raise NotImplementedError\b", re.MULTILINE)

# Gives the text of a file, or raises SubmissionError.
Read = Callable[[], str]


@dataclass(frozen=True)
class Form:
    """What is graded: its sources, which of the exercise's files are missing, what to tell."""

    sources: tuple[Source, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def own_name(exercise: Exercise) -> str:
    """Name the notebook of an exercise: gradients.ipynb for gradients.py."""
    return os.path.splitext(exercise.files[0])[0] + ENDING


def is_notebook(name: str) -> bool:
    """Tell a notebook by its name."""
    return name.lower().endswith(ENDING)


def only(names: Sequence[str], exercise: Exercise) -> str | None:
    """Find the notebook that is meant: the exercise's own, or the only one; None for neither."""
    if own_name(exercise) in names:
        return own_name(exercise)
    return names[0] if len(names) == 1 else None


def choose(files: Mapping[str, Read], exercise: Exercise, label: str) -> Form | None:
    """Choose what is graded of what was handed in.

    Args:
        files: the exercise's files that are there, and at most one notebook, by their names.
        exercise: the exercise that they answer.
        label: what was handed in, for messages.

    Returns:
        None where there is neither a file nor a notebook.

    Raises:
        SubmissionError: a file cannot be read, or the notebook cannot and stands alone.
    """
    written = tuple(Source(name, files[name]()) for name in exercise.files if name in files)
    missing = tuple(name for name in exercise.files if name not in files)
    name = next(filter(is_notebook, files), None)
    if name is None:
        return Form(written, missing) if written else None
    if not written:
        return of_notebook(files[name](), exercise, os.path.join(label, name))
    these = " and ".join(source.name for source in written)
    are = "is" if len(written) == 1 else "are"
    try:
        other = of_notebook(files[name](), exercise, os.path.join(label, name))
    except SubmissionError as error:
        return Form(written, missing, (f"{these} {are} graded, and not the notebook: {error}",))
    here, there = _left(written), _left(other.sources)
    if there < here:
        note = f"{name} is graded, and not {these}, where more is left to be written"
        return Form(other.sources, (), (note, *other.notes))
    if there == here and _bare(written) != _bare(other.sources):
        note = f"{these} {are} graded, and not {name}, which holds other code"
        return Form(written, missing, (note,))
    return Form(written, missing)


def of_notebook(text: str, exercise: Exercise, label: str) -> Form:
    """Take a notebook, all of whose cells share one namespace, for all files of its exercise.

    Raises:
        SubmissionError: it is not to be read.
    """
    code = notebook.read(text, label)
    return Form((Source(exercise.files[0], code.text, code.cells),), (), code.notes)


def _left(sources: Sequence[Source]) -> int:
    return sum(len(_OPEN.findall(source.text)) for source in sources)


def _bare(sources: Sequence[Source]) -> str:
    return "".join("".join(source.text.split()) for source in sources)
