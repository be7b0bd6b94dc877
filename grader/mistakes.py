"""Known wrong answers, and right answers written differently.

A teacher keeps them as code in an exercise's `mistakes.py` and `variants.py`: one function each,
marked with `@mistake` or `@variant`. The function's name is the id, its docstring the sentence,
its body replaces one name of the reference. Here are the two marks, the reading of such a file,
and the writing of a whole submission out of one of its functions.
"""

import ast
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeAlias, TypeVar

from grader.errors import CourseError

# A function, or a class where the exercise asks for one.
Answer: TypeAlias = Callable[..., object]
AnswerT = TypeVar("AnswerT", bound=Answer)
Definition: TypeAlias = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Mistake:
    """What a wrong answer replaces, and what it costs.

    `of` is the name in the reference that it stands in for. `loses` are the ids of the checks that
    fail because of it, in the order written; checks that need one of those are skipped and are not
    named.
    """

    of: str
    loses: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """What a right answer replaces. `of` is the name in the reference that it stands in for."""

    of: str


def mistake(*, of: str, loses: str | tuple[str, ...]) -> Callable[[AnswerT], AnswerT]:
    """Mark a function as a wrong answer that students really give.

    The function's docstring is what the student is told: what was observed, in one sentence.

    Args:
        of: the name in the reference that it replaces.
        loses: the id or ids of the checks that fail because of it; those that need them are not
            named.
    """
    record = Mistake(of, (loses,) if isinstance(loses, str) else tuple(loses))

    def mark(answer: AnswerT) -> AnswerT:
        answer.__mistake__ = record  # type: ignore[attr-defined]
        return answer

    return mark


def variant(*, of: str) -> Callable[[AnswerT], AnswerT]:
    """Mark a function as a right answer that is written differently from the reference.

    Args:
        of: the name in the reference that it replaces.
    """
    record = Variant(of)

    def mark(answer: AnswerT) -> AnswerT:
        answer.__variant__ = record  # type: ignore[attr-defined]
        return answer

    return mark


def load(path: Path) -> tuple[Answer, ...]:
    """Execute a teacher's `mistakes.py` or `variants.py` and return what is marked in it, in order.

    Only functions of the file itself count; a marked function that it imports does not.

    Raises:
        CourseError: the file is missing or does not run, nothing in it is marked, or a marked
            function has no sentence.
    """
    if not path.is_file():
        raise CourseError(f"{path}: there is no such file. Write it, or leave out its exercise.")
    module = _executed(path)
    marked = tuple(
        answer
        for answer in vars(module).values()
        if getattr(answer, "__module__", None) == module.__name__
        and (hasattr(answer, "__mistake__") or hasattr(answer, "__variant__"))
    )
    if not marked:
        raise CourseError(f"{path}: no function is marked. Put @mistake or @variant above each.")
    for answer in marked:
        if not (answer.__doc__ or "").strip():
            raise CourseError(
                f"{path}: {answer.__name__} has no docstring. "
                f"Write the sentence that says what is observed."
            )
    return marked


def _executed(path: Path) -> ModuleType:
    """Run a trusted file as a module that no other import can find."""
    name = f"grader_course_{path.parent.name.replace('-', '_')}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path}: Python cannot load a file of this name. Let it end in .py.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    # The teacher's file may raise anything: whatever it is, the fault is in that file.
    except Exception as error:
        raise CourseError(
            f"{path}: running it raised {type(error).__name__}: {error}. "
            f"Correct the file; it is executed as it stands."
        ) from error
    return module


def as_submission(reference_source: str, module_source: str, function_name: str, of: str) -> str:
    """Write the file that a student with this mistake, or this variant, would have handed in.

    It is the reference with the definition of `of` replaced. The imports of both files are kept,
    but those of `grader.mistakes`; so are decorators other than `@mistake` and `@variant`.

    Args:
        reference_source: the reference, as Python source.
        module_source: the `mistakes.py` or `variants.py`, as Python source.
        function_name: the definition to take from it.
        of: the name it gets, and the definition of the reference that it replaces.

    Raises:
        CourseError: a source does not parse, or a name is not defined at the top of it.
    """
    reference = _parsed(reference_source, "the reference")
    module = _parsed(module_source, "the file of mistakes or variants")
    replaced = _defined(reference, of, "the reference")
    answer = _defined(module, function_name, "the file of mistakes or variants")
    answer.name = of
    answer.decorator_list = [kept for kept in answer.decorator_list if not _is_mark(kept)]
    body = [answer if statement is replaced else statement for statement in reference.body]

    start = 1 if ast.get_docstring(reference) is not None else 0
    present = {ast.unparse(statement) for statement in body if _is_import(statement)}
    added = [
        statement
        for statement in module.body
        if _is_import(statement)
        and not (isinstance(statement, ast.ImportFrom) and statement.module == "grader.mistakes")
        and ast.unparse(statement) not in present
    ]
    # A __future__ import must come first in a file, so the reference's own stay ahead of others.
    while start < len(body) and _is_future(body[start]):
        start += 1
    added.sort(key=lambda statement: not _is_future(statement))
    reference.body = [*body[:start], *added, *body[start:]]
    return ast.unparse(ast.fix_missing_locations(reference)) + "\n"


def _parsed(source: str, what: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise CourseError(
            f"line {error.lineno} of {what} is not Python: {error.msg}. Correct that line."
        ) from error


def _defined(tree: ast.Module, name: str, what: str) -> Definition:
    """Find the function or class of that name at the top of a file."""
    definitions = {
        statement.name: statement
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef | ast.ClassDef)
    }
    if name not in definitions:
        there = ", ".join(definitions) or "nothing"
        raise CourseError(f"{name} is not defined in {what}, which defines {there}. Name one.")
    return definitions[name]


def _is_mark(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id in ("mistake", "variant")
    )


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
