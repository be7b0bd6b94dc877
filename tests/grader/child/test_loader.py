"""Sources that become modules: names, imports, tracebacks, and what keeps a file from loading."""

from collections.abc import Callable

import pytest

from grader.records import Outcome
from grader.sandbox.host import Ended, Sandbox
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError

Sandboxed = Callable[..., Sandbox]
Began = Callable[..., Student]
Submitted = Callable[..., Student]


def test_files_import_each_other_in_any_order(submitted: Submitted) -> None:
    """One file of a submission imports another by its stem; both give their names."""
    student = submitted({"a.py": "import b\ndef f(): return b.g()", "b.py": "def g(): return 'b'"})

    assert (student.f(), student.g()) == ("b", "b")


def test_a_file_is_a_module_with_its_name(submitted: Submitted) -> None:
    """`__name__` and `__file__` are the file's, and code for a script alone is not run."""
    student = submitted("""
from dataclasses import dataclass
from __main__ import __dict__ as main
@dataclass
class Point:
    x: "int"
def who(): return __name__, __file__, Point(1).x, "Point" in main
if __name__ == "__main__": raise SystemExit
""")

    assert student.who() == ("answer", "answer.py", 1, False)


def test_settings_of_the_grader_do_not_leak_into_the_source(submitted: Submitted) -> None:
    """The source is compiled as it stands: no future statement of ours holds in it."""
    assert submitted("def f(x: int): return f.__annotations__['x'] is int").f(1)


def test_every_check_executes_the_files_anew(sandboxed: Sandboxed, began: Began) -> None:
    """Each check prints what loading prints, once."""
    sandbox = sandboxed({"a.py": "import b\nprint('a')", "b.py": "print('b')"})
    began(sandbox, 1)
    began(sandbox, 2)

    assert sandbox.take_printed() == "b\na\n" * 2


def test_files_may_import_each_other_in_a_circle(submitted: Submitted) -> None:
    """A circle of imports is Python's own matter, and works where Python lets it."""
    student = submitted({"a.py": "import b\nx = 1", "b.py": "import a\ndef f(): return a.x"})

    assert student.f() == 1


def test_lines_are_counted_as_python_counts_them(submitted: Submitted) -> None:
    """A form feed or a separator in a text does not shift the line that is shown."""
    student = submitted("\f\nWORDS = 'one\u2028two'\r\ndef f():\r\n    return 1 / 0\r\n")

    with pytest.raises(ZeroDivisionError) as caught:
        student.f()

    assert str(caught.value).splitlines()[1:] == [
        "  answer.py:4 in f",
        "    return 1 / 0",
        "           ^^^^^",
    ]


def test_the_source_can_be_inspected(submitted: Submitted) -> None:
    """`inspect.getsource` works on the submission's functions, as torch's own tools expect."""
    student = submitted("import inspect\ndef f(): return inspect.getsource(f)")

    assert student.f() == "def f(): return inspect.getsource(f)"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "import torch\ndef f(x)\n    return x\n",
            "SyntaxError: expected ':'\n  answer.py:2\n    def f(x)\n            ^",
        ),
        (
            "def f():\n  x = 1\n   y = 2\n",
            "IndentationError: unexpected indent\n  answer.py:3\n    y = 2\n    ^",
        ),
        (
            "grüße = (1 +\n",
            "SyntaxError: '(' was never closed\n  answer.py:1\n    grüße = (1 +\n            ^",
        ),
        (
            "x = [1,\n     2 3]\n",
            "SyntaxError: invalid syntax. Perhaps you forgot a comma?\n"
            "  answer.py:2\n    2 3]\n    ^^^",
        ),
        (
            "import torch\nif torch:\n    x = torch.ones(2).sum().item() / 0\n",
            "ZeroDivisionError: float division by zero\n"
            "  answer.py:3 in <module>\n"
            "    x = torch.ones(2).sum().item() / 0\n"
            "        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        ),
        (
            "import nunpy\n",
            "ModuleNotFoundError: No module named 'nunpy'\n"
            "  answer.py:1 in <module>\n    import nunpy\n    ^^^^^^^^^^^^",
        ),
        (
            "raise SystemExit(2)\n",
            "SystemExit: 2\n"
            "  answer.py:1 in <module>\n    raise SystemExit(2)\n    ^^^^^^^^^^^^^^^^^^^",
        ),
    ],
    ids=lambda text: text.splitlines()[0][:30],
)  # fmt: skip
def test_a_file_that_does_not_load_says_where(
    source: str, said: str, sandboxed: Sandboxed, began: Began
) -> None:
    """A loading error is told with its file, its line and a caret."""
    with pytest.raises(StudentError) as caught:
        began(sandboxed(source))

    assert (caught.value.outcome, str(caught.value)) == (Outcome.RAISED, said)


