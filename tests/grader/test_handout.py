"""The notebook of an exercise is made of its README and its stub, always the same."""

import ast
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import course, handout, notebook
from grader.errors import CourseError
from grader.records import Exercise, Isolation, Limits

ROOT = Path(__file__).parents[2]
COURSE = course.load(ROOT).exercises
NOWHERE = Path("nowhere")

README = """# One

Words.

## The idea

```python
## no heading
```

### A smaller heading
## What to write
"""
STUB = '''"""One."""

import torch

N = 3


# What it is for.
@torch.no_grad()
def f(x):
    """Do."""
    raise NotImplementedError("f")


class A:
    def g(self):
        raise NotImplementedError("g")


LAST = A()
'''


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    """An exercise with a README and a stub."""
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "one.py").write_text(STUB)
    return Exercise("exercise-01", "One", ("one.py",), Fraction(1), Limits(),
                    Isolation.SUBMISSION, tmp_path, NOWHERE, NOWHERE)  # fmt: skip


def test_cells(exercise: Exercise) -> None:
    """One markdown cell for a section, one code cell for a part of the stub, one to grade."""
    cells = json.loads(handout.build(exercise))["cells"]

    assert [(cell["id"], "".join(cell["source"])) for cell in cells] == [
        ("text-1", "# One\n\nWords."),
        ("text-2", "## The idea\n\n```python\n## no heading\n```\n\n### A smaller heading"),
        ("text-3", "## What to write"),
        ("code-1", '"""One."""\n\nimport torch\n\nN = 3'),
        ("code-2", '# What it is for.\n@torch.no_grad()\ndef f(x):\n    """Do."""\n'
                   '    raise NotImplementedError("f")'),
        ("code-3", 'class A:\n    def g(self):\n        raise NotImplementedError("g")'),
        ("code-4", "LAST = A()"),
        ("grade", "%load_ext grader\n%grade exercise-01"),
    ]  # fmt: skip


def test_it_is_valid_and_holds_nothing_that_changes(exercise: Exercise) -> None:
    """Built twice it is the same; it has a kernel, and neither outputs nor counts."""
    text = handout.build(exercise)
    made = json.loads(text)
    nbformat.validate(made)

    assert handout.build(exercise) == text
    assert text.endswith("}\n")
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert made["metadata"]["kernelspec"]["name"] == "python3"
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * 5


@pytest.mark.parametrize("each", COURSE, ids=[each.id for each in COURSE])
def test_the_course_is_there_as_notebooks(each: Exercise) -> None:
    """Every exercise of the course has a fresh notebook, whose code is the stub to the letter."""
    text = handout.path(each).read_text(encoding="utf-8")
    stub = (each.stub_dir / each.files[0]).read_text(encoding="utf-8")

    assert handout.is_fresh(each)
    assert notebook.read(text, "x").text == stub


def test_it_is_fresh_until_something_changes(exercise: Exercise) -> None:
    """A notebook is stale once the README or the stub is another, and absent it is not fresh."""
    before = handout.is_fresh(exercise)
    handout.path(exercise).write_text(handout.build(exercise))
    after = handout.is_fresh(exercise)
    (exercise.stub_dir / "README.md").write_text(f"{README}\nMore.\n")

    assert (before, after, handout.is_fresh(exercise)) == (False, True, False)


def test_several_files_share_one_namespace(exercise: Exercise) -> None:
    """What one file of an exercise imports from another is there already, and is left out."""
    two = replace(exercise, files=("one.py", "two.py"))
    (exercise.stub_dir / "two.py").write_text("from one import f, A\nimport math\n\n\nM = math\n")
    code = notebook.read(handout.build(two), "x")

    assert handout.path(two).name == "one.ipynb"
    assert code.text == STUB.replace("# What", "# What") + "\n\nimport math\n\n\nM = math\n"


PARTS = st.sampled_from(
    [
        "import torch",
        "X = [\n    1,\n\n    2,\n]",
        "# words\ndef f(x):\n    # %no command\n    return x",
        "@staticmethod\n# between\n@classmethod\nclass A:\n    '''%doc\n\n!x\n'''",
        "async def g(): pass",
        "if X:\n    def h():\n        pass",
        "'''A text.\n\n%matplotlib inline\n'''",
        "# the end",
    ]
)
GAPS = st.sampled_from(["\n", "\n\n", "\n\n\n", "\n\n\n\n\n"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(PARTS, GAPS), min_size=1, max_size=8))
def test_what_is_built_is_read_again(pieces: list[tuple[str, str]]) -> None:
    """However a stub is laid out: what is read of its cells is the stub's code."""
    text = "".join(part + gap for part, gap in pieces)
    parts = handout.parts({"one.py": text})
    code = notebook.gather(enumerate(parts, 1), "x")
    lines = [line for line in text.split("\n") if line.strip()]

    assert ast.dump(ast.parse(code.text)) == ast.dump(ast.parse(text))
    assert [line for line in "\n".join(parts).split("\n") if line.strip()] == lines


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("one.py", None, "cannot be read: No such file or directory; the notebook is built"),
        ("README.md", b"\xff", "is not UTF-8 text; save it as UTF-8."),
    ],
)
def test_what_cannot_be_read_is_told(
    name: str, data: bytes | None, told: str, exercise: Exercise
) -> None:
    """A file that the notebook is made of and that is not there, or no text, is named."""
    (exercise.stub_dir / name).unlink() if data is None else (exercise.stub_dir / name).write_bytes(
        data
    )

    with pytest.raises(CourseError, match=f"{name} {told}"):
        handout.build(exercise)


def test_a_stub_that_is_no_python_is_told(exercise: Exercise) -> None:
    """A stub that does not parse is named with its line."""
    (exercise.stub_dir / "one.py").write_text("x = 1\ndef f(:\n")

    with pytest.raises(
        CourseError, match=r"^one\.py line 2 is not Python: invalid syntax; correct"
    ):
        handout.build(exercise)
