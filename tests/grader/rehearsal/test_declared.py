"""Mutants that are declared to be right: with a reason each, or told what is missing."""

import pytest

from grader.errors import CourseError
from grader.rehearsal import declared


def load(folder, text):
    """Read a file of this text."""
    path = folder / declared.EQUIVALENT
    path.write_text(text, encoding="utf-8")
    return declared.load(path)


def test_reasons_by_id(tmp_path):
    """Each declared mutant has its reason; an entry as it is printed needs only that."""
    id_ = "f: constant: 'a' -> 2"
    text = declared.entry(id_) + "The exercise leaves it open.\n"

    assert load(tmp_path, text) == {id_: "The exercise leaves it open."}
    assert declared.load(tmp_path / "nowhere.yml") == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: b\n", "equivalent.yml:1:1: the file is a map; write a list of mutants with reasons"),
        ("- mutant: a\n", "equivalent.yml:1:3: reason is missing; write a sentence that says why "
         "it is right as well"),
        ("- {mutant: a, reason: equivalent}\n", "equivalent.yml:1:23: reason is 'equivalent'; "
         "write a sentence that says why it is right as well"),
        ("- {mutant: a, why: b}\n", "equivalent.yml:1:3: reason is missing; write a sentence that "
         "says why it is right as well"),
    ],
)  # fmt: skip
def test_complaints(tmp_path, text, complaint):
    """What cannot be declared is told with its line and what may stand there."""
    with pytest.raises(CourseError) as caught:
        load(tmp_path, text)

    assert str(caught.value).splitlines()[0] == complaint


def test_declared_twice(tmp_path):
    """A mutant is declared once."""
    entry = "- {mutant: a, reason: It is right as it stands.}\n"
    with pytest.raises(CourseError) as caught:
        load(tmp_path, 2 * entry)

    assert str(caught.value) == "equivalent.yml:2:3: a is here twice; keep one"
