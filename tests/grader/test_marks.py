"""What the text of a check file says of its checks, without running it."""

import subprocess
import sys
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


# How many checks pytest finds in a file, and whether its text tells so beyond doubt.
COUNTED = {
    "one": ("def test_a(): ...\n", True),
    "none": ("import os\n\nN = 3\n\ndef helper(): ...\n\nclass Twin: ...\n", True),
    "marked": ("@pytest.mark.points(1)\n@pytest.mark.slow\ndef test_a(): ...\n", True),
    "cases": ('@pytest.mark.parametrize("n", [1, 2, 3])\n'
              '@pytest.mark.parametrize("m", (1, 2))\ndef test_a(n, m): ...\n', True),
    "marks of the file": ("pytestmark = [pytest.mark.slow]\n\ndef test_a(): ...\n", True),
    "a fixture": ('@pytest.fixture(scope="module")\ndef x(): ...\n\ndef test_a(x): ...\n', True),
    "computed cases": ('@pytest.mark.parametrize("n", range(3))\ndef test_a(n): ...\n', False),
    "spread cases": ('@pytest.mark.parametrize("n", [*range(3)])\ndef test_a(n): ...\n', False),
    "no cases": ('@pytest.mark.parametrize("n", [])\ndef test_a(n): ...\n', False),
    "named cases": ('@pytest.mark.parametrize("n", argvalues=[1, 2])\ndef test_a(n): ...\n', False),
    "a class": ("class TestA:\n    def test_a(self): ...\n    def test_b(self): ...\n", False),
    "a condition": ("if True:\n    def test_a(): ...\n", False),
    "a loop": ("for name in 'ab':\n    exec(f'def test_{name}(): ...')\n", False),
    "assigned": ("def a(): ...\n\ntest_a = a\n", False),
    "imported": ("from os.path import join as test_join\n", False),
    "everything imported": ("from os.path import *\n\ndef test_a(): ...\n", False),
    "twice": ("def test_a(): ...\n\ndef test_a(): ...\n", False),
    "no underscore": ("def testa(): ...\n", False),
    "a hook": ("def pytest_generate_tests(metafunc):\n    if 'n' in metafunc.fixturenames:\n"
               "        metafunc.parametrize('n', [1, 2])\n\ndef test_a(n): ...\n", False),
    "a fixture of many": ("@pytest.fixture(params=[1, 2])\ndef x(): ...\n\ndef test_a(x): ...\n",
                          False),
    "cases of the file": ('pytestmark = pytest.mark.parametrize("n", [1, 2])\n\n'
                          "def test_a(n): ...\n", False),
    "wrapped": ("from functools import cache\n\n@cache\ndef test_a(): ...\n", False),
    "by another name": ('many = pytest.mark.parametrize("n", [1, 2])\n\n@many\n'
                        "def test_a(n): ...\n", False),
}  # fmt: skip


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Let pytest itself count the checks of all these files, by folder."""
    root = tmp_path_factory.mktemp("counted")
    for number, (text, _) in enumerate(COUNTED.values()):
        (root / f"f{number}").mkdir()
        (root / f"f{number}" / "test_file.py").write_text(f"import pytest\n\n{text}")
    words = ["--collect-only", "-q", "-c", "/dev/null", "--rootdir=.", "--import-mode=importlib",
             "-pno:cacheprovider"]  # fmt: skip
    ended = subprocess.run([sys.executable, "-m", "pytest", *words], cwd=root, check=False,
                           capture_output=True, text=True)  # fmt: skip
    lines = [line.split("/")[0] for line in ended.stdout.splitlines() if "::" in line]
    return {name: (root / f"f{number}", lines.count(f"f{number}"))
            for number, name in enumerate(COUNTED)}  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_a_text_tells_what_pytest_finds_or_nothing(name, collected):
    """Checks are counted as pytest counts them; where the text leaves a doubt, they are not."""
    folder, count = collected[name]

    assert marks.counted(folder) == (count if COUNTED[name][1] else None)


def test_what_a_folder_is_worth(tmp_path):
    """The checks of a folder add up; one that names no number makes the sum unknown."""
    path = tmp_path / "test_rows.py"
    path.write_text(FILE.partition("@pytest.mark.points(1)")[0], encoding="utf-8")
    known = marks.worth(tmp_path)
    path.write_text(FILE, encoding="utf-8")

    assert known == Fraction(7, 2)
    assert marks.worth(tmp_path) is None
