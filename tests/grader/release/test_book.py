"""The gradebook.yml of students is the teacher's course, without what they must not know."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import course
from grader.records import Course
from grader.release import book

TEACHERS = """\
# The key to the room is under the mat.
course: 'A course: of "things"'
seed: 20
zone: Europe/Berlin
action: ada/grader@v1
drop: 1
late: 10 % a day
exercises:
  - id: exercise-01
    title: First
    files: [a.py, b.py]
    points: 2.5
    due: 2026-10-12 23:59
  - id: exercise-02
    title: Second
    files: [c.py]
    points: 4
    counts: last
    isolation: check
    limits: {time: 20 s, wall: 4 min, memory: 1.5 GiB, output: 1.5 KiB, open files: 100}
"""

STUDENTS = """\
# The course, as `grade` reads it. Written by `grade release`, anew each time.
course: "A course: of \\"things\\""
limits: {time: 10 s, memory: 1 GiB} # of each check; time is CPU time
drop: 1 # so many exercises, the weakest, do not count

exercises:
  - id: exercise-01
    title: First
    files: [a.py, b.py]
    points: 2.5
    hidden: 3 # more checks, tried at submission
    due: 2026-10-12 23:59 Europe/Berlin
    late: 10 % a day

  - id: exercise-02
    title: Second
    files: [c.py]
    points: 4
    late: 10 % a day
    counts: last
    isolation: check
    limits: {time: 20 s, memory: 1536 MiB, wall: 240 s, output: 1.5 KiB, open files: 100}
"""


def load(folder: Path, text: str) -> Course:
    """Read a gradebook from a text."""
    (folder / "gradebook.yml").write_text(text, encoding="utf-8")
    return course.load(folder)


def test_what_students_may_know_is_written(tmp_path: Path) -> None:
    """Points, due times, rules and limits are there; comments, seed and action are not."""
    assert book.text(load(tmp_path, TEACHERS), {"exercise-01": 3}) == STUDENTS


TITLES = st.one_of(
    st.sampled_from(["null", "Null", "~", "no", "- a", "a # b", "a: b", "'", '"', "\\", "%", "{"]),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)  # fmt: skip


def times(least: str = "") -> st.SearchStrategy[str]:
    """Write times as a teacher may, up to nine decimals."""
    number = st.decimals("0.001", "999", places=9) | st.integers(1, 999)
    return st.builds(lambda n, unit: f"{n} {unit}{least}", number, st.sampled_from(["ms", "s"]))


LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "time": times() | st.sampled_from(["10 s", "20 s", "1.5 min", "0.25 h"]),
        "wall": st.integers(16, 24).map(lambda n: f"{n} h"),
        "load": times(),
        "memory": st.integers(1, 4096).map(lambda n: f"{n}.5 MiB"),
        "output": st.integers(2, 9999).map(lambda n: f"{n}.001953125 KiB")
        | st.integers(1, 99).map(lambda n: f"{n} KiB"),
        "open files": st.integers(8, 65536).map(str),
    },
)
SHARED = {
    "late": st.sampled_from(["not accepted", "10 % a day, 3 days at most, 15 min grace"]),
    "counts": st.sampled_from(["best", "last", "first"]),
    "isolation": st.sampled_from(["submission", "check"]),
    "limits": LIMITS.map(lambda held: "{" + ", ".join(f"{k}: {v}" for k, v in held.items()) + "}"),
}
TITLE = TITLES.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
EXERCISE = st.fixed_dictionaries(
    {
        "title": TITLE,
        "files": st.sampled_from(["[a.py]", "[null.py, b.py]"]),
        "points": st.sampled_from(["1", "2.5", "0.01", "100000"]),
    },
    optional={
        "due": st.sampled_from(["2026-10-12", "2026-10-12 23:59", "2026-01-02 Asia/Tokyo"]),
        **SHARED,
    },
)
COURSE = st.fixed_dictionaries(
    {"course": TITLE, "zone": st.just("Europe/Berlin")},
    optional={
        "seed": st.integers(0, 99).map(str),
        "drop": st.integers(0, 9).map(str),
        "action": st.just("ada/grader@v1"),
        **SHARED,
    },
)


@given(COURSE, st.lists(st.tuples(EXERCISE, st.integers(0, 9999)), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_it_is_read_as_the_same_course(
    tmp_path_factory: pytest.TempPathFactory,
    top: dict[str, str],
    exercises: list[tuple[dict[str, str], int]],
) -> None:
    """Whatever a teacher wrote, students read the same, but for seed and action; hidden is told."""
    folder = tmp_path_factory.mktemp("course")
    lines = [f"{key}: {value}" for key, value in top.items()] + ["exercises:"]
    hidden = {}
    for number, (keys, count) in enumerate(exercises, 1):
        hidden[f"exercise-{number:02d}"] = count
        lines += [f"- id: exercise-{number:02d}", *(f"  {k}: {v}" for k, v in keys.items())]
    teachers = load(folder, "\n".join(lines))
    students = load(folder, book.text(teachers, hidden))

    told = tuple(
        replace(each, hidden_checks=hidden[each.id] or None) for each in teachers.exercises
    )
    assert students == replace(teachers, seed=None, action=None, exercises=told)
