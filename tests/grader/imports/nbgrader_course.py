"""A source assignment in nbgrader's exact format, with every kind of cell that nbgrader knows."""

import json
from collections.abc import Sequence
from pathlib import Path

from grader.imports.exercise import Imported

ATTENTION = [
    ("markdown", {}, "# Attention\n\nWrite three pieces of it."),
    ("code", {},
     "%matplotlib inline\nimport math\n\nimport torch\nimport torch.nn.functional as F"),
    ("code", {}, 'NAME = ""\nCOLLABORATORS = ""'),
    ("code", {"locked": True, "grade_id": "given"},
     "D = 3\n\n\ndef rows(n):\n    \"\"\"Rows of whole numbers.\"\"\"\n"
     "    return torch.arange(n * D, dtype=torch.float32).reshape(n, D)\n\n\nkeys = rows(4)"),
    ("markdown", {}, "## Scores (3 points)\n\nOne number for each query and key."),
    ("code", {"solution": True, "grade_id": "scores"},
     'def scores(q, k):\n    """Compare each query with each key.\n\n'
     "    Axes: q (n, D), k (m, D).\n"
     '    """\n    ### BEGIN SOLUTION\n    # Each row of k is a key.\n'
     "    return q @ k.T / math.sqrt(q.shape[1])\n    ### END SOLUTION"),
    ("code", {}, "scores(rows(2), keys)"),
    ("code", {"grade": True, "locked": True, "points": 3, "grade_id": "test_scores"},
     '"""One number for each query and key"""\nq = rows(2)\n'
     "assert scores(q, keys).shape == (2, 4)\n"
     "### BEGIN HIDDEN TESTS\nk = torch.ones(5, D)\n"
     "assert torch.allclose(scores(q, k), q.sum(1, keepdim=True).expand(2, 5) / math.sqrt(D))\n"
     "### END HIDDEN TESTS"),
    ("code", {"solution": True, "grade_id": "temperature"},
     "### BEGIN SOLUTION\ntemperature = torch.tensor(2.0)\ncold = temperature / 4\n"
     "### END SOLUTION\nprint(temperature)"),
    ("code", {"grade": True, "locked": True, "points": 0.5, "grade_id": "test-temperature"},
     "# It is a tensor\nassert isinstance(temperature, torch.Tensor)\n"
     'assert float(cold) == 0.5, "a quarter of it"'),
    ("code", {"solution": True, "grade_id": "weigh"},
     "class Weigh(torch.nn.Module):\n    def __init__(self, scale=1.0):\n"
     "        super().__init__()\n        self.scale = scale\n\n    def forward(self, s):\n"
     '        """Softmax over the keys."""\n        return F.softmax(s * self.scale, dim=-1)'),
    ("code", {}, "model = Weigh(2.0)\nweights = model(scores(rows(2), keys))"),
    ("code", {"grade": True, "locked": True, "points": 2, "grade_id": "test_weigh"},
     "total = weights.sum(-1)\nassert torch.allclose(total, torch.ones(2))\n"
     "for scores_of_one in scores(rows(2), keys):\n    assert model(scores_of_one).argmax() == 3"),
    ("code", {"grade": True, "locked": True, "points": 1, "grade_id": "test_auto"},
     "### AUTOTEST scores(rows(1), keys)\n### HASHED AUTOTEST round(float(cold), 3)"),
    ("code", {"grade": True, "locked": True, "points": 1, "grade_id": "test_patched"},
     "old = scores\ndel scores\nassert Weigh()\nscores = old"),
    ("markdown", {"grade": True, "solution": True, "points": 4, "grade_id": "why"},
     "Because the dot products grow with the width: THE TEACHER'S ANSWER."),
    ("code", {"grade": True, "solution": True, "points": 2, "grade_id": "free"},
     "def tried():\n    ### BEGIN SOLUTION\n    return scores(keys, keys)\n    ### END SOLUTION"),
    ("markdown", {"grade": True, "task": True, "locked": True, "points": 3, "grade_id": "essay"},
     "## An essay\n\nWrite a page.\n\n=== BEGIN MARK SCHEME ===\nA POINT A LINE\n"
     "=== END MARK SCHEME ==="),
]  # fmt: skip

Cell = tuple[str, dict[str, object], str]

SOLUTION: dict[str, object] = {"solution": True, "grade_id": "s"}
F = ("code", SOLUTION, "def f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION")


def graded(text: str, points: float = 2, grade_id: str = "t") -> Cell:
    """Make a cell of tests."""
    return "code", {"grade": True, "locked": True, "points": points, "grade_id": grade_id}, text


def told(imported: Imported) -> list[str]:
    """List what was left, as text."""
    return [str(each) for each in imported.left]


def text(cells: Sequence[Cell], version: int | None = 3, language: str = "python") -> str:
    """Write a notebook as Jupyter saves it, with nbgrader's metadata in a version of its own."""
    return json.dumps(
        {
            "cells": [_cell(number, *cell, version) for number, cell in enumerate(cells)],
            "metadata": {"kernelspec": {"display_name": "Python 3", "language": language,
                                        "name": "python3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=1,
    )  # fmt: skip


def _cell(
    number: int, kind: str, own: dict[str, object], source: str, version: int | None
) -> dict[str, object]:
    base = {"grade": False, "locked": False, "solution": False, "schema_version": version}
    task = {"task": False} if version == 3 else {}
    whole = base | task | own
    if version is None:
        whole = dict(own)
    cell: dict[str, object] = {
        "cell_type": kind,
        "id": f"c{number}",
        "metadata": {"nbgrader": whole} if own else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def save(folder: Path, name: str, cells: Sequence[Cell], version: int | None = 3) -> Path:
    """Write a notebook into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text(cells, version), encoding="utf-8")
    return path
