"""A YAML file whose every problem has a place: file, line, column, key, what is there, what may be.

The file is read as YAML nodes and never as Python values. A value means what is written:
`title: no` is the text "no" and `due: 2026-10-12` is no date object, because the types that YAML
1.1 guesses are never asked for. Problems are collected and told together. Anchors, aliases and tags
are refused: a course needs none of them, and aliases can grow a small file into a huge one.
"""

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar

import yaml

from grader.errors import CourseError

_MAX_BYTES = 1 << 20
# A gradebook of a hundred exercises has some 3,000 nodes, three collections deep. On deep nesting
# PyYAML's C loader overflows the stack of the process instead of raising, and its Python loader
# takes seconds for a million values: both are stopped while the events stream by, before nodes.
_MAX_EVENTS = 20_000
_MAX_DEPTH = 16
_MAX_PROBLEMS = 25

_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)

# A part of what PyYAML says, and what a teacher is told instead.
_UNCLOSED = {
    "unexpected end of stream": "the quotes that open here are not closed",
    "expected ',' or ']'": "the list that opens here is not closed with ]",
    "expected ',' or '}'": "the map that opens here is not closed with }",
}
_MISPLACED = {
    "mapping values are not allowed": "a colon stands where no key can be; "
    "check the indentation, or put the text in quotes",
    "cannot start any token": "no value can begin with this character; put the text in quotes",
    "another document": "a second YAML document begins here; write one document",
}

T = TypeVar("T")
Parse = Callable[[yaml.Node, str], T]


class _Mark(Protocol):
    """A place in the text, as both loaders of PyYAML give it; both numbers count from 0."""

    line: int
    column: int


class UnfitError(Exception):
    """A value that cannot stand where it does: its node, and the sentence that follows its key."""

    def __init__(self, node: yaml.Node, rest: str) -> None:
        super().__init__(rest)
        self.node = node
        self.rest = rest


@dataclass(frozen=True)
class Page:
    """One map of the file: its node, its values by key, and what a message says before a key."""

    node: yaml.Node
    values: Mapping[str, yaml.Node]
    where: str


