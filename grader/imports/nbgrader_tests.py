"""nbgrader's tests become checks: of each cell one that students see, and one that they do not.

A cell of nbgrader's is passed whole or not at all. Where a part of it is hidden, there are two
checks here, of which the hidden one needs the visible one, and its points are divided between them.
A line that asks nbgrader to write the test itself (AUTOTEST) becomes a hidden check that compares
with the reference, which is what nbgrader would have written down.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from grader.imports import blanks
from grader.imports.check_bodies import ASSERTS_NOTHING, Bodies, Body, RefusedError
from grader.imports.exercise import ImportedCheck, Left, check_name, in_words, points_text
from grader.imports.nbgrader_cells import Part
from grader.imports.statements import Origin, Program, Statement

_AUTOTEST = re.compile(r"\s*#+\s*(?:HASHED\s+)?AUTOTEST\s+(.*)")
_MAX_TITLE = 150
# Of a hundred parts of a cell's points, those for what students see of it: where a part is hidden,
# the visible one often asks for no more than a shape.
_SHOWN = 10
_HIDDEN_TESTS = "HIDDEN TESTS"


@dataclass(frozen=True)
class Cut:
    """The texts of a cell of tests: what students see, what is hidden, what is to be written.

    `is_whole` says that the hidden text holds the visible one, because it cannot stand alone.
    """

    visible: str
    hidden: str
    wanted: str
    is_whole: bool


@dataclass
class Checks:
    """The checks of a notebook as they are found, and what stands above them in their files.

    `used` are the indices of all statements that they are made of.
    """

    found: list[ImportedCheck] = field(default_factory=list)
    visible_setup: dict[int, Statement] = field(default_factory=dict)
    hidden_setup: dict[int, Statement] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    left: list[Left] = field(default_factory=list)
    has_wanted: bool = False


def texts(part: Part) -> Cut:
    """Take a cell of tests apart.

    Raises:
        MarkerError: its markers do not fit together.
    """
    text = part.cell.text
    found = blanks.regions(text, _HIDDEN_TESTS)
    visible = blanks.emptied(text, found)
    # One line of Python for each expression, so that each is a statement of its own.
    lines = [one for line in visible.split("\n") if (one := _AUTOTEST.fullmatch(line))]
    wanted = "\n".join(line[1].strip().rstrip(";") for line in lines)
    if not found:
        return Cut(visible, "", wanted_text(wanted), False)
    hidden = blanks.emptied(text, found, keeps_inside=True)
    is_whole = not (_parses(visible) and _parses(hidden))
    return Cut(visible, text if is_whole else hidden, wanted_text(wanted), is_whole)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def add(checks: Checks, part: Part, program: Program, bodies: Bodies, title: str) -> None:
    """Make the checks of one cell of tests, and keep why there are none.

    Args:
        checks: what was found so far.
        part: the cell.
        program: all statements of the notebook.
        bodies: makes bodies from them.
        title: what the report says, if the cell itself says nothing.
    """
    own = [each for each in program.statements if each.cell == part.cell.number]
    seen = [each for each in own if each.origin is Origin.VISIBLE]
    unseen = [each for each in own if each.origin is Origin.HIDDEN]
    plain = [each for each in unseen if not is_wanted(each)]
    wanted = [each for each in unseen if is_wanted(each)]
    made: list[tuple[bool, Body]] = []
    reasons: list[str] = []
    for is_hidden, statements in ((False, seen), (True, plain)):
        if statements:
            try:
                # A hidden part that cannot stand alone has the visible one in it.
                apart = seen if is_hidden and texts(part).is_whole else ()
                body = bodies.make(statements, is_hidden=is_hidden, apart=apart)
                made.append((is_hidden, body))
            except RefusedError as refused:
                reasons.append(str(refused))
    if wanted:
        try:
            made.append((True, _compared([*_prelude(seen), *wanted], bodies)))
            checks.has_wanted = True
        except RefusedError as refused:
            reasons.append(str(refused))
    if not part.points:
        checks.left.append(Left(part.place, "its test is worth nothing, and a check has points"))
        return
    if not made:
        first = [why for why in reasons if why != ASSERTS_NOTHING] or reasons
        why = first[0] if first else "it holds no code"
        worth = in_words(part.points)
        checks.left.append(Left(part.place, f"its test ({worth}) is left out: {why}"))
        return
    for why in reasons:
        if why != ASSERTS_NOTHING:
            told = f"a part of its test is left out, and its points are for the rest: {why}"
            checks.left.append(Left(part.place, told))
    _keep(checks, part, _merged(made), _title(part, own) or title)


def _merged(made: Sequence[tuple[bool, Body]]) -> list[tuple[bool, Body]]:
    """Make one hidden body of two."""
    visible = [body for is_hidden, body in made if not is_hidden]
    hidden = [body for is_hidden, body in made if is_hidden]
    found = [(False, body) for body in visible]
    if hidden:
        text = "\n".join(body.text for body in hidden)
        setup = tuple(each for body in hidden for each in body.setup)
        used = frozenset().union(*(body.used for body in hidden))
        found.append((True, Body(text, setup, used)))
    return found


def _keep(checks: Checks, part: Part, made: Sequence[tuple[bool, Body]], title: str) -> None:
    """Add the checks of one cell, with its points divided between them."""
    taken = {check.name for check in checks.found}
    base = check_name(part.id or f"cell_{part.cell.number}", taken)
    shown = max(Fraction(int(part.points * _SHOWN), 100), Fraction(1, 100))
    if len(made) > 1 and shown >= part.points:
        # A hundredth cannot be divided.
        made = made[1:]
    shares = [part.points] if len(made) == 1 else [shown, part.points - shown]
    needs = None
    for (is_hidden, body), share in zip(made, shares, strict=True):
        name = base if not taken & {base} and needs is None else check_name(f"{base}_hidden", taken)
        taken.add(name)
        words = title if needs is None else f"{title.rstrip('.')}, further cases."
        arguments = ("student", "reference") if "reference." in body.text else ("student",)
        check = ImportedCheck(name, _unique(words, checks), share, is_hidden, body.text,
                              arguments, needs, part.place)  # fmt: skip
        checks.found.append(check)
        checks.used |= body.used
        setup = checks.hidden_setup if is_hidden else checks.visible_setup
        setup.update({each.index: each for each in body.setup})
        needs = name
    if len(made) > 1:
        told = (f"of {in_words(part.points)} it gives {points_text(shares[0])} for what students "
                f"see and {points_text(shares[1])} for what is hidden; nbgrader gives all or "
                "nothing")  # fmt: skip
        checks.left.append(Left(part.place, told, is_lost=False))


# Tests that nbgrader writes


def is_wanted(statement: Statement) -> bool:
    """Whether a statement stands for a test that nbgrader would write."""
    match statement.node:
        case ast.Assign(targets=[ast.Name(id="autotest_")]):
            return True
    return False


def wanted_text(text: str) -> str:
    """Write expressions as statements, each of them one that `is_wanted` knows."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    found = [ast.unparse(each.value) for each in body if isinstance(each, ast.Expr)]
    return "\n".join(f"autotest_ = {each}" for each in found)


