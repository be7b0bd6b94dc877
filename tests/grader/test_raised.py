"""Exceptions of the student's code, as they are said on this side."""

import builtins
from collections.abc import Callable

import pytest
import torch

from grader.records import Outcome
from grader.sandbox.proxy import Student
from grader.sandbox.raised import MAX_LINE, MAX_TEXT, StudentError, as_error

Submitted = Callable[..., Student]
FRAME = ["answer.py", 7, "f", "    return x / 0", 11, 16]
BUILTIN = [e for e in vars(builtins).values() if isinstance(e, type) and issubclass(e, Exception)]


def test_an_exception_is_its_type_its_words_and_the_students_lines() -> None:
    """Type and text come first, then each line of the student's with a caret below."""
    error = as_error([["ZeroDivisionError", "ArithmeticError"], "division by zero", "", [FRAME]])

    assert isinstance(error, ZeroDivisionError)
    assert error.outcome is Outcome.RAISED
    assert str(error) == (
        "ZeroDivisionError: division by zero\n"
        "  answer.py:7 in f\n"
        "    return x / 0\n"
        "           ^^^^^"
    )


def test_only_the_innermost_frames_are_shown() -> None:
    """Of many frames the last three are shown."""
    frames = [["answer.py", line, "f", "f()", 0, 3] for line in range(10)]

    text = str(as_error([["RecursionError"], "too deep", "", frames]))

    assert [line for line in text.splitlines() if "answer.py" in line] == [
        "  answer.py:7 in f",
        "  answer.py:8 in f",
        "  answer.py:9 in f",
    ]


def test_frames_of_others_are_folded_between_the_students() -> None:
    """How often somebody else was called stands between two of the student's frames, not below."""
    again = ["answer.py", 9, "forward", "    y", 4, 5]
    frames = [FRAME, ["torch", 2], again, ["torch", 1], FRAME, ["Python", 5]]

    assert str(as_error([["ValueError"], "", "", frames])) == (
        "ValueError\n"
        "  answer.py:7 in f\n    return x / 0\n           ^^^^^\n"
        "  (2 calls inside torch)\n"
        "  answer.py:9 in forward\n    y\n    ^\n"
        "  (1 call inside torch)\n"
        "  answer.py:7 in f\n    return x / 0\n           ^^^^^"
    )


def test_folds_are_not_counted_as_the_students_frames() -> None:
    """The last three frames of the student's are shown, however much lies between them."""
    frames = [each for line in range(5)
              for each in (["answer.py", line, "f", "f()", 0, 3], ["torch", 1])]  # fmt: skip
    text = str(as_error([["ValueError"], "", "", frames]))

    assert [line for line in text.splitlines() if "answer.py" in line] == [
        f"  answer.py:{line} in f" for line in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("kind", "outcome", "head"),
    [
        ("memory", Outcome.OUT_OF_MEMORY, "it ran out of memory (MemoryError: no)"),
        ("forbidden", Outcome.FORBIDDEN, "not allowed here (MemoryError: no)"),
        ("", Outcome.RAISED, "MemoryError: no"),
    ],
)
def test_memory_and_walls_have_outcomes_of_their_own(
    kind: str, outcome: Outcome, head: str
) -> None:
    """Running out of memory, or into a wall, is said as such."""
    error = as_error([["MemoryError"], "no", kind, []])

    assert (error.outcome, str(error)) == (outcome, head)


def test_a_stub_is_not_written_yet() -> None:
    """NotImplementedError names where to write, without the line that is to be replaced."""
    frame = ["answer.py", 7, "f", "    raise NotImplementedError('matvec: exercise 03')", 4, 52]
    error = as_error([["NotImplementedError"], "matvec: exercise 03", "", [frame]])

    assert error.is_stub
    assert str(error) == "not written yet (matvec: exercise 03)\n  answer.py:7 in f"


def test_what_torch_has_not_implemented_is_no_stub() -> None:
    """A NotImplementedError that no line of the student's raises is an error like others."""
    frame = ["answer.py", 7, "f", "    return x.softmax(0)", 11, 23]
    error = as_error([["NotImplementedError"], "not for 'Long'", "", [frame]])

    assert not error.is_stub
    assert str(error).startswith("NotImplementedError: not for 'Long'\n  answer.py:7 in f\n")


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda kind: kind.__name__)
def test_every_builtin_exception_can_arrive(kind: type[Exception]) -> None:
    """Each builtin exception arrives as a StudentError with the whole text, most as themselves."""
    error = as_error([[base.__name__ for base in kind.__mro__[:-1]], "words", "", []])

    said = "not written yet (words)" if kind is NotImplementedError else f"{kind.__name__}: words"
    assert str(error) == error.text == said
    assert isinstance(error, StudentError)
    if kind not in (AssertionError, ExceptionGroup):
        assert isinstance(error, kind)


