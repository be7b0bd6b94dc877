"""What the text of a check file says of its checks, without running it."""

from fractions import Fraction

import pytest

from grader import marks
from grader.errors import CourseError
from grader.marks import Marked

FILE = '''
import pytest

@pytest.mark.points(2)
def test_add(student):
    """The sum of two rows
    is a row.

    More of it.
    """

@pytest.mark.points(0.5)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_each_size(student, n): ...

@pytest.mark.points(1)
@pytest.mark.parametrize("n", range(4))
def test_counted(student, n): ...

@pytest.mark.points("two")
def test_words(student): ...

def helper(): ...
'''


def test_checks_of_a_file(tmp_path):
    """Each check has its name, line, sentence and points, in order; other functions are none."""
    path = tmp_path / "test_rows.py"
    path.write_text(FILE, encoding="utf-8")

    assert marks.read(path) == [
        Marked("add", 5, "The sum of two rows is a row.", Fraction(2)),
        Marked("each_size", 14, "each size", Fraction(1, 2), 3),
        Marked("counted", 18, "counted", Fraction(1), None),
        Marked("words", 21, "words", None),
    ]


def test_what_a_check_is_worth_in_all(tmp_path):
    """A check is worth its points once for each case; what no text tells is not guessed."""
    (tmp_path / "test_rows.py").write_text(FILE, encoding="utf-8")

    totals = [each.total for each in marks.of_folder(tmp_path)]

    assert totals == [Fraction(2), Fraction(3, 2), None, None]
    assert marks.of_folder(tmp_path / "nowhere") == []


@pytest.mark.parametrize("points", ["True", "-1", "0", "0.125", "1, 2", ""])
def test_points_are_a_number_with_two_decimals(points, tmp_path):
    """What is no number of points is none."""
    path = tmp_path / "test_rows.py"
    path.write_text(f"@pytest.mark.points({points})\ndef test_a(): ...\n", encoding="utf-8")

    assert marks.read(path)[0].points is None


def test_a_file_that_is_no_python(tmp_path):
    """A file that cannot be read as Python is named."""
    path = tmp_path / "test_rows.py"
    path.write_text("def (", encoding="utf-8")

    with pytest.raises(CourseError, match=r"test_rows\.py cannot be read as Python: "):
        marks.read(path)
