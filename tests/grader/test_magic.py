"""`%grade` in a notebook: what was run there is graded, and the report is shown in place."""

import html
import json
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

import grader
from grader.errors import CourseError, SubmissionError
from grader.memory import Memory
from grader.verbs import magic

ROOT = Path(__file__).parents[2]
LOSS = "def loss(w, x, y):\n    return (w * x - y) ** 2"
STUB = "def loss(w, x, y):\n    raise NotImplementedError"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Exercise 03 in a student's copy of the course."""
    shutil.copy(ROOT / "gradebook.yml", tmp_path)
    for each in ("exercise-01", "exercise-02", "exercise-03", "exercise-04", "exercise-05"):
        shutil.copytree(ROOT / "exercises" / each, tmp_path / "exercises" / each)
    return tmp_path / "exercises/exercise-03"


def lines(report: magic.Report) -> list[str]:
    """Take the lines of a report, without spaces at their ends."""
    return [line.strip() for line in str(report).splitlines()]


def test_what_was_run_is_graded(here: Path) -> None:
    """The cells that were run are graded as they were run last, by the numbers of Jupyter."""
    inputs = ["", STUB, "!ls", LOSS, "", "def descend(w, x, y, lr): return w - 1 / 0", "%grade"]
    report = magic.report("", inputs, here)

    assert "exercise-03  Gradients" in str(report)
    assert "✓  The loss is (2·3 − 5)² = 1" in str(report)
    assert "cell 5, line 1 in descend" in lines(report)
    assert "for Jupyter alone, and left out: cell 2, line 1 (`!ls`)" in lines(report)
    assert any(line.startswith("score  1 / 3") for line in lines(report))


def test_the_page_says_what_the_text_says(here: Path) -> None:
    """The HTML holds the same sentences, and nothing of a student's in it is markup."""
    printing = "print('<script>alert(1)</script>')"
    report = magic.report("3", ["", LOSS, printing], here)
    shown = report._repr_html_()

    assert "<script" not in shown
    assert "<script>alert(1)</script>" in html.unescape(shown)
    assert "<script>alert(1)</script>" in repr(report)
    assert "The loss is (2·3 − 5)² = 1" in re.sub(r"\s+", " ", html.unescape(shown))


def test_equal_inputs_count_once() -> None:
    """A cell that is run again unchanged counts where it was run last."""
    assert magic._latest(["", "a", "b", "a", ""]) == [(2, "b"), (3, "a"), (4, "")]


@pytest.mark.parametrize(
    ("line", "inputs", "kind", "said"),
    [
        ("3 4", [LOSS], CourseError, "%grade takes the name of one exercise and got '3 4'; write "
         "%grade exercise-03, or %grade alone in the exercise's folder"),
        ("3", ["%grade 3"], SubmissionError, "this notebook: no cell with code was run; run those "
         "of exercise-03"),
    ],
)  # fmt: skip
def test_what_cannot_be_graded_is_told(
    line: str, inputs: list[str], kind: type[Exception], said: str, here: Path
) -> None:
    """Words that mean nothing, and a notebook in which nothing was run, have a sentence."""
    with pytest.raises(kind) as caught:
        magic.report(line, inputs, here)

    assert str(caught.value) == said


def test_an_attempt_is_remembered(here: Path) -> None:
    """What was graded in a notebook counts where `grade` says how one stands."""
    magic.report("3", ["", LOSS], here)

    assert [str(s.best) for s in Memory(here.parents[1]).standings().values()] == ["1"]


def test_the_package_is_an_extension() -> None:
    """What IPython asks of an extension is there, and importing it brings nothing heavy."""
    assert callable(grader.load_ipython_extension)


def test_in_a_real_kernel(here: Path) -> None:
    """A notebook that is executed by Jupyter shows the report as HTML below its last cell."""
    pytest.importorskip("ipykernel", reason="ipykernel runs the notebook; pip install ipykernel")
    nbclient = pytest.importorskip("nbclient")
    v4 = nbformat.v4
    cells = [
        "import torch",
        LOSS,
        "def gradient(w, x, y):\n    return 2 * (w * x - y) * x",
        "def descend(w, x, y, lr)\n    return w",
        "%load_ext grader\n%grade exercise-03",
        "%grade 3 4",
    ]
    book = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    place = here / "kernels/kernels/python3"
    place.mkdir(parents=True)
    words = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": words, "display_name": "Python", "language": "python"}
    (place / "kernel.json").write_text(json.dumps(spec))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JUPYTER_PATH", str(here / "kernels"))
        client = nbclient.NotebookClient(
            book, timeout=300, kernel_name="python3", allow_errors=True,
            resources={"metadata": {"path": str(here)}},
        )  # fmt: skip
        client.execute()
    (shown,) = book.cells[4].outputs
    (refused,) = book.cells[5].outputs

    assert shown.output_type == "execute_result"
    assert "score  2 / 3" in shown.data["text/plain"]
    assert "cell 4, line 1" in shown.data["text/plain"]
    assert "cell 4, line 1" in html.unescape(shown.data["text/html"])
    assert refused.text.startswith("grade: %grade takes the name of one exercise")
