"""Tests of the error tree: whose fault it was decides the exit code."""

import inspect
import re

import pytest

from grader import errors

ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if error.__module__ == errors.__name__ and issubclass(error, Exception)
]


def documented_tree() -> dict[str, str]:
    """Read the tree drawn in the module's docstring: each error's name and its parent's."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"( {4,})([A-Z][a-zA-Z]+)(?:\((\w+)\))?(?: {3}|$)", line)
        if found is None:
            continue
        indent, name, base = len(found[1]), found[2], found[3]
        above = [(column, parent) for column, parent in above if column < indent]
        parents[name] = base or (above[-1][1] if above else "Exception")
        above.append((indent, name))
    return parents


def test_the_drawn_tree_is_the_tree() -> None:
    """The tree in the docstring names every class and its parent."""
    classes = {error.__name__: error.__bases__[0].__name__ for error in ERRORS}

    assert documented_tree() == classes


def test_the_tree_is_read() -> None:
    """The tree is read from the drawing, so that a wrong drawing is noticed."""
    tree = documented_tree()

    assert tree["WireError"] == "SandboxError"
    assert tree["Mismatch"] == "AssertionError"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.CourseError, 2),
        (errors.SubmissionError, 2),
        (errors.GraderError, 3),
        (errors.SandboxError, 3),
        (errors.WireError, 3),
        (errors.ConfinementError, 3),
    ],
)
def test_exit_codes(error: type[errors.GraderError], code: int) -> None:
    """The command ends with 2 for the files of people and with 3 for our own failures."""
    assert error("a sentence").exit_code == code


def test_every_error_has_an_exit_code() -> None:
    """Whatever is raised as ours carries an exit code that says something went wrong."""
    codes = {error.exit_code for error in ERRORS if issubclass(error, errors.GraderError)}

    assert codes == {2, 3}


def test_a_mismatch_is_a_failed_assertion() -> None:
    """An expectation that is not met is a verdict for pytest, and no error of ours."""
    assert issubclass(errors.Mismatch, AssertionError)
    assert not issubclass(errors.Mismatch, errors.GraderError)


@pytest.mark.parametrize("error", ERRORS)
def test_the_sentence_is_kept(error: type[Exception]) -> None:
    """An error reads as the sentence it was raised with."""
    sentence = "exercise-03 in gradebook.yml line 14: points is '8p'; write a number such as 8"

    assert str(error(sentence)) == sentence
