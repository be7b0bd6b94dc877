"""Why a release must not be written: each place where something secret would leave.

All that leaves is searched as whoever receives it could (`views`), for what must not (`needles`).
What is not found is told in design/release.md: an answer in other words or with other names, a
picture of it, or one of a single operation in prose.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.records import Course
from grader.release import code, given, needles, views
from grader.release.needles import Needle, Secrets

_LONGEST = 70  # characters that are quoted


@dataclass(frozen=True)
class Leak:
    """One place: the file that would leave, the line or 0, and what is there, as a sentence.

    `where` says how to come to it within the file, where it is wrapped up in something.
    """

    path: str
    line: int
    text: str
    where: str = ""

    def __str__(self) -> str:
        """Say where, and what."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place} ({self.where}) {self.text}" if self.where else f"{place} {self.text}"


def find(course: Course, files: Mapping[str, bytes]) -> list[Leak]:
    """List what must not leave, in the order of the files; one for each line.

    Args:
        course: the teacher's.
        files: all that would leave, by path.
    """
    found: list[Leak] = []
    allowed: dict[str, set[str]] = {}
    own = set()
    for exercise in course.exercises:
        prefix = f"exercises/{exercise.id}/"
        stubs = {name: files[prefix + name] for name in exercise.files if prefix + name in files}
        own |= {prefix + name for name in stubs}
        looked = given.look(exercise, stubs)
        allowed[exercise.id] = looked.keys
        for name, line, unit, source in looked.left_in:
            text = f"holds the answer of {unit}, as in {source}; put the stub back"
            found.append(Leak(prefix + name, line, text))
    visible = [data.decode("utf-8", errors="replace") for path, data in files.items()
               if re.fullmatch(r"exercises/[^/]+/test_\w+\.py", path)]  # fmt: skip
    secrets = needles.gather(course, allowed, visible)
    for path, data in files.items():
        if not path.startswith("sealed/"):
            found += _in_file(path, data, secrets, is_stub=path in own)
    order = {path: number for number, path in enumerate(files)}
    first: dict[tuple[str, int, str], Leak] = {}
    for leak in found:
        first.setdefault((leak.path, leak.line, leak.where), leak)
    return sorted(first.values(), key=lambda leak: (order[leak.path], leak.line))


def _in_file(path: str, data: bytes, secrets: Secrets, *, is_stub: bool) -> Iterator[Leak]:
    # A stub of helpers that are given whole may be the reference; its parts were looked at.
    if not is_stub:
        whole = list(_whole(path, "", data, secrets))
        for name, held in views.members(path, data):
            whole += _whole(path, name, held, secrets)
        if whole:
            yield from whole
            return
    exercise = path.split("/")[1] if path.startswith("exercises/") else None
    if exercise and path.endswith(".py") and not is_stub:
        yield from _checks(path, data, secrets.checks.get(exercise, {}))
    wanted = [
        each for each in secrets.needles
        if each.exercise is None or exercise is None or each.exercise == exercise
    ]  # fmt: skip
    for view in views.of(path, data):
        yield from _in_view(path, view, wanted, secrets.lines)


def _whole(path: str, where: str, data: bytes, secrets: Secrets) -> Iterator[Leak]:
    source = secrets.files.get(needles.digest(data) or "-")
    if source is not None:
        yield Leak(path, 0, f"is {source}, byte for byte", where)
    if views.is_compiled(where or path, data):
        yield Leak(path, 0, "is compiled Python, from which its source can be had", where)


def _checks(path: str, data: bytes, hidden: Mapping[str, str]) -> Iterator[Leak]:
    """Find hidden checks among visible ones, by name or by what they do."""
    tree = code.parsed(data.decode("utf-8", errors="replace"))
    if tree is None:
        return
    units = code.units(tree)
    for name, body in needles.bodies(tree).items():
        source = hidden.get(name) or hidden.get(body or "-")
        if source is not None:
            check = name.removeprefix("test_")
            text = f"holds the check {check}, which is hidden in {source}"
            yield Leak(path, units[name].lineno, text)


def _in_view(
    path: str, view: views.View, wanted: list[Needle], lines: Mapping[str, str]
) -> Iterator[Leak]:
    reading = code.Reading.of(view.text)
    for needle in wanted:
        # As a rule there is none, and then nothing but this one search is done.
        line = reading.line(needle.tokens) if needle.tokens in reading.tokens else None
        if line is not None:
            text = f"says {_cut(needle.shown)}, which is in {needle.source}"
            yield _leak(path, view, line, text)
    for number, line_text in enumerate(view.text.splitlines(), 1):
        source = lines.get("".join(line_text.split()))
        if source is not None:
            yield _leak(path, view, number, f"has a line that is {source}")


def _leak(path: str, view: views.View, line: int, text: str) -> Leak:
    return Leak(path, line if view.line is None else view.line, text, view.where)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
