"""A notebook that a student handed in: its code cells as one text, with where each cell begins.

A notebook is read as plain JSON, within bounds, and never executed here; outputs and metadata that
are stored in it are not believed. Its code cells become one text, as Python sees them one after
the other; markdown is left out. Cells are counted as a student counts them: the first code cell is
cell 1. A line that is a command to Jupyter and no Python is found without parsing the cell: those
that only matter to the screen are left out and told, any other refuses the notebook.
`design/notebooks.md` tells why.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from grader.errors import SubmissionError

# The file: plots that are stored with the code make megabytes, which are read and not looked at.
MAX_BYTES = 16 << 20
_MAX_CODE = 1 << 20  # characters of code, as in a Python file
_MAX_CELLS = 500  # a chapter of a book has a hundred
# Objects and lists of JSON, and brackets in its texts: a cell with its output has a dozen.
_MAX_PARTS = 500_000
_MAX_DIGITS = 30
_MAX_TOLD = 3
_MAX_LETTERS = 60

_FORMAT = 4
# Between two cells, as between two functions of a file.
_BETWEEN = "\n\n\n"

# Commands to Jupyter that change what is seen, and nothing that is computed.
_HARMLESS = frozenset({"autoreload", "config", "grade", "load_ext", "matplotlib", "reload_ext"})
_HIDING = frozenset({"hide-cell", "hide-input", "hide_cell", "hide_input", "remove-cell",
                     "remove-input", "remove_cell", "remove_input"})  # fmt: skip

# One piece of Python, as far as one must know it to find where a statement begins. The possessive
# forms (++) keep the search linear, whatever comes.
_PIECE = re.compile(
    r'''(?P<other>
        \#[^\n]*+ | \\\n
        | """(?:[^"\\]++|\\.|"(?!""))*+(?:"""|\Z) | \'\'\'(?:[^'\\]++|\\.|'(?!''))*+(?:\'\'\'|\Z)
        | "(?:[^"\\\n]++|\\.)*+"? | '(?:[^'\\\n]++|\\.)*+'?
        | [^\#\\"'()\[\]{}\n]++ | \\
      ) | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<end>\n)''',
    re.VERBOSE | re.DOTALL,
)
# A line that begins no statement of Python: %magic, !shell, ?help; name = !shell; name?
_COMMAND = re.compile(r"""[%!?].*|[^=\#"'()]*=\s*[%!].*|[^\#"']*\?""")
_UNFIT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Code:
    """The code cells of a notebook.

    `text` is all of them, `cells` the number of each and the line of `text` that it begins in, both
    from 1; cells without code are left out. `notes` are sentences to tell the student.
    """

    text: str
    cells: tuple[tuple[int, int], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Command:
    """A line that is a command to Jupyter."""

    cell: int
    line: int
    text: str

    @property
    def is_harmless(self) -> bool:
        """Whether nothing that is computed depends on it."""
        words = self.text.removeprefix("%").split()
        return self.text.startswith("%") and bool(words) and words[0] in _HARMLESS

    @property
    def is_ours(self) -> bool:
        """Whether the notebook of an exercise has it from the beginning."""
        return self.text.split()[:1] == ["%grade"] or self.text == "%load_ext grader"

    def __str__(self) -> str:
        return f"cell {self.cell}, line {self.line} (`{_short(self.text)}`)"


def read(text: str, label: str) -> Code:
    """Read a notebook.

    Args:
        text: all of the file.
        label: its name in messages.

    Raises:
        SubmissionError: it is no notebook of format 4, exceeds a bound, or holds commands to
            Jupyter other than harmless ones; or there is no code in it.
    """
    listed = _cells(text, label)
    written = list(enumerate((cell for cell in listed if cell["cell_type"] == "code"), 1))
    hidden = [number for number, cell in written if _is_hidden(cell)]
    notes = []
    if hidden:
        told = _some(f"cell {number}" for number in hidden)
        notes.append(f"hidden in Jupyter, and graded as any other: {told}")
    ids = Counter(name for cell in listed if isinstance(name := cell.get("id"), str))
    if twice := [name for name, count in ids.items() if count > 1]:
        told = _some(f"'{_short(name)}'" for name in twice)
        notes.append(f"cells with the same id, which does not matter here: {told}")
    code = gather(((number, source(cell, number, label)) for number, cell in written), label)
    if not code.cells:
        raise _refusal(label, "none of its code cells holds code; is it saved in Jupyter?")
    return Code(code.text, code.cells, (*notes, *code.notes))


def gather(cells: Iterable[tuple[int, str]], label: str, *, refuses: bool = True) -> Code:
    """Make one text of cells.

    Args:
        cells: number and source of each code cell, in the order in which they are to run.
        label: the notebook's name in messages.
        refuses: whether commands to Jupyter other than harmless ones refuse the notebook. Where
            they do not, they are left out and told.

    Raises:
        SubmissionError: a command is refused, the code is too long, or is no text.
    """
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    commands: list[_Command] = []
    line, length = 1, 0
    for number, source in cells:
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        _check_text(text, number, label)
        length += len(text)
        if length > _MAX_CODE:
            raise _refusal(label, f"its code cells hold more than {_MAX_CODE:,} characters; keep "
                                  "the cells of the exercise, without data")  # fmt: skip
        found = list(_commands(text, number))
        commands += found
        text = _without(text, found)
        if not _is_empty(text):
            places.append((number, line))
            parts.append(text)
            line += text.count("\n") + len(_BETWEEN)
    refused = [command for command in commands if not command.is_harmless]
    if refuses and refused:
        are, lines, them = ("is", "the line", "it") if len(refused) == 1 else (
            "are", "these lines", "them")  # fmt: skip
        raise _refusal(label, f"{_some(refused)} {are} for Jupyter, no Python, and never run "
                              f"here; delete {lines}, or put # before {them}")  # fmt: skip
    others = [command for command in commands if not command.is_ours]
    notes = (f"for Jupyter alone, and left out: {_some(others)}",) if others else ()
    return Code(_BETWEEN.join(parts) + "\n", tuple(places), notes)


# The file


def parsed(text: str, label: str) -> dict[str, object]:
    """Read a notebook as JSON, within bounds: `cells` is a list of maps that tell their type.

    Args:
        text: all of the file.
        label: its name in messages.

    Raises:
        SubmissionError: it is no notebook of format 4, or exceeds a bound.
    """
    if text.count("{") + text.count("[") > _MAX_PARTS:
        raise _refusal(label, f"it holds more than {_MAX_PARTS:,} objects and lists; clear its "
                              "outputs in Jupyter, save it, and hand it in again")  # fmt: skip
    if not text.strip():
        raise _refusal(label, "the file is empty; save the notebook in Jupyter")
    try:
        whole = json.loads(
            text, object_pairs_hook=_unique, parse_int=_whole, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _refusal(label, f"it is no notebook: {where} is no JSON ({error.msg}); open it in "
                              "Jupyter and save it again") from error  # fmt: skip
    except ValueError as error:
        raise _refusal(label, f"it is no notebook: {error}; open it in Jupyter and save it "
                              "again") from error  # fmt: skip
    except RecursionError as error:
        raise _refusal(label, "it is nested too deeply for a notebook; open it in Jupyter, clear "
                              "its outputs and save it") from error  # fmt: skip
    if not isinstance(whole, dict) or "nbformat" not in whole:
        raise _refusal(label, "it is JSON, but no notebook; hand in the file that Jupyter saves")
    _check_format(whole.get("nbformat"), label)
    listed = whole.get("cells")
    if not isinstance(listed, list):
        raise _refusal(label, "it has no list of cells; open it in Jupyter and save it again")
    if len(listed) > _MAX_CELLS:
        raise _refusal(label, f"it has {len(listed):,} cells, and at most {_MAX_CELLS:,} are "
                              "read; keep the cells of the exercise")  # fmt: skip
    for place, cell in enumerate(listed, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise _refusal(label, f"what stands at place {place:,} of its cells is no cell; open "
                                  "it in Jupyter and save it again")  # fmt: skip
    return whole


def _cells(text: str, label: str) -> list[dict[str, object]]:
    """Find the cells of a notebook, whatever else it holds."""
    listed = parsed(text, label)["cells"]
    assert isinstance(listed, list)  # Asked above.
    return listed


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that says a thing twice: two programs would read two notebooks."""
    found = dict(pairs)
    if len(found) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"an object has the key '{_short(name)}' twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"it has a number of {len(digits):,} digits")
    return int(digits)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _check_format(version: object, label: str) -> None:
    if type(version) is not int or version < 1:
        raise _refusal(label, "its nbformat is no whole number from 1 on; open it in Jupyter and "
                              "save it again")  # fmt: skip
    if version < _FORMAT:
        raise _refusal(label, f"it is in the old format {version}, and format 4 is read; open it "
                              "in Jupyter and save it, which brings it to format 4")  # fmt: skip
    if version > _FORMAT:
        raise _refusal(label, f"it is in format {version}, and format 4 is read; save it in "
                              "format 4, or hand in the Python file")  # fmt: skip


def _refusal(label: str, sentence: str) -> SubmissionError:
    return SubmissionError(f"{label}: {sentence}")


def source(cell: dict[str, object], number: int, label: str) -> str:
    """Read the text of a cell, which may be stored as lines.

    Raises:
        SubmissionError: it is no text.
    """
    match cell.get("source"):
        case str(text):
            return text
        case list(lines) if all(isinstance(line, str) for line in lines):
            return "".join(lines)
    raise _refusal(label, f"the source of cell {number} is no text; open the notebook in Jupyter "
                          "and save it again")  # fmt: skip


def _is_hidden(cell: dict[str, object]) -> bool:
    """Tell whether a cell says that it is not to be seen."""
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        return False
    jupyter, tags = metadata.get("jupyter"), metadata.get("tags")
    is_folded = isinstance(jupyter, dict) and jupyter.get("source_hidden") is True
    is_tagged = isinstance(tags, list) and any(
        isinstance(tag, str) and tag in _HIDING for tag in tags
    )
    return is_folded or is_tagged or metadata.get("hide_input") is True


# The code


def _check_text(text: str, number: int, label: str) -> None:
    """Refuse what no Python code can hold."""
    found = _UNFIT.search(text)
    if found is not None:
        what = "the character NUL" if found[0] == "\0" else "half a character (a surrogate)"
        line = text.count("\n", 0, found.start()) + 1
        raise _refusal(label, f"cell {number}, line {line} holds {what}, which Python code cannot; "
                              "write the line again")  # fmt: skip


def _commands(text: str, number: int) -> Iterator[_Command]:
    """Find the lines that are commands to Jupyter; a cell that begins with %% is one of them."""
    first = text.lstrip()
    if first.startswith("%%"):
        line = text[: len(text) - len(first)].count("\n") + 1
        yield _Command(number, line, first.partition("\n")[0].strip())
        return
    at, line, depth, is_start = 0, 1, 0, True
    while at < len(text):
        end = _end_of_command(text, at) if is_start else None
        if end is not None:
            yield _Command(number, line, " ".join(text[at:end].split()))
            next_at = end + 1
        else:
            piece = _PIECE.match(text, at)
            assert piece is not None  # One of its forms takes any letter.
            kind = piece.lastgroup
            depth = max(depth + (kind == "open") - (kind == "close"), 0)
            is_start = kind == "end" and depth == 0
            next_at = piece.end()
        line += text.count("\n", at, next_at)
        at = next_at


def _end_of_command(text: str, start: int) -> int | None:
    """Find where a command ends that begins in this place, with the lines that continue it."""
    end = _end_of_line(text, start)
    if not _COMMAND.fullmatch(text[start:end].strip()):
        return None
    while end < len(text) and text[end - 1] == "\\":
        end = _end_of_line(text, end + 1)
    return end


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _without(text: str, found: list[_Command]) -> str:
    """Put comments in place of commands, so that every other line keeps its number."""
    lines = text.split("\n")
    for command in found:
        at = command.line - 1
        if command.text.startswith("%%"):
            return "\n".join(f"# {line}" for line in lines)
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        # It may be all that a block holds.
        is_continued = lines[at].endswith("\\")
        lines[at] = f"{indent}pass  # {lines[at].strip()}".rstrip("\\")
        while is_continued and at + 1 < len(lines):
            at += 1
            is_continued = lines[at].endswith("\\")
            lines[at] = f"# {lines[at]}".rstrip("\\")
    return "\n".join(lines)


def _is_empty(text: str) -> bool:
    """Tell whether a cell holds no statement besides the `pass` that stands for a command."""
    return all(
        not line.strip() or line.lstrip().startswith("#") or line.startswith("pass  # ")
        for line in text.split("\n")
    )


def _some(items: Iterable[object]) -> str:
    """List the first of some things, and count the rest."""
    waiting = iter(items)
    told = ", ".join(str(item) for item in islice(waiting, _MAX_TOLD))
    rest = sum(1 for _ in waiting)
    return f"{told} and {rest:,} more" if rest else told


def _short(text: str) -> str:
    """Write what anybody may have chosen so that it prints on one short line."""
    text = text if len(text) <= _MAX_LETTERS else text[: _MAX_LETTERS - 1] + "…"
    return text if text.isprintable() else repr(text)[1:-1]