class YamlFile:
    """One file, read once: `top` is its root node, `problems` what was noted while walking it."""

    def __init__(self, path: Path, hints: Mapping[str, str], data: bytes | None = None) -> None:
        """Read the file; `hints` say for each key what may stand there.

        `data` is what it holds where that is known: YAML can stand in another file, which `path`
        then names for messages.

        Raises:
            CourseError: it cannot be read, or is not the plain YAML that a person writes.
        """
        self.name = path.name
        self.hints = hints
        self.problems: list[tuple[int, int, str]] = []
        self.top = self._compose(self._decode(_read(path) if data is None else data))

    def note(self, node: yaml.Node, sentence: str) -> None:
        """Keep a problem for `refuse_if_noted`."""
        self.problems.append((node.start_mark.line, node.start_mark.column, sentence))

    def refuse_if_noted(self) -> None:
        """Tell all problems, in the order of the file.

        Raises:
            CourseError: there is one or more; one line for each.
        """
        lines = [self._line(*problem) for problem in sorted(self.problems)]
        if len(lines) > _MAX_PROBLEMS:
            lines[_MAX_PROBLEMS:] = [f"and {len(lines) - _MAX_PROBLEMS} more problems"]
        if lines:
            raise CourseError("\n".join(lines))

    def open(self, node: yaml.Node, what: str, where: str, keys: Sequence[str]) -> Page:
        """Open a map, noting keys that are unknown or written twice."""
        values: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self.note(node, f"{what} {seen(node)}; write a map with the keys {', '.join(keys)}")
            return Page(node, values, where)
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in values:
                first = values[name].start_mark.line + 1
                self.note(key, f"{where}{name} is here twice, first in line {first}; keep one")
            elif name in keys:
                values[name] = value
            else:
                self.note(key, where + _unknown(key, keys))
        return Page(node, values, where)

    def take(self, page: Page, key: str, parse: Parse[T]) -> T | None:
        """Read an optional key: None where it is absent, or noted as unfit."""
        if key not in page.values:
            return None
        try:
            return parse(page.values[key], self.hints[key])
        except UnfitError as error:
            self.note(error.node, f"{page.where}{key} {error.rest}")
            return None

    def require(self, page: Page, key: str, parse: Parse[T]) -> T | None:
        """Read a key that must be there: None where it is noted as missing or unfit."""
        if key not in page.values and isinstance(page.node, yaml.MappingNode):
            self.note(page.node, f"{page.where}{key} is missing; write {self.hints[key]}")
        return self.take(page, key, parse)

    def _line(self, line: int, column: int, sentence: str) -> str:
        """Write one problem; line and column count from 0, as in PyYAML, and are shown from 1."""
        return f"{self.name}:{line + 1}:{column + 1}: {sentence}"

    def _at(self, mark: _Mark | None, sentence: str) -> str:
        """Write one problem at a mark of PyYAML, which it may lack."""
        return self._line(mark.line if mark else 0, mark.column if mark else 0, sentence)

    def _refuse_after(self, before: str, sentence: str) -> NoReturn:
        """Refuse the character that follows `before`."""
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        raise CourseError(self._line(line, column, sentence))

    def _decode(self, data: bytes) -> str:
        """Turn bytes into text that YAML can hold."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode("utf-8")
            byte = error.object[error.start]
            self._refuse_after(
                before, f"the byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
            )
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        if bad:
            sentence = f"the character {bad[0]!a} cannot stand here; remove it"
            self._refuse_after(text[: bad.start()], sentence)
        return text

    def _compose(self, text: str) -> yaml.Node:
        """Turn text into nodes without aliases, tags or deep nesting."""
        try:
            depth = 0
            for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
                depth += isinstance(event, yaml.CollectionStartEvent)
                depth -= isinstance(event, yaml.CollectionEndEvent)
                refusal = _refusal(event, depth, count)
                if refusal:
                    raise CourseError(self._at(event.start_mark, refusal))
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            raise CourseError(self._syntax(error, text)) from error
        except yaml.YAMLError as error:
            raise CourseError(f"{self.name} cannot be read as YAML: {error}") from error
        if node is None:
            raise CourseError(self._line(0, 0, "the file is empty"))
        return node

    def _syntax(self, error: yaml.MarkedYAMLError, text: str) -> str:
        """Turn what PyYAML says about broken syntax into one line of ours."""
        problem = error.problem or "broken syntax"
        mark = error.problem_mark
        line = text.split("\n")[mark.line] if mark and mark.line <= text.count("\n") else ""
        if mark and line[mark.column : mark.column + 1] == "\t":
            return self._at(mark, "a tab stands here; YAML is indented with spaces")
        for part, sentence in _UNCLOSED.items():
            if part in problem and error.context_mark:
                return self._at(error.context_mark, sentence)
        for part, sentence in _MISPLACED.items():
            if part in problem:
                return self._at(mark, sentence)
        told = f"{error.context}, {problem}" if error.context else problem
        return self._at(mark, f"this cannot be read as YAML: {told}")


def seen(node: yaml.Node) -> str:
    """Say what a value is, on one short line: "is a list", "is empty", "is '8p'"."""
    if not isinstance(node, yaml.ScalarNode):
        return "is a map" if isinstance(node, yaml.MappingNode) else "is a list"
    return f"is {short(node.value)!r}" if node.value else "is empty"


def scalar(node: yaml.Node, write: str) -> str:
    """Read a value that is a text on the page; `write` says what may stand there.

    Raises:
        UnfitError: it is a list, a map, empty or null.
    """
    is_null = node.tag == "tag:yaml.org,2002:null"
    if not isinstance(node, yaml.ScalarNode) or is_null or not node.value:
        raise UnfitError(node, f"{seen(node)}; write {write}")
    return str(node.value)


def number(node: yaml.Node, write: str) -> str:
    """Read a value like `scalar`, for a number, which stands without quotes.

    Raises:
        UnfitError: as `scalar`; or it is quoted.
    """
    text = scalar(node, write)
    if (
        isinstance(node, yaml.ScalarNode) and node.style
    ):  # The quotes, or the sign of a block; "" or None where there are none.
        raise UnfitError(node, f"is {short(text)!r} in quotes; write {write}, without quotes")
    return text


def short(text: str) -> str:
    """Cut a text of unknown length for a message."""
    return text if len(text) <= 60 else text[:59] + "…"


def _read(path: Path) -> bytes:
    """Read a file of bounded size."""
    if not os.path.isfile(path):
        raise CourseError(f"{path} is not there, or is not a file; a course has one")
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise CourseError(f"{path} holds more than 1 MiB; a page or two of text are expected")
    return data


def _refusal(event: yaml.Event, depth: int, count: int) -> str | None:
    """Say why a YAML event has no place in a course's file."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors (&) and aliases (*) are not read; write the value out, or put it in quotes"
    if getattr(event, "tag", None):
        return "tags (!) are not read; write the value alone, or put it in quotes"
    if depth > _MAX_DEPTH:
        return f"lists and maps stand more than {_MAX_DEPTH} deep here; three levels are enough"
    if count > _MAX_EVENTS:
        return f"more than {_MAX_EVENTS:,} values stand before this; a hundred exercises have fewer"
    return None


def _unknown(key: yaml.Node, keys: Sequence[str]) -> str:
    """Say that a key is not known, and which one may be meant."""
    listed = ", ".join(keys)
    if not isinstance(key, yaml.ScalarNode):
        return f"a key {seen(key)}; write one of {listed}"
    close = difflib.get_close_matches(key.value[:40].lower(), keys, 1)
    guess = f"did you mean {close[0]}? Or" if close else "write"
    return f"the key {short(key.value)!r} is not known; {guess} one of {listed}"
