"""An exercise's entry in gradebook.yml, added so that the rest of the file stays byte for byte.

The entry is put as text behind the last exercise of the list, in the indentation that the list has.
What the file says afterwards is read before it is written: everything that was said before, and one
exercise more, or nothing is written at all.
"""

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from dataclasses import replace as changed
from fractions import Fraction
from pathlib import Path

import yaml

from grader import course as courses
from grader.errors import CourseError
from grader.records import Course, Exercise

# What YAML reads as the text that it is, without quotes.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.()'/_+-]*[A-Za-z0-9).]")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


@dataclass(frozen=True)
class Entry:
    """What gradebook.yml is to say: `title` on one line, `points` a multiple of a hundredth."""

    id: str
    title: str
    file: str
    points: Fraction

    @property
    def lines(self) -> list[str]:
        """The entry as it stands in the file, at the left margin."""
        number = f"{float(self.points):.2f}".rstrip("0").rstrip(".")
        return [f"- id: {self.id}", f"  title: {_scalar(self.title)}", f"  files: [{self.file}]",
                f"  points: {number}"]  # fmt: skip


def path(root: Path) -> Path:
    """Tell where the file of a course lies, behind all links."""
    return Path(os.path.realpath(root / courses.GRADEBOOK))


def with_exercise(course: Course, new: Entry) -> bytes:
    """Give gradebook.yml with one exercise more.

    Args:
        course: what the file says now.
        new: the exercise.

    Raises:
        CourseError: the file has changed since, or its list of exercises is written in a way to
            which nothing can be added; the sentence gives the lines to be added by hand.
    """
    try:
        text = path(course.root).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{courses.GRADEBOOK} cannot be read: {error}") from error
    after = _inserted(text, new.lines)
    if after is not None and _is_meant(after, course, new):
        return after.encode()
    by_hand = "\n".join(f"  {line}" for line in new.lines)
    raise CourseError(
        f"{courses.GRADEBOOK} writes its exercises in a way to which nothing can be added here; "
        "nothing was written. Put each exercise in lines of its own under `exercises:`, as these:\n"
        f"{by_hand}"
    )


def replace(root: Path, data: bytes) -> None:
    """Write gradebook.yml whole or not at all, with the permissions that it has.

    Raises:
        OSError: it cannot be written; it is then as it was.
    """
    target = path(root)
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as file:
        file.write(data)
    try:
        shutil.copymode(target, file.name)
        os.replace(file.name, target)
    except OSError:
        os.unlink(file.name)
        raise


def _scalar(text: str) -> str:
    """Write a text so that YAML reads just this text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _inserted(text: str, lines: list[str]) -> str | None:
    """Put lines behind the last exercise; None where the list is not written in lines."""
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    pairs = top.value if isinstance(top, yaml.MappingNode) else []
    found = [value for key, value in pairs if key.value == "exercises"]
    if len(found) != 1 or not isinstance(found[0], yaml.SequenceNode):
        return None
    listed = found[0]
    if listed.flow_style or not listed.value:
        return None
    last = _leaf(listed)
    end = _end_of_line(text, last.end_mark.index)
    # A block of text ends where the next line begins.
    if text[: last.end_mark.index].endswith("\n"):
        end = last.end_mark.index - 1
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = " " * listed.start_mark.column
    # The exercises of a list may stand apart from each other, or not.
    above = text.split("\n")[max(listed.value[-1].start_mark.line - 1, 0)]
    gap = newline if len(listed.value) == 1 or not above.strip() else ""
    added = newline + gap + newline.join(indent + line for line in lines)
    before = text[:end].removesuffix("\r")
    return before + added + (text[len(before) :] or newline)


def _leaf(node: yaml.Node) -> yaml.Node:
    """Find the last value that is written in a block; the marks of collections end later."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _is_meant(after: str, course: Course, new: Entry) -> bool:
    """Whether a text says what was said before, and the new exercise last."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / courses.GRADEBOOK).write_bytes(after.encode())
        try:
            found = courses.load(Path(folder))
        except CourseError:
            return False
    *old, added = (_moved(each, course.root) for each in found.exercises)
    said = Entry(added.id, added.title, ",".join(added.files), added.points)
    whole = changed(found, root=course.root, exercises=tuple(old))
    return said == new and whole == course


def _moved(exercise: Exercise, root: Path) -> Exercise:
    folders = (root / tree / exercise.id for tree in ("exercises", "solutions", "tests"))
    stub, reference, hidden = folders
    return changed(exercise, stub_dir=stub, reference_dir=reference, hidden_dir=hidden)
