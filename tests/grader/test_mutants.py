"""Mutants: each parses, is another program, and keeps its id while other lines change."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import mutants

ONE = "import torch\n\ndef f(x, y):\n    {}\n"


def changed(line, kind):
    """List what becomes of a function's only line by mutants of one kind."""
    found = mutants.mutants(ONE.format(line))
    return [
        "\n".join(ast.unparse(node) for node in ast.parse(m.text).body[-1].body)
        for m in found
        if m.kind == kind
    ]


NAMES = st.sampled_from(["a", "b", "torch", "x.mean(dim=0)", "2", "0.5", "len(a)", "x.T"])


@st.composite
def programs(draw):
    """A file of two functions made of operators, calls, conditions and loops."""
    left, right, third = draw(NAMES), draw(NAMES), draw(NAMES)
    operator = draw(st.sampled_from(["+", "-", "*", "/", "@", "**", "//", "<", "==", "and"]))
    expression = f"({left}) {operator} ({right})"
    bodies = [
        f"    return {expression}\n",
        f"    b = {expression}\n    b += {third}\n    return b\n",
        f"    for i in range({third}):\n        a.step(i, {left})\n    return a if b else x\n",
        f"    with torch.no_grad():\n        a.sub_({left})\n    return [{third} for b in a]\n",
    ]
    first, second = draw(st.sampled_from(bodies)), draw(st.sampled_from(bodies))
    head = "import torch\n\n"
    return f"{head}def f(a, b, x):\n    '''Text.'''\n{first}\n\ndef g(a, b, x):\n{second}"


@settings(deadline=None, max_examples=30)
@given(programs())
def test_every_mutant_is_another_program(source):
    """Each mutant compiles, differs from the original and from every other; its id is its own."""
    found = mutants.mutants(source)
    texts = [mutant.text for mutant in found]
    for text in texts:
        compile(text, "mutant", "exec")

    assert found
    assert ast.unparse(ast.parse(source)) + "\n" not in texts
    assert len(set(texts)) == len(texts)
    assert len({mutant.id for mutant in found}) == len(found)


@settings(deadline=None, max_examples=30)
@given(programs(), st.sampled_from(["return a", "return b * 2 - x", "a.add_(b)\n    return a"]))
def test_ids_last_while_another_function_changes(source, body):
    """The ids of one function stay when another one changes, and when a comment is written."""
    head, _, _ = source.partition("def g(")
    other = f"# A comment.\n{head}def g(a, b, x):\n    {body}\n"

    def ids(text):
        return [m.id for m in mutants.mutants(text) if m.function == "f"]

    assert ids(source) == ids(other)


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        ("arithmetic", "return x - y", ["return x + y"]),
        ("operand dropped", "return x / (y + 1e-5)", ["return y + 1e-05", "return x / y",
                                                     "return x / 1e-05"]),
        ("order", "return x @ y", ["return y @ x"]),
        ("order", "return torch.dist(x, y)", ["return torch.dist(y, x)"]),
        ("order", "return x.permute(0, 1, 2)", ["return x.permute(1, 0, 2)",
                                                "return x.permute(0, 2, 1)",
                                                "return x.permute(2, 1, 0)"]),
        ("comparison", "return x < y", ["return x <= y", "return x > y"]),
        ("condition", "return [a for a in x if a]", ["return [a for a in x]"]),
        ("constant", "return x[5]", ["return x[6]", "return x[4]", "return x[10]", "return x[0]",
                                     "return x[1]", "return x[-1]"]),
        ("keyword", "return x.sum(dim=1)", ["return x.sum()", "return x.sum(dim=1, keepdim=True)"]),
        ("reduction", "return x.mean()", ["return x.sum()"]),
        ("call dropped", "return torch.relu(x.mean())", ["return x.mean()",
                                                         "return torch.relu(x)"]),
        ("transposed", "return x.T", ["return x.reshape(x.shape[::-1])"]),
        ("transposed", "return x @ y", ["return x.mT @ y", "return x @ y.mT"]),
        ("gradient", "return x * y", ["return (x * y).item()", "return (x * y).detach()",
                                      "return x.detach() * y", "return x * y.detach()"]),
        ("gradient", "x.requires_grad_()", ["x.requires_grad_(False)"]),
        ("in place", "return x + y", ["return x.add_(y)"]),
        ("in place", "x.sub_(y)", ["x.sub(y)"]),
        ("in place", "x += y", ["x = x + y"]),
        ("loop", "return range(x)", ["return range(x + 1)", "return range(x - 1)",
                                     "return range(1, x)"]),
        ("filled", "return torch.zeros(x)", ["return torch.ones(x)"]),
        ("mode", "x.eval()", ["x.train()"]),
        ("dtype", "return x.to(torch.float32)", ["return x.to(torch.float32).float()",
                                                 "return x.to(torch.float32).double()",
                                                 "return x.to(torch.float64)"]),
        ("shape", "return x", ["return x.squeeze()", "return x.flatten()",
                                 "return x.unsqueeze(0)"]),
        ("answer", "return -x", ["return x", "return y", "return --x"]),
        ("keyword", "return torch.nn.Linear(x, y)", ["return torch.nn.Linear(x, y, bias=False)"]),
        ("line deleted", "x.step()", ["pass"]),
        ("line repeated", "x.step()", ["x.step()\nx.step()"]),
        ("no_grad", "return x * y", ["with torch.no_grad():\n    return x * y"]),
        ("block unwrapped", "with torch.no_grad(): x.step()", ["x.step()"]),
    ],
)  # fmt: skip
def test_kinds(kind, line, expected):
    """Each kind of change makes of a line what its name says."""
    assert changed(line, kind) == expected


def test_lines_are_swapped():
    """Neighbouring lines change places, and a docstring stays first."""
    source = "def f(o):\n    '''Step.'''\n    o.zero_grad()\n    o.step()\n"
    (mutant,) = (m for m in mutants.mutants(source) if m.kind == "lines swapped")

    assert mutant.id == "f: lines swapped: o.zero_grad(); o.step() -> o.step(); o.zero_grad()"
    assert mutant.diff.splitlines()[3:] == [
        '     """Step."""', "+    o.step()", "     o.zero_grad()", "-    o.step()",
    ]  # fmt: skip


def test_methods_are_named_by_their_class():
    """A method's mutants carry the name of its class, and defaults are changed as well."""
    source = "class A:\n    def f(self, p=0.5):\n        return p\n"

    assert "A.f: constant: 0.5 -> 1.0" in [m.id for m in mutants.mutants(source)]


def test_annotations_and_new_values_are_left_alone():
    """Nothing becomes of annotations, of text, and of a graph that a new tensor does not have."""
    source = "import torch\n\ndef f(n: 1) -> 2:\n    '''3'''\n    return torch.zeros(n)\n"
    kinds = {m.kind for m in mutants.mutants(source)}

    assert kinds.isdisjoint({"constant", "no_grad"})
    assert not any("detach" in m.text for m in mutants.mutants(source))


def test_choice_keeps_every_kind():
    """A choice takes of every kind in turn, keeps the order, and what is always wanted."""
    source = "def f(a, b):\n    return a + b * 2 - 3\n\ndef g(a):\n    return a - 1\n"
    found = mutants.mutants(source)
    groups = {(m.function, m.kind) for m in found}
    chosen = mutants.choose(found, len(groups), [found[-1].id])

    assert {(m.function, m.kind) for m in chosen} == groups
    assert found[-1] in chosen
    assert len(chosen) <= len(groups) + 1
    assert list(chosen) == [m for m in found if m in chosen]
    assert mutants.choose(found, 10_000) == found
