"""What gradebook.yml says: the course, its exercises, and the one that a word means.

Values carry units ("20 s", "1 GiB"), and all problems of the file are told at once, each with its
line and column. `load` lists the keys; `find_exercise` lists the words.
"""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import yaml

from grader import policy, quantities
from grader.errors import CourseError
from grader.records import Course, Exercise, Isolation, Limits
from grader.yamlfile import Page, UnfitError, YamlFile, number, scalar, seen, short

GRADEBOOK = "gradebook.yml"

_MAX_FILES = 32
_MAX_LETTERS = 200
_MAX_POINTS = 100_000
_MAX_SEED = (1 << 63) - 1

_SHARED_KEYS = ("late", "counts", "limits", "isolation")
_COURSE_KEYS = ("course", "seed", *_SHARED_KEYS, "drop", "zone", "action", "exercises")
_EXERCISE_KEYS = ("id", "title", "files", "points", "hidden", "due", *_SHARED_KEYS)
_TIMES = ("time", "wall", "load")
_SIZES = ("memory", "output")
_LIMIT_KEYS = (*_TIMES, *_SIZES, "open files")

_HINTS = {
    "course": "the title of the course on one line",
    "seed": "a whole number such as 20",
    "exercises": "a list of exercises, each with id, title, files and points",
    "id": "exercise- and two digits, such as exercise-03",
    "title": "one line of text",
    "files": "a list of file names such as [tensors.py]",
    "points": "a number such as 8 or 2.5",
    "due": "2026-10-12 or 2026-10-12 23:59 Europe/Berlin",
    "zone": "the name of a time zone such as Europe/Berlin",
    "action": "OWNER/REPO@REF, such as ada/grader@v1",
    "late": "10 % a day, 3 days at most, 15 min grace, or a part of it; or not accepted",
    "counts": "best, last or first",
    **dict.fromkeys(("drop", "hidden"), "a whole number such as 1"),
    "limits": "a map such as {time: 20 s, memory: 1 GiB}",
    "isolation": "submission or check",
    **dict.fromkeys(_TIMES, "a time with its unit, such as 20 s, 500 ms or 2 min"),
    **dict.fromkeys(_SIZES, "a size with its unit, such as 1 GiB, 512 MiB or 64 KiB"),
    "open files": "a whole number from 8 to 65536",
}

_ID = re.compile(r"exercise-[0-9]{2}")
_ID_WORD = re.compile(r"(?:ex(?:ercise)?[-_ ]?)?([0-9]{1,2})", re.IGNORECASE)
_FILE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}\.py")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,18})?")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")
# Owner, repository and perhaps a folder in it, and a branch, a tag or a commit, as GitHub has them.
_ACTION = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/(?![.]{1,2}[/@])[A-Za-z0-9._-]{1,100}){1,5}"
    r"@(?!.*[.]{2})[A-Za-z0-9][A-Za-z0-9._/-]{0,99}"
)


Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class _Defaults:
    """What holds for every exercise that does not say otherwise."""

    limits: Mapping[str, Fraction]
    isolation: Isolation
    zone: str | None
    late: str | None
    counts: str


def find_root(start: Path) -> Path:
    """Find the folder of the course: the nearest at or above `start` that holds gradebook.yml.

    Raises:
        CourseError: there is none.
    """
    try:
        first = Path(os.path.abspath(start))
    except OSError as error:  # The working folder itself is gone.
        raise CourseError(f"{start} cannot be found: {error.strerror}") from error
    for folder in (first, *first.parents):
        if os.path.isfile(folder / GRADEBOOK):
            return folder
    raise CourseError(
        f"there is no {GRADEBOOK} in {first} or in a folder above it; "
        "change to the folder of a course"
    )


def load(root: Path) -> Course:
    """Read gradebook.yml of the course at `root`.

    At the top stand `course` (the title) and `exercises`, and may stand `seed`, `drop`, `action`
    (what grades in students' repositories), and `limits`, `isolation`, `late`, `counts` and the
    `zone` of due times as defaults for every exercise. An exercise has `id`, `title`, `files`,
    `points` and may have `due`, `late`, `counts`, `limits`, `isolation`, and `hidden`: how many
    checks a student's copy lacks. Limits that nobody names are those of `Limits()`, except that
    `wall` is then six times `time` and at least 60 s: a child that shares its machine may wait long
    for the CPU seconds of `time`.

    Raises:
        CourseError: the file cannot be read, or says what it must not; one line for each problem.
    """
    root = Path(os.path.abspath(root))
    file = YamlFile(root / GRADEBOOK, _HINTS)
    top = file.open(file.top, "the file", "", _COURSE_KEYS)
    title = file.require(top, "course", _words)
    seed = file.take(top, "seed", _seed)
    drop = file.take(top, "drop", _small) or 0
    action = file.take(top, "action", _action)
    defaults = _Defaults(
        limits=_limits(file, top),
        isolation=file.take(top, "isolation", _isolation) or Isolation.SUBMISSION,
        zone=file.take(top, "zone", _zone),
        late=file.take(top, "late", _late),
        counts=file.take(top, "counts", _counts) or policy.Counts.BEST,
    )
    exercises: list[Exercise] = []
    lines: dict[str, int] = {}
    for index, item in enumerate(file.require(top, "exercises", _items) or ()):
        name = _name(item, index)
        page = file.open(item, name, f"{name}: ", _EXERCISE_KEYS)
        if name in lines:
            file.note(item, f"{name} is here twice, first in line {lines[name]}; keep one")
        lines.setdefault(name, item.start_mark.line + 1)
        exercise = _exercise(file, page, root, defaults)
        exercises += [exercise] if exercise else []
    file.refuse_if_noted()
    return Course(title or "", root, tuple(exercises), seed, drop, action)


