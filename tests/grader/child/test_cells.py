"""A notebook behind the wall: what fails in it costs what it would have defined, and is told."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import notebook
from grader.records import Limits, Outcome, Source, Submission
from grader.sandbox.child.cells import Cells, TooLongError
from grader.sandbox.host import Sandbox
from grader.sandbox.launch import Zygote
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError
from grader.sandbox.terms import Terms

Handed = Callable[..., Sandbox]


@pytest.fixture
def handed(zygote: Zygote) -> Iterator[Handed]:
    """Put the cells of a notebook behind the wall."""
    made: list[Sandbox] = []

    def hand_in(*cells: str, **limits: float) -> Sandbox:
        code = notebook.gather(enumerate(cells, 1), "my.ipynb")
        submission = Submission("x", (Source("answer.py", code.text, code.cells),), "digest")
        made.append(Sandbox(zygote, submission, Terms(Limits(**limits))))  # type: ignore[arg-type]
        return made[-1]

    yield hand_in
    for sandbox in made:
        sandbox.close()


def began(sandbox: Sandbox, seed: int = 0) -> Student:
    """Begin a check, as a session does."""
    return Student(sandbox.exchange, sandbox.begin(seed), ["the notebook"], {}, lost=sandbox.lost)


def said(function: Callable[[], object]) -> str:
    """Ask for what must fail, and return what is told."""
    with pytest.raises(StudentError) as caught:
        function()
    return str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        "raise ValueError('the end')",
        "f(",
        "import matplotlib.pyplot as plt\nplt.plot([1])",
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "assert f() == 2",
        "input()",
        "open('/etc/passwd')",
        "[0] * (1 << 60)",
        "return 3",
        "display(1)",
        "x = '" + "\\N{no}'",
        "(" * 3000,
        "-" * 100_000 + "1",
        "await f()",
    ],
    ids=lambda text: text[:20],
)
def test_a_cell_that_fails_does_not_lose_the_others(bad: str, handed: Handed) -> None:
    """However a cell fails, cells before it and after it define what they define."""
    student = began(handed("def f(): return 1", bad, "def g(): return f() + 1", load_s=20))

    assert (student.f(), student.g()) == (1, 2)


def test_statements_after_one_that_fails_are_executed(handed: Handed) -> None:
    """Within a cell, too, a failure costs its own statement alone."""
    student = began(handed("import nowhere\nimport torch\ndef f(): return torch.ones(1).item()"))

    assert student.f() == 1.0


def test_cells_share_one_namespace_in_order(handed: Handed) -> None:
    """The last definition of a name holds, as after running all cells from the top."""
    student = began(handed("n = 1\ndef f(): return n", "n = 2", "def f(): return n + 10"))

    assert student.f() == 12


def test_a_future_statement_holds_in_later_cells(handed: Handed) -> None:
    """As in Jupyter, what one cell takes from the future holds from then on."""
    cell = "def f(x: nowhere): return f.__annotations__['x']"

    assert began(handed("from __future__ import annotations", cell)).f(1) == "nowhere"


def test_an_error_names_cell_and_line(handed: Handed) -> None:
    """A traceback leads through cells, each with its own lines."""
    student = began(handed("import torch", "\ndef f(x):\n    return 1 / x", "def g(): return f(0)"))

    assert said(student.g) == (
        "ZeroDivisionError: division by zero\n"
        "  cell 3, line 1 in g\n    def g(): return f(0)\n                    ^^^^\n"
        "  cell 2, line 3 in f\n    return 1 / x\n           ^^^^^"
    )


def test_a_missing_name_tells_the_cell_that_lost_it(handed: Handed) -> None:
    """A function whose cell is no Python is missing because of that, and this is what is told."""
    student = began(handed("a = 1", "def f(x)\n    return x"))

    assert said(lambda: student.f) == (
        "SyntaxError: expected ':'\n  cell 2, line 1\n    def f(x)\n            ^"
    )


def test_a_name_that_nothing_defines_is_missing(handed: Handed) -> None:
    """A name of which no cell knows is said to be missing from the notebook."""
    student = began(handed("raise ValueError", "b = ("))

    assert said(lambda: student.f) == (
        "the notebook has no function `f`. Keep the name that the exercise gives."
    )


def test_a_name_that_a_failed_import_lost_is_told_with_it(handed: Handed) -> None:
    """A function that misses a module tells why the import failed, and where both are."""
    student = began(handed("import nowhere as no", "def f(): return no.x"))

    assert said(student.f) == (
        "ModuleNotFoundError: No module named 'nowhere'\n"
        "  cell 2, line 1 in f\n    def f(): return no.x\n                    ^^\n"
        "  cell 1, line 1 in <module>\n    import nowhere as no\n    ^^^^^^^^^^^^^^^^^^^^"
    )


def test_a_name_that_is_just_missing_is_told_as_such(handed: Handed) -> None:
    """A NameError that no cell has caused stays a NameError."""
    student = began(handed("import nowhere", "def f(): return somewhere"))

    assert said(student.f).startswith("NameError: name 'somewhere' is not defined\n  cell 2, line")


def test_a_failure_is_printed_once_a_check(handed: Handed) -> None:
    """What fails is told where the cells print, unless a later cell has made it good."""
    sandbox = handed("print('one')", "1 / 0", "def f(:", "def f(): pass", "x = y")
    began(sandbox)

    assert sandbox.take_printed() == (
        "one\n"
        "cell 2, line 1: ZeroDivisionError: division by zero\n"
        "cell 5, line 1: NameError: name 'y' is not defined\n"
    )


def test_a_cell_that_takes_too_long_is_stopped(handed: Handed) -> None:
    """A demonstration that trains for an hour costs a part of the loading time, and only once."""
    sandbox = handed(
        "def f(): return 1",
        "while True: pass",
        "try:\n    while True: pass\nexcept Exception: pass",
        "def g(): return 2",
        load_s=2.0,
    )
    student = began(sandbox)
    told = sandbox.take_printed()
    again = began(sandbox, 1)

    assert (student.f(), again.g(), sandbox.children) == (1, 2, 1)
    assert told.splitlines()[0] == (
        "cell 2, line 1: TooLongError: this takes more than 0.5 s of computing when the notebook "
        "is loaded, and was stopped; the other cells were run"
    )
    assert len(told.splitlines()) == 2


def test_a_cell_that_will_not_stop_is_ended_from_outside(handed: Handed) -> None:
    """A cell that switches the timer off is stopped by the limit of loading, as any file."""
    cell = (
        "import signal\nif signal:\n    signal.setitimer(signal.ITIMER_PROF, 0)\n"
        "    while True: pass"
    )
    sandbox = handed("def f(): return 1", cell, load_s=0.6)

    with pytest.raises(StudentError) as caught:
        sandbox.begin(0)

    assert caught.value.outcome is Outcome.TIMED_OUT


def test_an_import_is_let_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that a statement needs is not cut in half, whatever it costs."""
    (tmp_path / "busy_module.py").write_text(
        "import time\nend = time.process_time() + 0.7\nwhile time.process_time() < end: pass"
    )
    monkeypatch.syspath_prepend(tmp_path)
    made = Cells("x = __import__('busy_module')", [[1, 1]], 0.2)
    made.run({})

    assert made.failed == []


