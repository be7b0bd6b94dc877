"""What a piece of Python does with the names around it, and the same piece asking for some of them.

The property: a program that finds its names around it, and the same program rewritten to ask an
object for them, do the same. Programs are drawn from pieces in which names are parameters, targets,
attributes, keywords, texts, and bound in every scope that Python has.
"""

import ast
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.imports import names


def used(text):
    """What one statement does with names."""
    (node,) = ast.parse(text).body
    return names.uses(node)


READS = {
    "f(x)": {"f", "x"},
    "y = f(x)": {"f", "x"},
    "[x for x in xs if x > least]": {"xs", "least"},
    "[(x, y) for x in xs for y in x]": {"xs"},
    "[x for x in x]": {"x"},
    "{k: v for k, v in pairs}": {"pairs"},
    "f(x=1, y=z)": {"f", "z"},
    "a.b.c[d]": {"a", "d"},
    "f'{x:{width}}'": {"x", "width"},
    "(n := f(3))": {"f"},
    "x += 1": {"x"},
    "class A(B):\n    c = d\n    def m(self):\n        return c": {"B", "d", "c"},
    "def g(a, b=c, *, d: e = h) -> i:\n    return a + b": {"c", "e", "h", "i"},
    "lambda a, b=c: a + b + d": {"c", "d"},
    "with open(p) as f:\n    f.read()": {"open", "p"},
    "try:\n    f()\nexcept E as e:\n    print(e)": {"f", "E", "print", "e"},
    "match p:\n    case {'k': A(x=y), **rest}:\n        print(y, rest)": {
        "p",
        "A",
        "print",
        "y",
        "rest",
    },
    "for i in range(n):\n    i": {"range", "n"},
    "def g():\n    x = 1\n    def h():\n        nonlocal x\n        x = y\n    return h": {"y"},
    "def g():\n    global x\n    x = y": {"y"},
    "import torch.nn as nn": set(),
    "assert x == 'y'": {"x"},
}


@pytest.mark.parametrize("text", READS)
def test_reads(text):
    """What a statement reads of the level around it is what Python would look for there."""
    assert used(text).reads == READS[text]


def test_now_and_later():
    """What a function reads when it is called is told from what its definition reads."""
    found = used("@decorated\ndef f(a=given):\n    return a + [other for _ in range(3)][0]")

    assert (found.now, found.later) == ({"decorated", "given"}, {"other", "range"})


def test_binds():
    """All forms in which a statement may bind a name are seen; only plain ones bind for sure."""
    bound = {
        "a, (b, *c) = d": {"a", "b", "c"},
        "import torch.nn, numpy as np": {"torch", "np"},
        "for i in x:\n    j = i": {"i", "j"},
        "[(k := i) for i in x]": {"k"},
        "with a as b: pass": {"b"},
        "def f():\n    global g\n    g = 1": {"f", "g"},
        "class A:\n    x = 1": {"A"},
    }

    assert {text: used(text).binds for text in bound} == bound
    assert used("for i in x: pass").surely == frozenset()
    assert used("i = x").surely == {"i"}


CHANGES = {
    "x.append(1)": {"x"},
    "w.grad.zero_()": {"w"},
    "x[0] = 1": {"x"},
    "x.y.z = 1": {"x"},
    "x += 1": {"x"},
    "y = x.sum()": set(),
    "print(x)": set(),
    "torch.nn.init.normal_(w)": {"torch", "w"},
    "for p in model.parameters():\n    p -= 1": {"p", "model"},
    "for p in model.parameters():\n    print(p)": set(),
    "def f(x):\n    x.append(y)": set(),
}


@pytest.mark.parametrize("text", CHANGES)
def test_changes(text):
    """A value is changed by stores into it, by += and by methods that say so."""
    assert used(text).changes == CHANGES[text]


def test_changing():
    """A function changes what it is given if it does so itself, or by another that does."""
    tree = ast.parse(
        "def reads(x):\n    return x.sum()\n"
        "def fills(x):\n    x[0] = 1\n"
        "def asks(model, data):\n    if data:\n        fills(model)\n"
        "class A:\n    def step(self):\n        self.n = 1\n"
        "    def look(self):\n        return self\n"
    )

    assert names.changing(tree.body) == {"fills", "asks", "step"}


def test_unclear():
    """A name that a class binds and reads may be either, and that is told."""
    assert used("class A:\n    f = f").unclear == {"f"}
    assert used("class A:\n    f = 1\n    g = [f for _ in h]").unclear == frozenset()


# Asking


