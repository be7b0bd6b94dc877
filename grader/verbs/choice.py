"""Which exercises the words of a command mean: the one that is named, or all of the course."""

from pathlib import Path

from grader.records import Course, Exercise


def exercises(word: str | None) -> tuple[Course, tuple[Exercise, ...]]:
    """Find the course that one stands in, and what of it is meant; without a word, all of it.

    Raises:
        CourseError: there is no course here, it is at fault, or it has no such exercise.
    """
    from grader import course  # noqa: PLC0415  Help answers without YAML.

    here = Path.cwd()
    known = course.load(course.find_root(here))
    if word is None:
        return known, known.exercises
    return known, (course.find_exercise(known, word, here),)