def test_each_check_executes_the_cells_anew(handed: Handed) -> None:
    """What one check leaves in a global is gone in the next."""
    sandbox = handed("seen = []", "def f():\n    seen.append(1)\n    return len(seen)")

    assert (began(sandbox, 1).f(), began(sandbox, 2).f()) == (1, 1)


def test_the_source_of_a_function_can_be_inspected(handed: Handed) -> None:
    """`inspect.getsource` works on functions and classes of a cell."""
    student = began(handed("x = 1", "import inspect\ndef f(): return inspect.getsource(f)"))

    assert student.f() == "def f(): return inspect.getsource(f)\n"


def test_code_for_a_script_is_not_run(handed: Handed) -> None:
    """`__name__` is the file's, as in the Python form of the exercise."""
    assert began(handed("def f(): return __name__", "if __name__ == '__main__': 1 / 0")).f() == (
        "answer"
    )


STATEMENTS = st.sampled_from(
    ["x{0} = {0}", "def f{0}():\n    return 1 / 0", "# c{0}\n\ny{0} = 1", "class C{0}:\n    pass"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(STATEMENTS, min_size=1, max_size=3), min_size=1, max_size=5))
def test_lines_are_those_of_the_cell(templates: list[list[str]]) -> None:
    """Whatever stands in the cells before: a function knows its own cell and its line in it."""
    cells = [
        "\n".join(text.format(f"{number}_{at}") for at, text in enumerate(texts))
        for number, texts in enumerate(templates, 1)
    ]
    code = notebook.gather(enumerate(cells, 1), "x")
    made, space = Cells(code.text, code.cells, 1.0), {}
    made.run(space)
    wanted = {
        node.name: (f"cell {number}", node.lineno)
        for number, text in enumerate(cells, 1)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }

    assert made.failed == []
    assert {
        name: (value.__code__.co_filename, value.__code__.co_firstlineno)
        for name, value in space.items()
        if name.startswith("f")
    } == wanted


def test_what_takes_too_long_is_no_exception() -> None:
    """A statement cannot be kept running by catching every Exception."""
    assert not issubclass(TooLongError, Exception)
