"""What of an exercise is sealed: all that the trusted side reads when it grades it.

    gradebook.yml            what the course's says of this exercise, and for all exercises
    exercises/exercise-03/   stubs, visible checks, and whatever lies beside them for them
    solutions/exercise-03/   the reference
    tests/exercise-03/       hidden checks, mistakes, variants

Together they are a course of one exercise, so an opened seal is graded as any course is. What only
people read (README, hints, notebook, drawings) stays out: a word changed there changes no seal.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import yaml

from grader.course import GRADEBOOK
from grader.errors import CourseError
from grader.hints import HINTS
from grader.records import Exercise
from grader.seal import packing

_EXCLUDED = frozenset({"README.md", HINTS, "__pycache__"})
_EXCLUDED_ENDS = (".pyc", ".ipynb", ".svg", "~")
# Of gradebook.yml: what decides nothing here, or is about the release alone, stays out.
_COURSE_KEYS = ("course", "seed", "late", "counts", "limits", "isolation", "zone")
_MAX_BYTES = packing.MAX_BYTES + (1 << 20)


def of(exercise: Exercise) -> dict[str, bytes]:
    """Read what is sealed of an exercise: contents by path below the course.

    Raises:
        CourseError: there is neither a hidden check nor a reference here, as in a student's copy;
            or something cannot be read, or is a link.
    """
    root = exercise.stub_dir.parent.parent
    if not is_here(exercise):
        raise CourseError(
            f"{exercise.id} has neither {exercise.hidden_dir.relative_to(root)} nor "
            f"{exercise.reference_dir.relative_to(root)} here; seal it in the teacher's copy of "
            "the course"
        )
    files = {GRADEBOOK: gradebook(root, exercise.id).encode()}
    for folder in (exercise.stub_dir, exercise.reference_dir, exercise.hidden_dir):
        for path in _files(folder, root):
            files[path.relative_to(root).as_posix()] = _read(path, root)
    return files


def is_here(exercise: Exercise) -> bool:
    """Whether this copy of the course has what students' copies lack."""
    return exercise.hidden_dir.is_dir() or exercise.reference_dir.is_dir()


def sealed(exercise: Exercise) -> bytes | None:
    """Read the seal of an exercise; None where there is none.

    Raises:
        CourseError: it is a link, cannot be read, or is larger than a seal can be.
    """
    path = exercise.sealed_file
    root = exercise.stub_dir.parent.parent
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file():
        raise CourseError(
            f"{path.relative_to(root)} is a link, or no file; take it again from where it was "
            f"released, or remove it and type grade seal {exercise.id}"
        )
    return _read(path, root)


def gradebook(root: Path, exercise_id: str) -> str:
    """Write gradebook.yml anew, with one exercise in it and without comments.

    Each value stands as it was written, number or text: what it means is decided where it is read.
    """
    text = _read(root / GRADEBOOK, root).decode("utf-8-sig")
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(top, yaml.MappingNode)
    fields = {key.value: value for key, value in top.value}
    kept = [f'"{key}": {_plain(fields[key])}' for key in _COURSE_KEYS if key in fields]
    (own,) = (
        item
        for item in fields["exercises"].value
        if any(key.value == "id" and value.value == exercise_id for key, value in item.value)
    )
    return "\n".join([*kept, f'"exercises": [{_plain(own)}]', ""])


def _plain(node: yaml.Node) -> str:
    """Write a node of a gradebook that was read without complaint, on one line."""
    match node:
        case yaml.MappingNode():
            pairs = (f"{_plain(key)}: {_plain(value)}" for key, value in node.value)
            return "{" + ", ".join(pairs) + "}"
        case yaml.SequenceNode():
            return "[" + ", ".join(map(_plain, node.value)) + "]"
    assert isinstance(node, yaml.ScalarNode)
    is_text = node.tag == "tag:yaml.org,2002:str" or node.style
    return json.dumps(node.value, ensure_ascii=False) if is_text else str(node.value)


def _files(folder: Path, root: Path) -> Iterator[Path]:
    """List the files below a folder, sorted; caches, drafts and what starts with a dot left out."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        is_left_out = path.name in _EXCLUDED or path.name.endswith(_EXCLUDED_ENDS)
        if is_left_out or path.name.startswith("."):
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise CourseError(
                f"{path.relative_to(root)} is a link, or no file; put the file itself there, "
                "since a seal holds no links"
            )
        if path.is_dir():
            yield from _files(path, root)
        else:
            yield path


def _read(path: Path, root: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{path.relative_to(root)} cannot be read: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise CourseError(
            f"{path.relative_to(root)} holds more than {_MAX_BYTES >> 20} MiB; no seal can"
        )
    return data