ASKED = {
    "assert f(x) == 1  # f is called": "assert student.f(x) == 1  # f is called",
    "y = [f(i) for i in range(3)]": "y = [student.f(i) for i in range(3)]",
    "g(f=1)": "g(f=1)",
    "a.f(1)": "a.f(1)",
    "'f(x)'": "'f(x)'",
    "lambda f: f(1)": "lambda f: f(1)",
    "def g(f):\n    return f(1)": "def g(f):\n    return f(1)",
    "[f for f in f()]": "[f for f in student.f()]",
    "f'{f(1)} f'": "f'{student.f(1)} f'",
    "x = ('é', f(1),\n     f(2))": "x = ('é', student.f(1),\n     student.f(2))",
    "@f\ndef g(a=f):\n    return f": "@student.f\ndef g(a=student.f):\n    return student.f",
}


@pytest.mark.parametrize("text", ASKED)
def test_asking(text):
    """Only names that lead to the level around are asked for; all else stays to the letter."""
    assert names.asking(text, {"f"}) == ASKED[text]


# Programs whose values depend on which f, g or h is meant where. Each hole is a name.
_NAMES = st.sampled_from(["f", "g", "h", "a", "b"])
_PIECES = (
    "out.append({0}({1}))",
    "{0}_ = {1}({2}(1)); out.append({0}_)",
    "out.append([{0} for {0} in [{1}(1), 2]])",
    "out.append([{0}(i) for i in range(2) if {1}(i)])",
    "out.append({{ {0}(1): {1} for {1} in [3, {2}(4)] }})",
    "out.append((lambda {0}: [{0}, {1}(2)])(5))",
    "def fun_{0}({1}, z={2}(1)):\n    out.append([{1}, z, {0}(3)])\nfun_{0}(6)",
    "def fun():\n    {0} = lambda n: [n, 'own']\n    def inner():\n        nonlocal {0}\n"
    "        out.append({0}(1))\n        {0} = {1}\n    inner()\n    out.append({0}(2))\nfun()",
    "class C:\n    {0} = 1\n    def {1}(self):\n        return [{0}(1), {1}(2), type(self.{0})]\n"
    "out.append(C().{1}())",
    "class D:\n    m = {0}(1)\n    n = [{1}(i) for i in range(2)]\nout.append([D.m, D.n])",
    "out.append(f'{{{0}(1)}} {0} {{{1}(2)!r:>{{2}}}}'.strip())",
    "for i in range(2):\n    out.append({0}(i))\n    if i: out.append({1}('{0}'))",
    "try:\n    raise ValueError({0}(1))\nexcept ValueError as e:\n    out.append(str(e.args))",
    "out.append(dict({0}={1}(1))['{0}'])",
    "match {0}(1):\n    case [x, *{1}]:\n        out.append([x, len({1}), 7])",
    "if (w := {0}(1)): out.append([w, {1}(1)])",
)


def _tell(name):
    return lambda *words: [name, *(word for word in words if not callable(word))]


AROUND = {name: _tell(name) for name in ("f", "g", "h", "a", "b")}


@st.composite
def programs(draw):
    """Draw a program of a few pieces, and the names that it binds at its own level."""
    pieces = draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5))
    return "\n".join(
        piece.format(draw(_NAMES), draw(_NAMES), draw(_NAMES)) for piece in pieces
    )  # fmt: skip


def _run(text, around):
    """Execute a program as the body of a function, as a check is; what it tells, or its error."""
    out: list[object] = []
    lines = "".join(f"    {line}\n" for line in text.split("\n"))
    scope = {"out": out, **around}
    exec(compile(f"def check():\n{lines}", "check", "exec"), scope)
    try:
        scope["check"]()
    except Exception as error:
        out.append(f"{type(error).__name__}")
    return out


@settings(max_examples=300, deadline=None)
@given(text=programs(), asked=st.sets(_NAMES, min_size=1))
def test_a_program_that_asks_does_what_it_did(text, asked):
    """Asking an object for some names, a program does what it does with them around it."""
    found = [names.uses(node) for node in ast.parse(text).body]
    own = set().union(*(each.binds for each in found), *(each.unclear for each in found))
    asked = asked - own
    rest = {name: value for name, value in AROUND.items() if name not in asked}

    student = types.SimpleNamespace(**{name: AROUND[name] for name in asked})
    told = _run(names.asking(text, asked), {**rest, "student": student})

    assert told == _run(text, AROUND)


@given(st.text(max_size=200))
def test_any_text(text):
    """Whatever is read, it is Python and comes back as such, or is refused as Python refuses it."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return

    assert names.asking(text, set()) == text.replace("\r\n", "\n") or "\r" in text or "\f" in text