def find_exercise(course: Course, word: str | None, cwd: Path) -> Exercise:
    """Find the exercise that a word of the command line means.

    `3`, `03`, `ex3`, `exercise-3` and `Exercise-03` all mean exercise-03. So does the path, from
    `cwd`, of its folder in any of the three trees, or of a file in it. None means `cwd`.

    Raises:
        CourseError: no exercise of the course is meant; the sentence lists them.
    """
    ids = [exercise.id for exercise in course.exercises]
    listed = "The course has: " + ", ".join(ids)
    if word is None:
        found = exercise_at(course, cwd)
        if found is None:
            raise CourseError(f"no exercise is named, and {cwd} belongs to none. {listed}")
        return found
    numbered = _ID_WORD.fullmatch(word)
    for exercise in course.exercises:
        if numbered and exercise.id == f"exercise-{int(numbered[1]):02d}":
            return exercise
    found = exercise_at(course, cwd / word) if word.strip() else None
    if found is not None:
        return found
    close = [] if numbered else difflib.get_close_matches(word[:40].lower(), ids, 1)
    guess = f"; did you mean {close[0]}?" if close else "."
    told = repr(short(word))[1:-1]
    raise CourseError(f'there is no exercise "{told}" in this course{guess} {listed}')


def exercise_at(course: Course, path: Path) -> Exercise | None:
    """Find the exercise that has `path` as one of its folders, or in one of them."""
    try:
        # Strictly: any word that names nothing would lie in the folder one stands in.
        place = os.path.realpath(path, strict=True)
    except (OSError, ValueError):  # Nothing is there, or it is no path.
        return None
    for exercise in course.exercises:
        for folder in (exercise.stub_dir, exercise.reference_dir, exercise.hidden_dir):
            real = os.path.realpath(folder)
            if place == real or place.startswith(real + os.sep):
                return exercise
    return None