def test_an_error_in_an_imported_file_shows_the_way_there(
    sandboxed: Sandboxed, began: Began
) -> None:
    """An error in a second file is shown with the line that imports it."""
    with pytest.raises(SyntaxError) as caught:
        began(sandboxed({"a.py": "import b\n", "b.py": "x = = 1\n"}))

    assert str(caught.value) == (
        "SyntaxError: invalid syntax\n"
        "  a.py:1 in <module>\n    import b\n    ^^^^^^^^\n"
        "  b.py:1\n    x = = 1\n        ^"
    )


@pytest.mark.parametrize(
    ("source", "outcome", "said"),
    [
        ("while True: pass", Outcome.TIMED_OUT, "stopped after 0.3 s of computing"),
        ("import time\ntime.sleep(60)", Outcome.TIMED_OUT, "stopped after waiting 0.5 s"),
        ("import os\nos._exit(0)", Outcome.CRASHED, "the process ended in the middle"),
        ("import ctypes\nctypes.string_at(0)", Outcome.CRASHED, "the process crashed (SIGSEGV)"),
        ("x = [0] * (1 << 40)", Outcome.OUT_OF_MEMORY, "it ran out of memory (MemoryError)"),
        ("open('/etc/passwd')", Outcome.FORBIDDEN, "not allowed here (PermissionError: "),
    ],
)
def test_a_file_that_hangs_or_dies_at_import_is_said_to(
    source: str, outcome: Outcome, said: str, sandboxed: Sandboxed, began: Began
) -> None:
    """Loading has a budget of its own, and a death while loading is told as one."""
    # The wall clock runs out for the sleeper alone, however busy the machine is.
    wall_s = 0.5 if "sleep" in source else 30
    sandbox = sandboxed(source, load_s=0.3, wall_s=wall_s, time_s=60)

    with pytest.raises(StudentError) as caught:
        began(sandbox)

    assert caught.value.outcome is outcome
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    "source",
    ["x = " + "(" * 5000, "x = " + "-" * 100_000 + "1", "x = 1\0", "x = '\ud800'", "1" * 5000],
    ids=lambda text: ascii(text[:12]),
)  # fmt: skip
def test_a_source_that_breaks_the_compiler_is_an_answer(
    source: str, sandboxed: Sandboxed, began: Began
) -> None:
    """A file that Python's own parser gives up on is a loading error, never one of ours."""
    sandbox = sandboxed(source, load_s=5)

    with pytest.raises(StudentError):
        began(sandbox)


def test_a_state_that_breaks_loading_is_left_behind(sandboxed: Sandboxed, began: Began) -> None:
    """Files that loaded once and fail to load again get a new child: the check before is why."""
    sandbox = sandboxed("""
import json
def break_it(): del json.loads
def f(): return 1
json.loads("1")
""")
    began(sandbox, 1).break_it()

    assert began(sandbox, 2).f() == 1
    assert sandbox.children == 2


def test_a_death_at_import_ends_no_later_check_with_it(sandboxed: Sandboxed, began: Began) -> None:
    """Each check that cannot load says so itself."""
    sandbox = sandboxed("import os\nos._exit(1)")

    for seed in range(2):
        with pytest.raises(Ended, match=r"exit code 1"):
            began(sandbox, seed)
