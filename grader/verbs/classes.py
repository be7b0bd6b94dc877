"""`grade export canvas` and its like: what a whole class has, for another program.

They stand among the formats of `grade export`, but are made of the gradebook and not of an attempt.
Those that a platform downloads are filled in, and what could not be is told on stderr.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import CourseError
from grader.records import Course, Exercise
from grader.verbs import book, choice, screen

if TYPE_CHECKING:
    from grader.reports.exports.filling import Filled, Who
    from grader.reports.exports.roll import Roll


@dataclass(frozen=True)
class ClassFormat:
    """One format; `is_filled` where a file that was downloaded is filled in."""

    name: str
    summary: str
    file: str
    is_filled: bool = False


CLASSES = {
    each.name: each
    for each in (
        ClassFormat("canvas", "Canvas: its exported gradebook, filled in", "", is_filled=True),
        ClassFormat("moodle", "Moodle: a grading worksheet, filled in", "", is_filled=True),
        ClassFormat("nbgrader", "nbgrader: the file of nbgrader export", "grades.csv"),
        ClassFormat("scores", "spreadsheets: a row for each student", "scores.csv"),
    )
}


@dataclass(frozen=True)
class Asked:
    """What the command line says about a format of a class; each field is an option's."""

    gradebook: str | None = None
    roster: Path | None = None
    exercise: str | None = None
    column: tuple[str, ...] = ()
    scale: bool = False
    checks: bool = False

    def named(self) -> tuple[str, ...]:
        """List the options that were given."""
        return tuple(f"--{name}" for name, value in vars(self).items() if value)


_FILLING = frozenset({"--column", "--scale"})


def written(name: str, word: str | None, asked: Asked) -> bytes:
    """Write a class in a format, and tell on stderr what is not in it.

    Args:
        name: a name of CLASSES.
        word: the file to fill in, where the format has one; else which exercise, None for all.
        asked: what else the command line says.

    Raises:
        CourseError: the words do not go together, or a file is not what it should be.
        StoreError: the database refuses.
    """
    form = CLASSES[name]
    _check(form, word, asked)
    data = _read(word) if form.is_filled and word is not None else None
    known, exercises = choice.exercises(asked.exercise if form.is_filled else _one(word, asked))
    named = _columns(known, asked.column)
    if name == "moodle":
        exercises = _worksheet(exercises, named)
    roll, who = _roll(known, exercises, asked)
    # Each form is loaded when it is wanted.
    from grader.reports.exports import nbgrader, scores  # noqa: PLC0415

    if data is not None:
        try:
            filled = _filled(name, data, roll, who, named, is_scaled=asked.scale)
        except CourseError as error:
            raise CourseError(f"{word}: {error}") from error
        for note in filled.notes:
            screen.complain(note)
        return filled.text.encode()
    if name == "nbgrader":
        return nbgrader.export(roll).encode()
    return scores.export(roll, has_checks=asked.checks).encode()


def _check(form: ClassFormat, word: str | None, asked: Asked) -> None:
    """Refuse words and options that mean nothing here."""
    if form.is_filled and word is None:
        raise CourseError(
            f"{form.name} fills in a file: download it there, then: grade export {form.name} "
            "DOWNLOADED.csv -o FILLED.csv"
        )
    for option in asked.named():
        if option in _FILLING and not form.is_filled:
            raise CourseError(f"{option} is for formats that fill in a file; leave it out")
        if option == "--checks" and form.name != "scores":
            raise CourseError("--checks is for scores alone; leave it out")


def _one(word: str | None, asked: Asked) -> str | None:
    if word is not None and asked.exercise is not None:
        raise CourseError(f'"{word}" and --exercise {asked.exercise} are two; leave one out')
    return word if word is not None else asked.exercise


def _columns(known: Course, pairs: Sequence[str]) -> dict[str, str]:
    """Read EXERCISE=HEADER; the headers, by the exercises' ids."""
    from grader import course  # noqa: PLC0415  Help answers without YAML.

    found: dict[str, str] = {}
    for pair in pairs:
        word, equals, header = pair.partition("=")
        if not equals or not header.strip():
            raise CourseError(
                f'--column {pair}: write EXERCISE=HEADER, as --column "exercise-03=Exercise 03 '
                '(4711)"'
            )
        exercise = course.find_exercise(known, word, Path.cwd())
        if exercise.id in found:
            raise CourseError(f"--column names {exercise.id} twice; leave one out")
        found[exercise.id] = header
    return found


def _worksheet(exercises: Sequence[Exercise], named: Mapping[str, str]) -> tuple[Exercise, ...]:
    """Choose the one exercise of a worksheet."""
    chosen = [each for each in exercises if each.id in named] or list(exercises)
    if len(chosen) != 1:
        listed = ", ".join(each.id for each in exercises)
        raise CourseError(
            f"a worksheet of Moodle is for one exercise; say which with --exercise: {listed}"
        )
    return tuple(chosen)


def _roll(known: Course, exercises: Sequence[Exercise], asked: Asked) -> "tuple[Roll, Who]":
    """Read what the class has, and who is meant by a word."""
    from grader import roster  # noqa: PLC0415  Attempts are exported without it.

    listed = roster.read(asked.roster) if asked.roster else None
    with book.open_book(asked.gradebook, known.root) as opened:
        # SQLAlchemy, which may not be installed, has been found by now.
        from grader.gradebook.roll import of_class  # noqa: PLC0415

        roll = of_class(opened, known, exercises, listed)
    names = roster.Roster(roster.Row(each.key, words=each.words) for each in roll.members)
    return roll, lambda word: names.find((word,))


def _filled(
    name: str, data: bytes, roll: "Roll", who: "Who", named: Mapping[str, str], *, is_scaled: bool
) -> "Filled":
    # Each form is loaded when it is wanted.
    from grader.reports.exports import canvas, moodle  # noqa: PLC0415

    if name == "canvas":
        return canvas.fill(data, roll, who, named, is_scaled=is_scaled)
    header = named.get(roll.exercises[0].id)
    return moodle.fill(data, roll, who, header, is_scaled=is_scaled)


def _read(source: str) -> bytes:
    # Each form is loaded when it is wanted.
    from grader.reports.exports.edited import MOST_BYTES  # noqa: PLC0415

    try:
        with Path(source).open("rb") as file:
            # One byte more than what is read says that it is too large.
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{source} cannot be read: {error.strerror}; check the path") from error
