"""The systems whose assignments can be imported, and what is done with what one of them gives.

A source is a function from a path to exercises. It executes nothing, and gives one `Imported` for
each assignment that it found; one without checks only tells why there is nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import course as courses
from grader.errors import CourseError
from grader.imports import exercise, nbgrader, otter
from grader.imports.exercise import Imported
from grader.records import Course

# By the word of the command line.
SOURCES: Mapping[str, Callable[[Path], list[Imported]]] = {
    "nbgrader": nbgrader.read,
    "otter": otter.read,
}


@dataclass(frozen=True)
class Made:
    """One exercise that was, or would be, made: its id, and its files by their paths."""

    id: str
    imported: Imported
    files: tuple[str, ...]


def plan(found: Sequence[Imported], course: Course, first: str | None = None) -> list[Made]:
    """Give ids to what was found and can be exercises, and make sure that it can be written.

    Args:
        found: what a source gave.
        course: where it is to stand.
        first: the id of the first; by default the one after the last of the course.

    Raises:
        CourseError: an id is taken, or a file would not be what was meant.
    """
    kept = [each for each in found if each.checks]
    if not kept:
        return []
    ids = exercise.free_ids(course, len(kept), first)
    return [
        Made(id_, each, tuple(exercise.files(each, id_)))
        for id_, each in zip(ids, kept, strict=True)
    ]


def write(planned: Sequence[Made], course: Course) -> None:
    """Write exercises into a course, each of them whole or not at all.

    Raises:
        CourseError: one cannot be written; those before it are there.
    """
    for done, each in enumerate(planned):
        try:
            exercise.write(each.imported, courses.load(course.root), each.id)
        except CourseError as error:
            before = ", ".join(one.id for one in planned[:done])
            told = f"; {before} was written before it" if before else ""
            raise CourseError(f"{each.imported.origin}: {error}{told}") from error
