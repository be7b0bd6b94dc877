"""`grade export gradescope-autograder` and its like: what a platform starts by itself, as a zip.

They stand among the formats of `grade export`, but tell of an exercise and not of an attempt.
"""

import sys
from dataclasses import dataclass

from grader.errors import CourseError
from grader.verbs import choice, screen


@dataclass(frozen=True)
class Packed:
    """One kind of zip; `platform` is whose."""

    name: str
    summary: str
    file: str
    platform: str


PACKED = {
    each.name: each
    for each in (
        Packed("classroom50-autograder", "Classroom 50: an assignment's folder",
               "autograder.zip", "classroom50"),
        Packed("gradescope-autograder", "Gradescope: a whole autograder",
               "autograder.zip", "gradescope"),
    )
}  # fmt: skip


def zipped(name: str, word: str | None, output: str) -> bytes:
    """Pack the autograder of an exercise.

    Args:
        name: a name of PACKED.
        word: which exercise; None is the one that one stands in.
        output: where it goes to; - for stdout.

    Raises:
        CourseError: no exercise is meant, it cannot be packed, or a terminal would show the bytes.
        SandboxError: the grader or torch is not installed here.
    """
    # Help answers without YAML, and no other format waits for what packs.
    from grader import autograder  # noqa: PLC0415

    if output == "-" and sys.stdout.isatty():
        raise CourseError(f"a zip is nothing for a terminal; write -o {PACKED[name].file}")
    course, meant = choice.exercises(word)
    if len(meant) != 1:
        listed = ", ".join(exercise.id for exercise in course.exercises)
        raise CourseError(f"{name} is for one exercise; name one: {listed}")
    (exercise,) = meant
    platform = PACKED[name].platform
    if autograder.is_open_to_strangers(platform, exercise):
        screen.complain(
            f"Classroom 50 puts this on the web, where the checks of {exercise.id} can be read by "
            f"who finds the address; sealed they stay closed: grade seal {exercise.id}, then this "
            "again"
        )
    return autograder.build(platform, course, exercise)
