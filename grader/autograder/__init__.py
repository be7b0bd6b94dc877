"""Autograders that a platform starts by itself: zips with all that grading an exercise needs.

    packing      zips whose bytes depend on the files alone
    wheel        the running grader, as a wheel
    classroom50  what becomes autograder.py; setup.sh and run_autograder lie beside it
    __main__     what they start: `python -m grader.autograder`

`build` puts into a zip: the grader, the pin of torch, the exercise with its reference and checks,
and what the platform starts.

    gradescope   uploaded as it is: setup.sh, run_autograder
    classroom50  unpacked into CLASSROOM/autograders/ASSIGNMENT: autograder.py

Gradescope keeps the zip from students. Classroom 50 puts the folder on the web, at an address that
nobody is told: where the exercise is sealed, its zip has the sealed file and neither checks nor
reference, and the key has to be on the runner.
"""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from grader.autograder import packing, wheel
from grader.course import GRADEBOOK
from grader.errors import CourseError, SandboxError
from grader.records import Course, Exercise

# Beside what the platform starts: which exercise it is, and what to install.
EXERCISE = "exercise.txt"
TORCH = "torch.txt"
COURSE = "course"

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Platform:
    """Where an autograder runs.

    `programs` are what it starts: names there, and the files here. `is_public` is whether others
    than teachers could read the zip.
    """

    programs: dict[str, str]
    is_public: bool


PLATFORMS = {
    "gradescope": Platform({"setup.sh": "setup.sh", "run_autograder": "run_autograder"}, False),
    "classroom50": Platform({"autograder.py": "classroom50.py"}, True),
}


def build(platform: str, course: Course, exercise: Exercise) -> bytes:
    """Build the zip of one exercise.

    Args:
        platform: a name of PLATFORMS.
        course: the course, in the teacher's copy.
        exercise: which of its exercises.

    Returns:
        A zip; the same course, grader and torch give the same bytes.

    Raises:
        CourseError: the exercise has no checks here, or a file cannot be read.
        SandboxError: the grader or torch is not installed here.
    """
    chosen = PLATFORMS[platform]
    name, packed = wheel.build()
    files = {
        name: packed,
        EXERCISE: f"{exercise.id}\n".encode(),
        TORCH: f"torch=={_torch()}\n".encode(),
        **{there: (_HERE / here).read_bytes() for there, here in chosen.programs.items()},
    }
    inside = _course(course, exercise, is_public=chosen.is_public)
    files |= {f"{COURSE}/{path}": data for path, data in inside.items()}
    return packing.zipped(files, tuple(chosen.programs))


def is_open_to_strangers(platform: str, exercise: Exercise) -> bool:
    """Tell whether a zip would hold checks where others than teachers could read it."""
    return PLATFORMS[platform].is_public and not exercise.sealed_file.is_file()


def _course(course: Course, exercise: Exercise, *, is_public: bool) -> dict[str, bytes]:
    """Collect what of a course grades one exercise, by paths in the course."""
    sealed = exercise.sealed_file
    is_sealed = is_public and sealed.is_file()
    if not is_sealed and not exercise.hidden_dir.is_dir():
        raise CourseError(
            f"{exercise.id} has no hidden checks in {exercise.hidden_dir}; an autograder is built "
            "in the teacher's copy of the course"
        )
    open_ = () if is_sealed else (exercise.reference_dir, exercise.hidden_dir)
    files = {
        folder.relative_to(course.root).joinpath(name).as_posix(): data
        for folder in (exercise.stub_dir, *open_)
        for name, data in packing.tree(folder).items()
    }
    named = (course.root / GRADEBOOK, *([sealed] if is_sealed else ()))
    return files | {path.relative_to(course.root).as_posix(): packing.read(path) for path in named}


def _torch() -> str:
    """Tell which torch is installed, without the letters of its build."""
    try:
        return metadata.version("torch").partition("+")[0]
    except metadata.PackageNotFoundError as error:
        raise SandboxError(
            "torch is not installed here, so nobody knows which one to pin; install it, and try "
            "again"
        ) from error
