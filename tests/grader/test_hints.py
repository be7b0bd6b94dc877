"""The hints of an exercise: three sentences or more for each check, and clear complaints."""

import pytest

from grader import hints
from grader.errors import CourseError


@pytest.fixture
def written(tmp_path):
    """Write a file of hints."""

    def write(text):
        path = tmp_path / "hints.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_hints_by_check(written):
    """Each check has its sentences in order, written on as many lines as they need."""
    found = hints.load(written("add:\n  - Look.\n  - Look at\n    both.\n  - Add them.\n"))

    assert found == {"add": ("Look.", "Look at both.", "Add them.")}


def test_cases_share_hints(written):
    """A case of a parametrized check has its own hints, or those of its name."""
    found = hints.load(written("a: [One., Two., Three.]\n'a[2]': [Vier., Fünf., Sechs.]\n"))

    assert hints.of(found, "a[1]") == ("One.", "Two.", "Three.")
    assert hints.of(found, "a[2]") == ("Vier.", "Fünf.", "Sechs.")
    assert hints.of(found, "b") == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- a\n", "hints.yml:1:1: the file is a list; write a map from checks to a list of three "
         "sentences or more"),
        ("a: One.\n", "hints.yml:1:4: a is 'One.'; write a list of three sentences or more"),
        ("a: [One., Two.]\n", "hints.yml:1:4: a has 2 hints; write a list of three sentences or "
         "more"),
        ("a: [One., Two., '']\n", "hints.yml:1:17: a is empty; write a sentence"),
        ("a: [One., Two., One.]\n", "hints.yml:1:5: a has one hint twice; each says more than the "
         "one before"),
        ("a: [One., Two., Three.]\na: [One., Two., Three.]\n",
         "hints.yml:2:1: a is here twice; keep one"),
        (f"a: [One., Two., {'x' * 301}]\n",
         "hints.yml:1:17: a has a hint of 301 characters; write at most 300"),
        ("[a]: [One., Two., Three.]\n",
         "hints.yml:1:1: a key is a list; write the id of a check"),
    ],
)  # fmt: skip
def test_complaints(written, text, complaint):
    """What cannot be a hint is told with its line, its check and what may stand there."""
    with pytest.raises(CourseError) as caught:
        hints.load(written(text))

    assert str(caught.value).splitlines()[0] == complaint


def test_missing_file_is_told(tmp_path):
    """A file that is not there is named."""
    with pytest.raises(CourseError, match=r"hints.yml is not there"):
        hints.load(tmp_path / "hints.yml")
