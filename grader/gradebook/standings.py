"""What a whole class has: the rows of the gradebook, and the policies of the course as they are.

Reports read scores from here. Nothing is stored: whoever asks again after a regrade, another due
time or an extension is told what is so then.
"""

from collections.abc import Mapping, Sequence

from grader.gradebook import queries
from grader.gradebook.queries import Key
from grader.gradebook.standing import UNTOUCHED, Graded, Standing, Total, stand, total
from grader.gradebook.store import Gradebook
from grader.records import Course, Exercise


def standings(
    book: Gradebook,
    exercises: Sequence[Exercise],
    handed: Mapping[Key, Sequence[Graded]] | None = None,
) -> list[Standing]:
    """Work out what every student has in these exercises, by student, in the exercises' order.

    A student who handed in nothing has 0 points. `handed` is in place of what was handed in.

    Raises:
        StoreError: the database refuses.
    """
    found = queries.handed_in(book) if handed is None else handed
    decided = queries.decisions(book)
    return [
        stand(
            student,
            exercise,
            found.get((student, exercise.id), ()),
            decided.get((student, exercise.id), UNTOUCHED),
        )
        for student in queries.students(book)
        for exercise in exercises
    ]


def totals(course: Course, found: Sequence[Standing]) -> list[Total]:
    """Add up standings of all exercises of a course, student by student."""
    by_student: dict[str, list[Standing]] = {}
    for each in found:
        by_student.setdefault(each.student, []).append(each)
    return [total(student, each, course.drop) for student, each in by_student.items()]
