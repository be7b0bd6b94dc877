"""What must not leave: the distinctive lines of references and hidden checks, and whole files.

Of a reference and of variants.py that is what each statement computes, if that is two operations or
more, or one that is given back: `(w * x - y) ** 2`, `return A @ v`. Shorter code stands in honest
texts too, as `loss.backward()` does. The same of hidden checks and of mistakes.py, save what the
visible checks have as well: who writes both writes some lines twice. Comments of all of them, if
they are long. Of other files, each long line.

Docstrings are not looked for: a stub has those of the reference, and reports tell the others.
"""

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.records import Course, Exercise
from grader.release import code

_FEWEST = 2  # operations, below which code is common property
_FEWEST_ELSEWHERE, _SHORTEST_ELSEWHERE = 3, 20  # in the files of another exercise
_SHORTEST = 8  # characters without blanks
_SHORTEST_PROSE = 25
_SHORTEST_LINE = 40
_RIGHT = "variants.py"


@dataclass(frozen=True)
class Needle:
    """Something that must not leave: its tokens, how it is shown, and where it is from.

    `exercise` is the one in whose files alone it is looked for; None is in all.
    """

    tokens: str
    shown: str
    source: str
    exercise: str | None = None


@dataclass
class Secrets:
    """All that must not leave.

    `files` are the digests of whole files, `lines` the long lines of those that are no Python,
    `checks` the names and the bodies of hidden checks by exercise; each with where it is from.
    """

    needles: list[Needle] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    checks: dict[str, dict[str, str]] = field(default_factory=dict)


def gather(course: Course, given: dict[str, set[str]], visible: Iterable[str]) -> Secrets:
    """Read the secrets of a course.

    Args:
        course: the teacher's.
        given: what the stubs of each exercise give on purpose, as `code.key` writes it.
        visible: the texts of the visible checks.
    """
    found = Secrets()
    known = " ".join(map(code.tokens, visible))
    for exercise in course.exercises:
        for folder in (exercise.reference_dir, exercise.hidden_dir):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    _read(path, exercise, given.get(exercise.id, set()), known, found)
    return found


def digest(data: bytes) -> str:
    """Digest a file that has something in it; line ends and blanks around it make no difference."""
    bare = data.replace(b"\r\n", b"\n").strip()
    return hashlib.sha256(bare).hexdigest() if bare else ""


def _read(path: Path, exercise: Exercise, given: set[str], known: str, found: Secrets) -> None:
    source = path.relative_to(exercise.stub_dir.parent.parent).as_posix()
    data = path.read_bytes()
    found.files.setdefault(digest(data), source)
    text = data.decode("utf-8", errors="replace")
    tree = code.parsed(text) if path.suffix == ".py" else None
    if tree is None:
        for number, words in enumerate(text.splitlines(), 1):
            if len(bare := "".join(words.split())) >= _SHORTEST_LINE:
                found.lines.setdefault(bare, f"{source}:{number}")
        return
    is_right = path.parent == exercise.reference_dir or path.name == _RIGHT
    common = "" if is_right else known
    for tokens, shown, line, scope in (*_code(text, tree, given), *_comments(text)):
        if tokens not in common:
            where = exercise.id if scope else None
            found.needles.append(Needle(tokens, shown, f"{source}:{line}", where))
    if path.parent == exercise.hidden_dir and path.name.startswith("test_"):
        checks = found.checks.setdefault(exercise.id, {})
        for name, body in bodies(tree).items():
            checks.setdefault(name, source)
            checks.setdefault(body, source)


def bodies(tree: ast.Module) -> dict[str, str]:
    """Write what each check of a file does, by the check's name, so that equal ones are alike."""
    return {
        name: "\n".join(map(code.key, code.statements(node.body)))
        for name, node in code.units(tree).items()
        if name.startswith("test_")
    }


def _code(text: str, tree: ast.Module, given: set[str]) -> Iterator[tuple[str, str, int, bool]]:
    """List what is distinctive: its tokens, how to show it, its line, whether it is short."""
    for node in code.statements(tree.body):
        if isinstance(node, code.Definition) or code.key(node) in given:
            continue
        for part, operations in code.said(node):
            forms = dict.fromkeys((ast.unparse(part), ast.get_source_segment(text, part) or ""))
            for form in filter(None, forms):
                length = len("".join(form.split()))
                if operations < _FEWEST or length < _SHORTEST:
                    continue
                is_long = operations >= _FEWEST_ELSEWHERE and length >= _SHORTEST_ELSEWHERE
                yield code.tokens(form), " ".join(form.split()), node.lineno, not is_long


def _comments(text: str) -> Iterator[tuple[str, str, int, bool]]:
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in found:
        words = token.string.lstrip("#").strip()
        if token.type == tokenize.COMMENT and len("".join(words.split())) >= _SHORTEST_PROSE:
            yield code.tokens(words), words, token.start[0], False
