"""A cell with a solution becomes reference and stub, and nothing of the one stands in the other."""

import ast
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.imports import blanks
from grader.imports.blanks import Region

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def test_regions():
    """Markers are found as words within a line, whatever comes before them."""
    text = f"a\n  {BEGIN} # here\nb\n# {END[4:]}\nc\n{BEGIN}\n{END}"

    assert blanks.regions(text, "SOLUTION") == [Region(2, 4), Region(6, 7)]
    assert blanks.without(text, [Region(2, 4)]) == f"a\nc\n{BEGIN}\n{END}"
    assert blanks.emptied(text, [Region(2, 4)]) == f"a\n\n\n\nc\n{BEGIN}\n{END}"
    assert blanks.emptied(text, [Region(2, 4)], keeps_inside=True) == "\n\nb\n\n\n\n"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (f"a\n{BEGIN}\nb", 2, "BEGIN SOLUTION has no END SOLUTION after it"),
        (f"{BEGIN}\na\n{BEGIN}\n{END}", 3, "BEGIN SOLUTION stands inside another one"),
    ],
)
def test_markers_that_do_not_fit(text, line, why):
    """A region that is not closed, or begins twice, is told with its line."""
    with pytest.raises(blanks.MarkerError) as refused:
        blanks.regions(text, "SOLUTION")

    assert (refused.value.line, str(refused.value)) == (line, why)


STUBS = {
    "a method": (
        f"class A:\n    def f(self):\n        {BEGIN}\n        return 1\n        {END}\n"
        "    def g(self): return 2",
        'class A:\n    def f(self):\n        # YOUR CODE HERE\n'
        '        raise NotImplementedError("f")\n    def g(self): return 2',
    ),
    "methods in a region": (
        f'class A:\n    """A."""\n    {BEGIN}\n    n = 1\n    def f(self, x):\n        return x\n'
        f"    {END}",
        'class A:\n    """A."""\n    # YOUR CODE HERE\n    n = ...\n\n\n    def f(self, x):\n'
        '        raise NotImplementedError("f")',
    ),
    "a part of a function": (
        f"def f(x):\n    y = 2\n    {BEGIN}\n    z = x + y\n    {END}\n    return z",
        'def f(x):\n    y = 2\n    # YOUR CODE HERE\n'
        '    raise NotImplementedError("f")\n    return z',
    ),
    "a loop": (
        f"for i in range(3):\n    {BEGIN}\n    total = i\n    {END}",
        "for i in range(3):\n    # YOUR CODE HERE\n    total = ...\n    pass",
    ),
    "a whole cell": (
        "import torch\na, b = torch.ones(2)\nfor i in range(3):\n    c = a + i\n\n\n"
        'def f(x: int = 3) -> int:\n    """Add."""\n    return x + 1\nprint(a)',
        'import torch\n# YOUR CODE HERE\na = ...\nb = ...\ni = ...\nc = ...\n\n\n'
        'def f(x: int=3) -> int:\n    """Add."""\n    raise NotImplementedError("f")',
    ),
    "a class without a region": (
        "class A(B):\n    n: int = 1\n    class C:\n        def g(self): return 1\n",
        "# YOUR CODE HERE\nclass A(B):\n    n = ...\n\n    class C:\n\n        def g(self):\n"
        '            raise NotImplementedError("A.C.g")',
    ),
    "a region that leaves no Python": (
        f"def f(x):\n    {BEGIN}\n    if x:\n        return 1\n    {END}\n    else:\n"
        "        return 2",
        '# YOUR CODE HERE\ndef f(x):\n    raise NotImplementedError("f")',
    ),
    "an empty region": (f"def f():\n    {BEGIN}\n    {END}\n    pass",
                        'def f():\n    # YOUR CODE HERE\n    raise NotImplementedError("f")\n'
                        "    pass"),
}  # fmt: skip


@pytest.mark.parametrize("name", STUBS)
def test_stub(name):
    """What stands in a solution's place depends on where it stands."""
    text, stub = STUBS[name]

    assert blanks.both(text)[1] == stub


def test_lines_that_are_dropped():
    """A line that is dropped is in neither text, wherever it stands."""
    text = f"a = 1\nprint(a)\n{BEGIN}\nb = 2\nprint(b)\n{END}"

    assert blanks.both(text, {2, 5}) == ("a = 1\nb = 2", "a = 1\n# YOUR CODE HERE\nb = ...")


# Regions anywhere in a file of functions, classes and values.
_LINES = st.lists(
    st.sampled_from(["x{} = 'secret{}'", "if 's{}': y{} = 'secret{}'", "print('secret{}')",
                     "def f{}(a):\n    '''Told.'''\n    return 'secret{}'",
                     "class C{}:\n    n = 'secret{}'\n"
                     "    def m(self):\n        return 'secret{}'"]),
    min_size=1, max_size=5,
)  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), _LINES), min_size=1, max_size=4), st.booleans())
def test_no_secret_in_the_stub(parts, is_inside):
    """Whatever a region holds, the stub is Python and has none of it; the reference has all."""
    numbers = itertools.count()
    lines = []
    for is_solution, pieces in parts:
        word = "secret" if is_solution else "given"
        body = "\n".join(piece.replace("{}", str(next(numbers))) for piece in pieces)
        body = body.replace("secret", word)
        lines += [BEGIN, body, END] if is_solution else [body]
    text = "\n".join(lines)
    if is_inside:
        text = "def around():\n" + "\n".join(f"    {line}" for line in text.split("\n"))
    if not any(is_solution for is_solution, _ in parts):
        return
    reference, stub = blanks.both(text)

    ast.parse(stub)
    assert "secret" not in stub
    assert ast.dump(ast.parse(reference)) == ast.dump(ast.parse(text))
