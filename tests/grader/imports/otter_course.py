"""Assignments in otter's exact formats: a master notebook, and test files of both kinds.

`otter assign` 7.0.0 makes of LAB what its documentation says, and grades its own version of it
with full marks; that was tried by hand.
"""

import json
from collections.abc import Mapping, Sequence

Cell = dict[str, object]


def raw(text: str) -> Cell:
    """A raw cell, which is a marker in a master notebook."""
    return {"cell_type": "raw", "metadata": {}, "source": text}


def words(text: str, *tags: str) -> Cell:
    """A markdown cell."""
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": text}


def code(text: str, value: str = "", printed: str = "", tags: Sequence[str] = ()) -> Cell:
    """A code cell, with the value of its last line and what it printed below it."""
    outputs: list[object] = []
    if printed:
        outputs.append({"output_type": "stream", "name": "stdout", "text": printed})
    if value:
        outputs.append({"output_type": "execute_result", "execution_count": 1, "metadata": {},
                        "data": {"text/plain": value.splitlines(keepends=True)}})  # fmt: skip
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": text,
            "execution_count": None, "outputs": outputs}  # fmt: skip


def notebook(cells: Sequence[Cell], language: str = "python", **metadata: object) -> str:
    """Write a notebook as Jupyter saves it."""
    kernel = {"display_name": "Python 3", "language": language, "name": "python3"}
    return json.dumps({"cells": list(cells), "metadata": {"kernelspec": kernel, **metadata},
                       "nbformat": 4, "nbformat_minor": 4})  # fmt: skip


def question(config: str, solution: Sequence[Cell], tests: Sequence[Cell]) -> list[Cell]:
    """Put a question between its markers."""
    return [
        raw(f"# BEGIN QUESTION\n{config}"),
        words(f"What `{config.split()[1]}` asks."),
        raw("# BEGIN SOLUTION"), *solution, raw("# END SOLUTION"),
        raw("# BEGIN TESTS"), *tests, raw("# END TESTS"),
        raw("# END QUESTION"),
    ]  # fmt: skip


CONFIG = '""" # BEGIN TEST CONFIG\n{}\n""" # END TEST CONFIG\n{}'

LAB = [
    raw("# ASSIGNMENT CONFIG\nname: Tensors by hand\nexport_cell: false\nfiles:\n  - data.csv\n"
        "generate:\n  seed: 42\n"),
    words("# Lab 1: tensors by hand\n\nA small lab."),
    code("import torch\nimport matplotlib.pyplot as plt\n%matplotlib inline"),
    code("X = torch.arange(6.0).reshape(2, 3)  # two rows\nX.shape", "torch.Size([2, 3])"),
    code('def near(a, b):\n    """Whether two tensors agree."""\n'
         "    return torch.allclose(a, b, atol=1e-6)"),
    *question(
        "name: q1\npoints: 3",
        [code('def row_means(x):\n    """The mean of each row."""\n'
              "    total = x.sum(dim=1) # SOLUTION\n    return total / x.shape[1] # SOLUTION\n\n"
              "means = row_means(X)\nprint(means)", printed="tensor([1., 4.])\n")],
        [code("row_means(X)", "tensor([1., 4.])"),
         code("means.shape", "torch.Size([2])"),
         code(CONFIG.format(
             "hidden: true\npoints: 1\nfailure_message: The mean of ones is one.",
             "one = torch.ones(1, 4)\nassert row_means(one).shape == (1,)\n"
             "near(row_means(one), torch.ones(1))"), "True")],
    ),
    raw("# BEGIN QUESTION\nname: q2\nmanual: true\npoints: 2"),
    words("Plot it."),
    raw("# BEGIN SOLUTION"), code("plt.plot(means); # SOLUTION"), raw("# END SOLUTION"),
    raw("# END QUESTION"),
    words("```otter\n# BEGIN QUESTION\nname: q3\npoints: 2\nall_or_nothing: true\n```"),
    words("Let `loss` be the mean of the squares of `w`, and `g` its gradient."),
    words("```otter\n# BEGIN SOLUTION\n```"),
    code("torch.manual_seed(0) # SEED\nw = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)\n"
         "loss = (w ** 2).mean() # SOLUTION\n# BEGIN SOLUTION NO PROMPT\nloss.backward()\n"
         'g = w.grad\n# END SOLUTION\n""" # BEGIN PROMPT\ng = ...\n"""; # END PROMPT'),
    words("```otter\n# END SOLUTION\n```\n\n```otter\n# BEGIN TESTS\n```"),
    code("g", "tensor([ 0.6667, -1.3333,  2.0000])"),
    code("# HIDDEN\nloss", "tensor(4.6667, grad_fn=<MeanBackward0>)"),
    words("```otter\n# END TESTS\n```\n```otter\n# END QUESTION\n```"),
    code("# IGNORE\nprint('for me alone')"),
    code('grader.check("q3")'),
]  # fmt: skip

# What stands beside test files: the version with the solutions, without any marker.
SCRIPT = '''import torch

SCALE = 2.0


def scaled(x):
    """Make every number of x larger by SCALE."""
    return x * SCALE


answer = float(scaled(torch.ones(3)).sum())
'''

OK_TEST = r"""OK_FORMAT = True

test = {   'name': 'q1',
    'points': 1,
    'suites': [   {   'cases': [   {   'code': '>>> scaled(torch.tensor([1.0, 2.0]))\n'
                                               'tensor([2., 4.])',
                                       'hidden': False,
                                       'locked': False},
                                   {   'code': '>>> y = scaled(torch.ones(2, 3))\n'
                                               '>>> y.shape\ntorch.Size([2, 3])\n'
                                               '>>> for row in y:\n'
                                               '...     print(row.sum().item())\n'
                                               '6.0\n6.0\n'},
                                   {   'code': '>>> answer == 6.0\nTrue', 'hidden': False}],
                      'scored': True,
                      'setup': '',
                      'teardown': '',
                      'type': 'doctest'}]}
"""

FUNCTION_TEST = '''from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 2


def doubled(x):
    return x + x


@test_case(points=0.5, hidden=False, failure_message="Every number is doubled.")
def test_public(scaled, torch):
    x = torch.ones(3)
    assert torch.equal(scaled(x), doubled(x))


@test_case(points=None, hidden=True)
def test_hidden(env):
    """Nothing is left of nothing."""
    torch = env["torch"]
    assert env["scaled"](torch.zeros(2)).sum() == 0, "zeros stay zeros: 0"
'''


def metadata(tests: Mapping[str, object], *, is_ok: bool) -> dict[str, object]:
    """What otter keeps in a notebook that carries its tests."""
    return {"otter": {"OK_FORMAT": is_ok, "assignment_name": "Carried", "tests": dict(tests)}}