def _name(node: yaml.Node, index: int) -> str:
    """Name an exercise in messages: by its id where it has a good one, else by its place."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        is_id = isinstance(key, yaml.ScalarNode) and key.value == "id"
        if is_id and isinstance(value, yaml.ScalarNode) and _ID.fullmatch(value.value):
            return str(value.value)
    return f"exercise {index + 1} of the list"


def _exercise(file: YamlFile, page: Page, root: Path, defaults: _Defaults) -> Exercise | None:
    """Read one exercise; None where something it needs was noted."""
    id_ = file.require(page, "id", _id)
    title = file.require(page, "title", _words)
    files = file.require(page, "files", _files)
    points = file.require(page, "points", _points)
    hidden = file.take(page, "hidden", _many)
    due = file.take(page, "due", partial(_due, zone=defaults.zone))
    late = file.take(page, "late", _late) or defaults.late
    counts = file.take(page, "counts", _counts) or defaults.counts
    isolation = file.take(page, "isolation", _isolation) or defaults.isolation
    limits = _merged({**defaults.limits, **_limits(file, page)})
    if limits.wall_s < limits.time_s:
        wall, time = f"{limits.wall_s:g} s", f"{limits.time_s:g} s"
        sentence = f"limits: wall is {wall}, less than time, {time}; write {time} or more for wall"
        file.note(page.values.get("limits", page.node), page.where + sentence)
    if id_ is None or title is None or files is None or points is None:
        return None
    return Exercise(
        id=id_,
        title=title,
        files=files,
        points=points,
        limits=limits,
        isolation=isolation,
        stub_dir=root / "exercises" / id_,
        reference_dir=root / "solutions" / id_,
        hidden_dir=root / "tests" / id_,
        due=due,
        late=late,
        counts=counts,
        hidden_checks=hidden,
    )


def _limits(file: YamlFile, page: Page) -> dict[str, Fraction]:
    """Read the limits that one map names: seconds, bytes and a count, by key."""
    if "limits" not in page.values:
        return {}
    what = f"{page.where}limits"
    own = file.open(page.values["limits"], what, f"{what}: ", _LIMIT_KEYS)
    taken = {key: file.take(own, key, quantities.time) for key in _TIMES}
    taken |= {key: file.take(own, key, quantities.size) for key in _SIZES}
    taken["open files"] = file.take(own, "open files", _open_files)
    return {key: value for key, value in taken.items() if value is not None}


def _merged(given: Mapping[str, Fraction]) -> Limits:
    """Fill in the limits that nobody named."""
    default = Limits()
    time_s = float(given.get("time", default.time_s))
    return Limits(
        time_s=time_s,
        wall_s=float(given.get("wall", max(60.0, 6 * time_s))),
        load_s=float(given.get("load", default.load_s)),
        memory_bytes=int(given.get("memory", default.memory_bytes)),
        output_bytes=int(given.get("output", default.output_bytes)),
        open_files=int(given.get("open files", default.open_files)),
    )


def _items(node: yaml.Node, write: str) -> list[yaml.Node]:
    """Read a list that is not empty."""
    if not isinstance(node, yaml.SequenceNode):
        raise UnfitError(node, f"{seen(node)}; write {write}")
    if not node.value:
        raise UnfitError(node, f"is an empty list; write {write}")
    return list(node.value)


def _words(node: yaml.Node, write: str) -> str:
    """Read one line of text."""
    text = scalar(node, write).strip()
    if not text or not text.isprintable():
        raise UnfitError(node, f"{seen(node)}; write {write}")
    if len(text) > _MAX_LETTERS:
        raise UnfitError(node, f"has {len(text)} letters; write at most {_MAX_LETTERS}")
    return text


def _id(node: yaml.Node, write: str) -> str:
    """Read the id of an exercise."""
    text = scalar(node, write)
    if not _ID.fullmatch(text):
        raise UnfitError(node, f"is {short(text)!r}; write {write}")
    return text


def _files(node: yaml.Node, write: str) -> tuple[str, ...]:
    """Read the names of the files that are handed in."""
    items = _items(node, write)
    if len(items) > _MAX_FILES:
        raise UnfitError(node, f"has {len(items)} names; write at most {_MAX_FILES}")
    names: list[str] = []
    for item in items:
        if not isinstance(item, yaml.ScalarNode) or not _FILE.fullmatch(item.value):
            bare = "write bare names of letters, digits and _ that end in .py"
            raise UnfitError(item, f"has an entry that {seen(item)}; {bare}")
        # Some file systems do not tell capital letters from small ones.
        if item.value.lower() in (name.lower() for name in names):
            raise UnfitError(item, f"has {item.value!r} twice; keep one")
        names.append(item.value)
    return tuple(names)


def _points(node: yaml.Node, write: str) -> Fraction:
    """Read the points of an exercise, exactly."""
    text = number(node, write)
    if not _NUMBER.fullmatch(text):
        raise UnfitError(node, f"is {short(text)!r}; write {write}")
    points = Fraction(text)
    if not 0 < points <= _MAX_POINTS:
        raise UnfitError(node, f"is {text}; write a number above 0 and up to {_MAX_POINTS}")
    if (points * 100).denominator != 1:
        raise UnfitError(node, f"is {text}; write at most two decimals, such as 2.5")
    return points


def _whole(node: yaml.Node, write: str, least: int, most: int) -> int:
    """Read a whole number between two bounds."""
    text = number(node, write)
    if not _WHOLE.fullmatch(text):
        raise UnfitError(node, f"is {short(text)!r}; write {write}")
    if not least <= int(text) <= most:
        raise UnfitError(node, f"is {text}; write a whole number from {least} to {most}")
    return int(text)


def _seed(node: yaml.Node, write: str) -> int:
    """Read the seed of the course."""
    return _whole(node, write, 0, _MAX_SEED)


def _open_files(node: yaml.Node, write: str) -> Fraction:
    """Read how many files a child may hold open."""
    return Fraction(_whole(node, write, 8, 1 << 16))


def _one_of(node: yaml.Node, write: str, words: type[Word]) -> Word:
    """Read one of a few words."""
    text = scalar(node, write)
    if text not in tuple(words):
        raise UnfitError(node, f"is {short(text)!r}; write {write}")
    return words(text)


_isolation = partial(_one_of, words=Isolation)
_counts = partial(_one_of, words=policy.Counts)
_small = partial(_whole, least=0, most=99)
_many = partial(_whole, least=0, most=9999)


def _action(node: yaml.Node, write: str) -> str:
    """Read which Action grades in students' repositories."""
    text = scalar(node, write)
    if not _ACTION.fullmatch(text):
        raise UnfitError(node, f"is {short(text)!r}; write {write}")
    return text


def _due(node: yaml.Node, write: str, zone: str | None) -> str:
    """Read a due time, and name its zone: its own, or the one of the course."""
    read = partial(policy.with_zone, zone=zone)
    text = _understood(node, f"a date as {write}", lambda text: policy.read_due(read(text)))
    return read(text)


def _understood(node: yaml.Node, write: str, read: Callable[[str], object]) -> str:
    """Demand that a text can be read, and keep the text."""
    text = scalar(node, write)
    try:
        read(text)
    except ValueError as error:
        raise UnfitError(node, f"is {short(text)!r}; write {write}") from error
    return text


_zone = partial(_understood, read=policy.read_zone)
_late = partial(_understood, read=policy.read_late)
