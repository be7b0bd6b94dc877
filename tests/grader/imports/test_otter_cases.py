"""What a case of otter's asks, in statements of a check: values as values, text as text."""

import ast
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.imports import otter_cases
from grader.imports.otter_cases import LeftError
from grader.imports.otter_nouns import Case, Example


def asked(code, want="", **more):
    """Write what one statement and its output ask."""
    case = Case("", "q1.py", examples=(Example(code, want),), **more)
    return "\n".join(ast.unparse(node) for node in otter_cases.statements(case))


def required(function, **more):
    """Write what the function of a case asks."""
    case = Case("", "q1.py", function=function, **more)
    return "\n".join(ast.unparse(node) for node in otter_cases.statements(case))


@pytest.mark.parametrize(
    ("code", "want", "check"),
    [
        ("f(2)", "4\n", "expect.equal(f(2), 4)"),
        ("x", "'a'", "expect.equal(x, 'a')"),
        ("x", "[1, (2, None)]", "expect.equal(x, [1, (2, None)])"),
        ("x", "True", "expect.equal(x, True)"),
        ("x == 3", "True", "assert x == 3"),
        ("isinstance(x, int) and x > 1", "False", "assert not (isinstance(x, int) and x > 1)"),
        ("x", "0.5", "expect.number(x, 0.5)"),
        ("x", "1, 2", "expect.equal(x, (1, 2))"),
        ("x", "{'a': 1}", "assert x == {'a': 1}"),
        ("x", "[0.5, 1.0]", "assert repr(x) == '[0.5, 1.0]'"),
        ("np.sum(x)", "6", "assert np.sum(x) == 6"),
        ("x.shape", "torch.Size([2, 3])", "expect.equal(x.shape, (2, 3))"),
        ("x.dtype", "torch.float64", "assert x.dtype == torch.float64"),
        ("x", "tensor([1, 2])", "expect.close(x, torch.tensor([1, 2]))"),
        ("x", "tensor([[1.], [-2.]])", "expect.close(x, torch.tensor([[1.0], [-2.0]]))"),
        ("x", "tensor([0.3333, 2.0000])",
         "expect.close(x, torch.tensor([0.3333, 2.0]), atol=0.0001)"),
        ("x", "tensor([1.0000e-05, 2.0000e+02])",
         "expect.close(x, torch.tensor([1e-05, 200.0]), rtol=0.0001)"),
        ("x", "tensor(2., dtype=torch.float64)",
         "expect.close(x, torch.tensor(2.0, dtype=torch.float64))"),
        ("x", "tensor(2., grad_fn=<MulBackward0>)", "expect.close(x, torch.tensor(2.0))"),
        ("x", "tensor([nan])", "assert repr(x) == 'tensor([nan])'"),
        ("x", "array([1, 2])", "assert repr(x) == 'array([1, 2])'"),
        ("print(x)", "hello", "assert str(x) == 'hello'"),
        ("torch.testing.assert_close(x, y)", "", "torch.testing.assert_close(x, y)"),
        ("f(x)", "", "assert f(x) is None"),
        ("assert x == 2", "", "assert x == 2"),
        ("f(1)", "Traceback (most recent call last):\n  ...\nValueError: no (1)",
         "with pytest.raises(ValueError, match='no\\\\ \\\\(1\\\\)'):\n    f(1)"),
    ],
)  # fmt: skip
def test_output_becomes_a_comparison(code, want, check):
    """What is printed is compared as the value it is, or as text where it is none."""
    assert asked(code, want) == check


