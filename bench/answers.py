"""A made-up class: what students hand in, from the references, stubs, variants and mistakes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from grader import mistakes
from grader.records import Course, Exercise


@dataclass(frozen=True)
class Answer:
    """What somebody hands in for an exercise, by file name; and what it is, for the reader."""

    exercise: str
    files: dict[str, str]
    name: str


def reference(exercise: Exercise) -> Answer:
    """Give the right answer that the teacher wrote."""
    texts = {name: (exercise.reference_dir / name).read_text() for name in exercise.files}
    return Answer(exercise.id, texts, "reference")


def of(exercise: Exercise) -> Iterator[Answer]:
    """Give what students hand in: right, untouched, right in other words, and wrong."""
    yield (right := reference(exercise))
    texts = {name: (exercise.stub_dir / name).read_text() for name in exercise.files}
    yield Answer(exercise.id, texts, "stub")
    for path in (exercise.hidden_dir / "variants.py", exercise.hidden_dir / "mistakes.py"):
        source = path.read_text()
        for answer in mistakes.load(path):
            mark = getattr(answer, "__mistake__", None) or answer.__variant__
            for name, text in right.files.items():
                if f"def {mark.of}(" in text or f"class {mark.of}" in text:
                    changed = mistakes.as_submission(text, source, answer.__name__, mark.of)
                    yield Answer(exercise.id, {**right.files, name: changed}, answer.__name__)


def mixed(course: Course, count: int) -> list[Answer]:
    """Give so many answers, the exercises in turn."""
    kinds = [list(of(exercise)) for exercise in course.exercises]
    each = [kind[n] for n in range(max(map(len, kinds))) for kind in kinds if n < len(kind)]
    return list(islice(cycle(each), count))


def hand_in(folder: Path, handed: Iterable[Answer]) -> None:
    """Write a folder for each student."""
    for number, answer in enumerate(handed):
        place = folder / f"student-{number:05}"
        place.mkdir(parents=True)
        for name, text in answer.files.items():
            # One line more for each student, so that no two hand in the same.
            (place / name).write_text(f"{text}\n# {number}\n")
