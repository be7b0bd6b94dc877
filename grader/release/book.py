"""The gradebook.yml of a students' repository: what they may know of the course, and no more.

It is composed from the course as it was read, so that nothing else of the teacher's file leaves: no
comment, and not `seed`, from which the inputs of hidden checks follow. What is written is read as
the same course again, save for that, `action`, and `hidden`, which is filled in.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from grader import quantities
from grader.policy import Counts
from grader.records import Course, Exercise, Isolation, Limits, points_text

# Words that YAML takes for text wherever they stand; everything else is quoted.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.]*(?: [A-Za-z0-9_.]+)*")
_LEAST_WALL_S, _WALLS = 60.0, 6


def text(course: Course, hidden: Mapping[str, int]) -> str:
    """Write it.

    Args:
        course: the teacher's.
        hidden: how many checks are tried at submission only, by exercise.
    """
    common = _common([each.limits for each in course.exercises])
    lines = [
        "# The course, as `grade` reads it. Written by `grade release`, anew each time.",
        f"course: {_quoted(course.title)}",
        f"limits: {_map(common)} # of each check; time is CPU time",
    ]
    if course.drop:
        lines += [f"drop: {course.drop} # so many exercises, the weakest, do not count"]
    lines += ["", "exercises:"]
    for each in course.exercises:
        lines += ["", *_entry(each, common, hidden.get(each.id, 0))]
    # The list begins right below its key.
    return "\n".join(lines).replace("exercises:\n\n", "exercises:\n") + "\n"


def _entry(exercise: Exercise, common: Mapping[str, str], hidden: int) -> Iterator[str]:
    yield f"  - id: {exercise.id}"
    yield f"    title: {_quoted(exercise.title)}"
    yield f"    files: [{', '.join(exercise.files)}]"
    yield f"    points: {points_text(exercise.points)}"
    if hidden:
        yield f"    hidden: {hidden} # more checks, tried at submission"
    if exercise.due:
        yield f"    due: {exercise.due}"
    if exercise.late:
        yield f"    late: {exercise.late}"
    if exercise.counts != Counts.BEST:
        yield f"    counts: {exercise.counts}"
    if exercise.isolation != Isolation.SUBMISSION:
        yield f"    isolation: {exercise.isolation}"
    own = {
        key: value for key, value in _limits(exercise.limits).items() if common.get(key) != value
    }
    if own:
        yield f"    limits: {_map(own)}"


def _common(every: list[Limits]) -> dict[str, str]:
    """Choose the time and the memory that most exercises have; the first of equally many."""
    chosen = {}
    for key in ("time", "memory"):
        counted = Counter(_limits(limits)[key] for limits in every)
        chosen[key] = counted.most_common(1)[0][0]
    return chosen


def _limits(limits: Limits) -> dict[str, str]:
    """Write the limits that are read as these, without those that nobody need name."""
    usual = Limits()
    found = {
        "time": quantities.time_text(limits.time_s),
        "memory": quantities.size_text(limits.memory_bytes),
    }
    if limits.wall_s != max(_LEAST_WALL_S, _WALLS * limits.time_s):
        found["wall"] = quantities.time_text(limits.wall_s)
    if limits.load_s != usual.load_s:
        found["load"] = quantities.time_text(limits.load_s)
    if limits.output_bytes != usual.output_bytes:
        found["output"] = quantities.size_text(limits.output_bytes)
    if limits.open_files != usual.open_files:
        found["open files"] = str(limits.open_files)
    return found


def _map(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def _quoted(words: str) -> str:
    """Write one line of text so that YAML reads just it."""
    if _PLAIN.fullmatch(words) and words.lower() != "null":
        return words
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def total(course: Course) -> Fraction:
    """Add up the points of all exercises."""
    return sum((each.points for each in course.exercises), Fraction(0))