@pytest.mark.parametrize(
    ("code", "want", "why"),
    [
        ("None", "", "it asks nothing"),
        ("x", "", "no output is stored for `x`; run the notebook, save it with its outputs and "
                  "import it again"),
        ("str(print(x))", "2\n'None'",
         "`str(print(x))` prints and gives a value, and both are compared"),
        ("f", "<function f at 0x7f00>", "what `f` prints is shortened, or differs in each run"),
        ("x", "tensor([1., ..., 2.])", "what `x` prints is shortened, or differs in each run"),
        ("x = f(1)", "3", "what it expects is printed by something that is not in the case"),
        ("f(1)", "Traceback (most recent call last):\nmine.Error: no",
         "it expects an error of a type that is not Python's own"),
        ("x", "'" + "a" * 20_000 + "'", "it expects a text of 20,002 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_said(code, want, why):
    """A case for which there are no honest statements is refused with the reason."""
    with pytest.raises(LeftError) as caught:
        asked(code, want)

    assert str(caught.value) == why


def test_words_for_who_fails():
    """What a case says to who does not pass it stands in the assert, unless it is hidden."""
    told = asked("x", "2", on_failure="Try a prime.")
    hidden = asked("x", "2", on_failure="Try a prime.", is_hidden=True)

    assert told == "assert x == 2, 'Try a prime.'"
    assert hidden == "expect.equal(x, 2)"


def test_several_printed_lines():
    """What a loop prints is gathered and compared as text."""
    assert asked("for i in x:\n    print(i)", "1\n2") == (
        "with contextlib.redirect_stdout(io.StringIO()) as what_was_printed:\n"
        "    for i in x:\n        print(i)\n"
        "assert what_was_printed.getvalue() == '1\\n2\\n'"
    )


def test_function_is_its_body():
    """A function becomes its body; what it asks `env` for is the bare name."""
    function = (
        'def test_it(f, env):\n    """Words."""\n    y = env["y"]\n    torch = env.get("torch")\n'
        "    assert f(y) == torch.tensor(1), 'no'\n"
    )

    assert required(function) == "assert f(y) == torch.tensor(1), 'no'"
    assert required(function, is_hidden=True) == "assert f(y) == torch.tensor(1)"


@pytest.mark.parametrize(
    ("function", "why"),
    [
        ("def t(env):\n    assert 'x' in env",
         "it looks at all names of a student at once (`env`)"),
        ("def t(*args):\n    assert args", "its function takes any number of arguments"),
        ("def t(x):\n    yield x", "its function is a generator"),
        ("def t(x):\n    x = x + 1\n    assert x",
         "it gives another value to x, which is a student's name"),
        ("def t(x):\n    'nothing'", "it asks nothing"),
    ],
)  # fmt: skip
def test_functions_that_are_left(function, why):
    """A function that has no body of its own, or looks at everything, is refused."""
    with pytest.raises(LeftError) as caught:
        required(function)

    assert str(caught.value) == why


hostile = st.text(max_size=80) | st.sampled_from(
    ["[" * 300, "(" * 5000, "-" * 90_000 + "1", "tensor(" + "[" * 400, "9" * 5000, "1e999",
     "a." * 3000 + "b", "\0", "\ud800", "tensor([1.], grad_fn=<A>, device='cuda:0')",
     "torch.Size([" + "1, " * 3000 + "])", "Traceback (most recent call last):\nValueError"]
)  # fmt: skip


@given(code=hostile, want=hostile)
def test_any_text_ends_in_statements_or_a_sentence(code, want):
    """Whatever code and output are, they become statements that parse, or are refused."""
    with suppress(LeftError, CourseError):
        ast.parse(asked(code, want))


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=6,
    )
)  # fmt: skip
def test_every_plain_value_is_compared_with_itself(value):
    """The comparison that a printed value becomes holds for that value."""
    text = asked("VALUE_OF_STUDENT", repr(value))
    seen = {}

    class Expect:
        def equal(self, got, want):
            seen["pair"] = (got, want)

        number = equal

    exec(text, {"VALUE_OF_STUDENT": value, "expect": Expect()})  # Our own text, of a value of ours.

    assert repr(seen.get("pair", (0, 0))[0]) == repr(seen.get("pair", (0, 0))[1])
