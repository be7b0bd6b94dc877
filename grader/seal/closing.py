"""From an exercise of a teacher's copy to its seal, and whether the one there is still fresh."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import CourseError
from grader.records import Course, Exercise
from grader.seal import box, parts
from grader.seal.keys import Key


@dataclass(frozen=True)
class Sealed:
    """The bytes of a seal, and how many files they hold."""

    data: bytes
    files: int


def sealed(exercise: Exercise, key: Key) -> Sealed:
    """Seal an exercise as it lies here.

    Raises:
        CourseError: nothing of it is hidden here, or a file of it cannot be sealed.
    """
    files = parts.of(exercise)
    return Sealed(box.seal(files, key, exercise.id), len(files))


def fault(exercise: Exercise, key: Key) -> str:
    """Say why the seal of an exercise has to be made anew; "" where it is fresh.

    Raises:
        CourseError: nothing of the exercise is hidden here, or a file cannot be sealed.
    """
    name = f"sealed/{exercise.sealed_file.name}"
    files = parts.of(exercise)
    data = parts.sealed(exercise)
    if data is None:
        return f"{exercise.id}: there is no {name}; type grade seal {exercise.id}"
    try:
        inside = box.open_(data, key, exercise.id)
    except CourseError as error:
        return f"{exercise.id}: {error}"
    names = differing(inside, files)
    # The same files are the same bytes, but for a seal that another version has made.
    if names or data != box.seal(files, key, exercise.id):
        what = told(names) or "the way in which seals are made"
        return f"{exercise.id}: {name} is stale, {what} changed; type grade seal {exercise.id}"
    return ""


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Name the files that two sets do not have alike, sorted."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def told(names: list[str]) -> str:
    """Name the first of some files, and count the others; "" where there are none."""
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return names[0] + others if names else ""


def left_over(course: Course) -> list[str]:
    """Name the seals that belong to no exercise of the course, as of one that was taken out."""
    known = {exercise.sealed_file for exercise in course.exercises}
    there = sorted((course.root / "sealed").glob("*.sealed"))
    return [f"sealed/{path.name}" for path in there if path not in known]