def _prelude(seen: Sequence[Statement]) -> list[Statement]:
    """Choose what the visible part of a cell makes, without what it asserts."""
    return [each for each in seen if each.uses.binds or each.uses.deletes]


def _compared(own: Sequence[Statement], bodies: Bodies) -> Body:
    """Make a body that holds each expression against the reference's.

    Raises:
        RefusedError: one of them cannot be asked of the reference.
    """
    made = bodies.make(own, is_hidden=True, is_compared=True)
    lines = []
    for line, node in _lines(made.text):
        match node:
            case ast.Assign(targets=[ast.Name(id="autotest_")], value=value):
                lines.append(_expectation(value))
            case _ if not _asks(node):
                lines.append(line)
            case _:
                raise RefusedError("its AUTOTEST needs code of its own, which the reference would "
                                   f"have to run too (`{line.strip()[:40]}`)")  # fmt: skip
    return Body("\n".join(lines), made.setup, made.used)


def _lines(text: str) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.parse(text).body:
        yield ast.unparse(node), node


def _expectation(value: ast.expr) -> str:
    """Write that an expression with `student.` in it is what it is with `reference.`."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="student")), args=args, keywords=[]) if (
            not any(_asks(each) for each in args)
        ):
            words = ", ".join(ast.unparse(each) for each in (value.func, *args))
            return f"expect.same({words})"
    theirs = ast.unparse(value)
    tree = ast.parse(theirs, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "student":
            node.id = "reference"
    return f"expect.equal({theirs}, {ast.unparse(tree)})"


def _asks(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "student" for each in ast.walk(node))


# Words


def _title(part: Part, own: Sequence[Statement]) -> str:
    """Find what a cell says it tests: its first text, or its first comment."""
    if own:
        match own[0].node:
            case ast.Expr(value=ast.Constant(value=str(text))) if text.strip():
                return _sentence(text.strip().split("\n\n")[0])
    for line in part.cell.text.split("\n"):
        words = line.strip().lstrip("#").strip()
        is_comment = line.strip().startswith("#") and not line.strip().startswith("###")
        is_command = words.startswith(("%", "!"))
        if is_command:
            continue
        if is_comment and words and not words.isupper() and "BEGIN " not in words:
            return _sentence(words)
        if line.strip():
            break
    return ""


def _sentence(text: str) -> str:
    line = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
    line = line if len(line) <= _MAX_TITLE else f"{line[: _MAX_TITLE - 1]}…"
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _unique(title: str, checks: Checks) -> str:
    """Tell a title apart from those that are there."""
    taken = {check.title for check in checks.found}
    found, number = title, 1
    while found in taken:
        number += 1
        found = f"{title.rstrip('.')} ({number})."
    return found