def test_an_assertion_of_the_students_is_no_expectation_of_ours() -> None:
    """A student's AssertionError is no AssertionError here: it would look like a failed check."""
    error = as_error([["AssertionError"], "", "", []])

    assert not isinstance(error, AssertionError)
    assert str(error) == "AssertionError"


def test_a_class_of_the_students_arrives_as_its_builtin_base() -> None:
    """An exception class of the student's own is known by its name and its builtin base."""
    error = as_error([["TooWide", "ValueError", "Exception", "BaseException"], "", "", []])

    assert isinstance(error, ValueError)
    assert str(error) == "TooWide"


@pytest.mark.parametrize(
    "fields",
    [
        [],
        ["ValueError", "text", "", []],
        [[1], "text", "", []],
        [[], "text", "", []],
        [["ValueError"], None, "", []],
        [["ValueError"], "text", "", {}],
    ],
)
def test_fields_of_another_form_are_said_to_be_so(fields: list[object]) -> None:
    """An answer that is not of the form of an exception is a breach, not a crash of ours."""
    error = as_error(fields)  # type: ignore[arg-type]

    assert (error.outcome, str(error)) == (
        Outcome.FORBIDDEN,
        "an exception came in an unknown form",
    )


@pytest.mark.parametrize("frame", [None, 1, [], ["answer.py"], ["answer.py", "7", "f", "x", 0, 1]])
def test_a_frame_of_another_form_is_left_out(frame: object) -> None:
    """A frame that is none is not shown; the exception still is."""
    error = as_error([["ValueError"], "text", "", [frame]])  # type: ignore[list-item]

    assert str(error) == "ValueError: text"


@pytest.mark.parametrize(
    ("start", "end", "carets"),
    [
        (-(10**15), 10**15, "^^^"),
        (10**15, 10**16, "   ^"),
        (2, 1, "  ^"),
        (10**15, -(10**15), "   ^"),
    ],
)
def test_columns_are_held_to_their_line(start: int, end: int, carets: str) -> None:
    """Columns that a hostile child made up cost no memory: carets end with the line."""
    error = as_error([["E"], "", "", [["answer.py", 1, "f", "abc", start, end]]])

    assert str(error).splitlines()[-1] == "    " + carets


def test_long_texts_are_cut() -> None:
    """Message, names and lines of any length arrive bounded."""
    long = "x" * 1_000_000
    error = as_error([[long], long, "", [[long, 1, long, long, 0, 10**9]] * 9])

    assert len(str(error)) < MAX_TEXT + 20 * MAX_LINE


def test_a_raised_exception_crosses_with_the_students_frames_alone(submitted: Submitted) -> None:
    """Of a deep traceback only lines of the submission are told, with their columns."""
    student = submitted("""
import torch
def outer(x):
    größe = 2; return inner(x * größe)
def inner(x):
    return torch.nn.functional.linear(x, torch.ones(5, 5))
""")

    with pytest.raises(RuntimeError) as caught:
        student.outer(3 * torch.ones(2, 3))

    head, *lines = str(caught.value).splitlines()
    assert head == "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 5x5)"
    assert lines == [
        "  answer.py:4 in outer",
        "    größe = 2; return inner(x * größe)",
        "                      ^^^^^^^^^^^^^^^^",
        "  answer.py:6 in inner",
        "    return torch.nn.functional.linear(x, torch.ones(5, 5))",
        "           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    ]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("sys.exit('done')", "SystemExit: done"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise ExceptionGroup('many', [ValueError(1)])", "ExceptionGroup: many (1 sub-exception)"),
        ("raise Hostile", "Hostile"),
        ("assert 1 == 2, 'no'", "AssertionError: no"),
        ("raise StopIteration(3)", "StopIteration: 3"),
        ("f()", "RecursionError: maximum recursion depth exceeded"),
        ("raise ValueError('\\ud800')", "ValueError: \ud800"),
    ],
)
def test_whatever_is_raised_is_an_answer(act: str, said: str, submitted: Submitted) -> None:
    """Nothing that a function raises ends the child: the next question is answered."""
    student = submitted(f"""
import sys
class Hostile(Exception):
    def __str__(self): raise RuntimeError("hostile")
def f(): {act}
def g(): return 1
""")

    with pytest.raises(StudentError) as caught:
        student.f()

    assert str(caught.value).startswith(said)
    assert caught.value.outcome is Outcome.RAISED
    assert student.g() == 1


def test_forged_fields_do_not_hurt_the_host(submitted: Submitted) -> None:
    """A child that lies about its exceptions is shown bounded, and soon."""
    student = submitted("""
from grader.sandbox.child import service
def f():
    lie = [["E"], "x" * 10**6, "", [["answer.py", 1, "f", "abc", 10**15, 10**15]]]
    service.Service._explain = lambda *_: lie
    raise ValueError
""")

    with pytest.raises(StudentError) as caught:
        student.f()

    assert len(str(caught.value)) == len("E: ") + MAX_TEXT + len(
        "\n  answer.py:1 in f\n    abc\n       ^"
    )
