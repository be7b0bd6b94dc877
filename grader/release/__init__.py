"""The students' repository, made from the teacher's course: all that leaves, and why it must not.

    tree      which files of exercises/ leave
    book      gradebook.yml, composed of what students may know
    front     README.md
    leaks     what of solutions/ and tests/ would leave, by name or by content
    folder    the folder it is written into, again and again

A release is planned as a whole, as bytes by path, before anything is written. The same course gives
the same bytes on every machine: nothing in it depends on a clock, a path or an order of files.
design/release.md tells what is looked for, what is not found, and what was refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader import course as gradebook
from grader import handout, marks, workflows
from grader.errors import CourseError
from grader.records import Course
from grader.release import book, front, tree

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?![.]{1,2}$)[A-Za-z0-9._-]{1,100}")

_GITIGNORE = """\
# What grade and Python leave behind.
.grader/
__pycache__/
.ipynb_checkpoints/
.venv/
*.backup-*
"""


@dataclass(frozen=True)
class Way:
    """How hidden checks come to where a student's repository is graded.

    `checks` is the teacher's private course, OWNER/REPO, if the workflow fetches them from there;
    `is_classroom` whether GitHub Classroom's reporter reads the points.
    """

    checks: str | None = None
    is_classroom: bool = False


@dataclass(frozen=True)
class Release:
    """All that leaves: contents by path, sorted; files that stay; what a teacher should know."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def hidden(course: Course) -> dict[str, int | None]:
    """Count the hidden checks of each exercise by their text; None where that does not tell.

    Raises:
        CourseError: the course is a student's copy, or a check file is no Python.
    """
    trees = [(each.hidden_dir, each.reference_dir) for each in course.exercises]
    if not any(folder.is_dir() for pair in trees for folder in pair):
        raise CourseError(
            "there is nothing here to keep: no exercise has a folder in tests/ or solutions/. "
            "Release from the teacher's copy of the course"
        )
    return {each.id: marks.counted(each.hidden_dir) for each in course.exercises}


def plan(course: Course, counts: Mapping[str, int], way: Way | None = None) -> Release:
    """Plan the students' repository.

    Args:
        course: the teacher's.
        counts: how many checks are hidden, by exercise.
        way: how they come to where a student's repository is graded.

    Raises:
        CourseError: something that has to leave is not there, or cannot; or gradebook.yml says
            another number of hidden checks than there are.
    """
    way = way or Way()
    _demand_workflow(course, way)
    for each in course.exercises:
        if each.hidden_checks not in (None, counts[each.id]):
            raise CourseError(
                f"{gradebook.GRADEBOOK} says hidden: {each.hidden_checks} of {each.id}, which has "
                f"{counts[each.id]} hidden checks; take the line out, a release fills it in"
            )
    taken = tree.take(course)
    sealed = {
        f"sealed/{each.id}.sealed": each.sealed_file.read_bytes()
        for each in course.exercises
        if each.sealed_file.is_file() and not each.sealed_file.is_symlink()
    }
    flows: dict[str, str] = {}
    if course.action:
        flows = workflows.files(course, course.action, bool(sealed),
                                is_classroom=way.is_classroom, checks=way.checks)  # fmt: skip
    readme = front.text(course, counts, is_pushed=bool(flows))
    files = {
        **taken.files,
        **sealed,
        **{path: text.encode() for path, text in flows.items()},
        ".gitignore": _GITIGNORE.encode(),
        gradebook.GRADEBOOK: book.text(course, counts).encode(),
        handout.README: taken.front if taken.front is not None else readme.encode(),
    }
    notes = tuple(_notes(course, counts, sealed, way))
    return Release(dict(sorted(files.items())), taken.left_out, notes)


def _demand_workflow(course: Course, way: Way) -> None:
    """Demand what the workflow needs that is asked for."""
    if (way.checks or way.is_classroom) and not course.action:
        raise CourseError(
            f"there is no workflow to write: {gradebook.GRADEBOOK} names no action. Write "
            "action: OWNER/REPO@REF at its top, or leave --checks and --classroom out"
        )
    if way.checks is not None and not _REPOSITORY.fullmatch(way.checks):
        raise CourseError(
            f"--checks is {way.checks!r}; write OWNER/REPO, such as ada/course, the private "
            "repository in which your course lies"
        )


def _notes(
    course: Course, counts: Mapping[str, int], sealed: Mapping[str, bytes], way: Way
) -> list[str]:
    notes = []
    if not course.action:
        notes.append(
            f"No workflow leaves: {gradebook.GRADEBOOK} names no action (action: OWNER/REPO@REF)."
        )
    elif sum(counts.values()) and not sealed and not way.checks:
        notes.append(
            "What students push is graded by the visible checks only: nothing is sealed (grade "
            "seal), and no --checks OWNER/REPO says where the others are."
        )
    for each in course.exercises:
        if not any(each.stub_dir.glob("test_*.py")):
            notes.append(f"{each.id} has no visible check: grade {each.id} has nothing to try.")
        if sealed and f"sealed/{each.id}.sealed" not in sealed:
            notes.append(
                f"{each.id} is not sealed, and others are: with the key set it is not graded at "
                f"all. Seal it, even if it hides no check: grade seal {each.id}."
            )
    return notes


def summary(course: Course, counts: Mapping[str, int]) -> str:
    """Say in one sentence what leaves and what is kept."""
    visible = [marks.worth(each.stub_dir) for each in course.exercises]
    known = sum((points for points in visible if points is not None), Fraction(0))
    count = sum(counts.values())
    kept = f"{count} hidden check{'' if count == 1 else 's'}"
    rest = f", worth {front.points(book.total(course) - known)}," if None not in visible else ""
    exercises = len(course.exercises)
    return (
        f"{course.title}: {exercises} exercise{'' if exercises == 1 else 's'}, "
        f"{front.points(book.total(course))}; {kept}{rest} {'stays' if count == 1 else 'stay'}."
    )
