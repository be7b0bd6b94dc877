"""A made-up course of one exercise, right in everything, and what is changed in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader import course
from grader.records import Exercise

STUB = '''"""Doubling."""

import torch


def double(x: torch.Tensor) -> torch.Tensor:
    """Double every number: (n, m), floating."""
    raise NotImplementedError("double: exercise 01")
'''
FILES = {
    "gradebook.yml": """\
course: Made up
limits: {time: 5 s, load: 5 s, memory: 512 MiB}
exercises:
  - {id: exercise-01, title: Doubling, files: [answer.py], points: 2}
""",
    "exercises/exercise-01/README.md": "# Doubling\n",
    "exercises/exercise-01/answer.py": STUB,
    "exercises/exercise-01/hints.yml": """\
example: [What is twice one?, Every number is doubled., One operator does it.]
any: [Try other sizes., Try one row., Do not leave tensors.]
""",
    "exercises/exercise-01/test_answer.py": '''"""Visible."""
import pytest, torch
from grader import expect

@pytest.mark.points(1)
def test_example(student):
    """Six numbers are doubled."""
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expect.close(student.double(x), torch.tensor([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]))
''',
    "solutions/exercise-01/answer.py": STUB.replace(
        'raise NotImplementedError("double: exercise 01")', "return 2 * x"
    ),
    "tests/exercise-01/test_answer.py": '''"""Hidden."""
import pytest, torch
from grader import expect

@pytest.mark.points(1)
@pytest.mark.needs("example")
def test_any(student, normal):
    """Any matrix is doubled, with gradients."""
    expect.same(student.double, normal(3, 5))
    expect.same(student.double, normal(1, 5, dtype=torch.float64))
    expect.gradients(student.double, normal(3, 5))
''',
    "tests/exercise-01/mistakes.py": '''"""Wrong."""
from grader.mistakes import mistake

@mistake(of="double", loses="example")
def squared(x):
    """The numbers are squared."""
    return x * x

@mistake(of="double", loses="any")
def cut(x):
    """No gradient reaches x."""
    return 2 * x.detach()
''',
    "tests/exercise-01/variants.py": '''"""Right."""
from grader.mistakes import variant

@variant(of="double")
def added(x):
    """Twice itself."""
    return x + x
''',
}

# A file's new text, a replacement within it, or None for a file that is left out.
Change = str | tuple[str, str] | None
Write = Callable[..., Exercise]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write the course with some files changed, and give its exercise."""

    def write(changed: dict[str, Change] | None = None) -> Exercise:
        for name in FILES | (changed or {}):
            text = (changed or {}).get(name, FILES.get(name))
            if isinstance(text, tuple):
                assert text[0] in FILES[name]
                text = FILES[name].replace(*text)
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, encoding="utf-8")
        return course.load(tmp_path).exercises[0]

    return write
