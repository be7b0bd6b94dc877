"""Tests of the prints of trusted modules: what is left behind is seen, or nothing is said."""

import types

import pytest

from grader import residue

HEAD = "import functools, itertools, math, re\nimport pytest, torch\nfrom torch import nn\n"


def module(text):
    """Execute a file's text as a module."""
    made = types.ModuleType("checks_of_a_test")
    exec(HEAD + text, vars(made))
    return made


KEPT = {
    "plain": "N, SIZES, NAME = 3, (2, 5), 'a'",
    "nan": "X = float('nan')",
    "tensor": "A = torch.ones(3)",
    "view": "A = torch.ones(3, 4); B = A[0]",
    "parameter": "P = nn.Parameter(torch.ones(3))",
    "gradient": "P = torch.ones(3, requires_grad=True); P.sum().backward()",
    "model": "M = nn.Linear(3, 2)",
    "optimizer": "M = nn.Linear(3, 2); O = torch.optim.SGD(M.parameters(), lr=0.1)",
    "generator": "G = torch.Generator().manual_seed(3)",
    "containers": "T = {'a': [torch.ones(2)], 'b': {1, 2}}",
    "circle": "T = []; T.append(T)",
    "function": "def f(x, y=[1]):\n    return x",
    "closure": "def made(n):\n    def inner():\n        return n\n    return inner\ng = made([3])",
    "class": "class C:\n    SIZES = [1]\n    def f(self): ...\n    @staticmethod\n    def g(): ...",
    "fixture": "@pytest.fixture\ndef data(normal):\n    return normal(3)",
    "mark": "pytestmark = pytest.mark.points(2)",
    "check": "@pytest.mark.points(1)\ndef test_a(student):\n    '''A.'''",
    "pattern": "WORD = re.compile('a')",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_nobody_touched_has_one_print(text):
    """Printed twice, a module that nobody has touched gives the same print."""
    read = module(text)
    first = residue.of([read])

    assert first is not None
    assert residue.of([read]) == first


CHANGES = {
    "a name": ("N = 3", "N = 4"),
    "a new name": ("N = 3", "M = 4"),
    "a type": ("N = 1", "N = True"),
    "a value in place": ("A = torch.ones(3)", "A[0] = 2"),
    "through a view": ("A = torch.ones(3, 4); B = A[0]", "B.zero_()"),
    "through an alias": ("A = torch.ones(3)", "A.view(3, 1).add_(1)"),
    "by resizing": ("A = torch.ones(3)", "A.resize_(5)"),
    "tracking": ("A = torch.ones(3)", "A.requires_grad_()"),
    "a gradient": ("A = torch.ones(3, requires_grad=True)", "A.sum().backward()"),
    "a gradient in place": (KEPT["gradient"], "P.grad.zero_()"),
    "a weight": ("M = nn.Linear(3, 2)", "torch.nn.init.zeros_(M.weight)"),
    "a mode": ("M = nn.Linear(3, 2)", "M.eval()"),
    "a hook": ("M = nn.Linear(3, 2)", "M.register_forward_hook(print)"),
    "a running mean": ("M = nn.BatchNorm1d(3)", "M(torch.randn(5, 3))"),
    "data in place": ("A = torch.ones(3)", "A.data.mul_(2)"),
    "a mean that is kept": (
        "A, B = torch.zeros(3), torch.ones(3)",
        "nn.functional.batch_norm(torch.randn(5, 3), A, B, training=True)",
    ),
    "a storage": ("A = torch.zeros(3)", "A.untyped_storage().fill_(1)"),
    "a tensor's attribute": ("A = torch.ones(3)", "A.calls = 1"),
    "a list": ("T = [1]", "T.append(2)"),
    "deep inside": ("T = {'a': [torch.ones(2)]}", "T['a'][0].mul_(3)"),
    "a set": ("T = {1}", "T.add(2)"),
    "a generator": ("G = torch.Generator().manual_seed(3)", "torch.rand(1, generator=G)"),
    "a default": ("def f(x, y=[1]):\n    return x", "f.__defaults__[0].append(2)"),
    "a function's attribute": ("def f(): ...", "f.calls = 1"),
    "a closure": (KEPT["closure"], "g.__closure__[0].cell_contents.append(4)"),
    "a class": ("class C:\n    SIZES = [1]", "C.SIZES.append(2)"),
    "a learning rate": (KEPT["optimizer"], "O.param_groups[0]['lr'] = 0.2"),
}


@pytest.mark.parametrize(("text", "change"), CHANGES.values(), ids=CHANGES)
def test_a_change_changes_the_print(text, change):
    """Whatever a run may leave behind in a module, its print is another afterwards."""
    read = module(text)
    before = residue.of([read])
    exec(change, vars(read))

    assert before is not None
    assert residue.of([read]) != before


UNREADABLE = {
    "counter": "C = itertools.count()",
    "cache": "@functools.cache\ndef f(x):\n    return x",
    "iterator": "I = iter([1])",
    "object": "class C: ...\nO = C()",
    "data": "from torch.nn.parameter import UninitializedParameter\nP = UninitializedParameter()",
    "inference": "with torch.inference_mode():\n    A = torch.ones(2)",
    "partial": "f = functools.partial(print, [])",
    "sparse": "S = torch.eye(3).to_sparse()",
    "meta": "M = torch.ones(3, device='meta')",
    "large": f"A = torch.zeros({residue.MAX_BYTES // 4 + 1})",
    "empty cell": "def made():\n    def f():\n        return late\n    return f\n    late = 1\n"
    "f = made()",
    "deep": "T = None\nfor _ in range(3000):\n    T = [T]",
    "generated": "def pytest_generate_tests(metafunc): ...",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_has_no_print(text):
    """Where a name leads to something whose state cannot be read, there is no print."""
    assert residue.of([module(text)]) is None
