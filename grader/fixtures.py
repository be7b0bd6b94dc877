"""The fixtures of a check: `student`, `reference`, `device` and a seeded source of inputs.

In grading, the session says whom `student` stands for: the submission behind the wall, the
reference, or a known mistake. In plain pytest nobody says so, and it is the module of the tree in
which the check lies: visible checks see the files in their own folder, hidden ones the reference.
There it is called directly, so that a debugger steps into it.
"""

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import torch

from grader import course
from grader.errors import CourseError
from grader.records import Exercise
from grader.sandbox.child import witness
from grader.sandbox.wire.seen import Seen

Draw = Callable[..., torch.Tensor]


@dataclass(frozen=True)
class Subject:
    """Whom a check asks, and with what seed and device it makes its inputs."""

    student: object
    reference: object
    seed: int
    device: torch.device


SUBJECT = pytest.StashKey[Subject]()
_LOCAL = pytest.StashKey[dict[Path, "Subject"]]()


@pytest.fixture
def student(request: pytest.FixtureRequest) -> object:
    """Give the submission's functions: `student.matvec(A, v)`."""
    return _subject(request).student


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> object:
    """Give the reference's functions."""
    return _subject(request).reference


@pytest.fixture
def device(request: pytest.FixtureRequest) -> torch.device:
    """Give the device on which a check makes its tensors."""
    return _subject(request).device


@pytest.fixture
def generator(request: pytest.FixtureRequest) -> torch.Generator:
    """Give a CPU generator seeded by the attempt and the check, the same on every device."""
    # Not the seed that the student's process is given: from that one nothing here follows.
    name = f"{check_id(request.node)}:inputs"
    return torch.Generator().manual_seed(seed_of(_subject(request).seed, name))


@pytest.fixture
def normal(generator: torch.Generator, device: torch.device) -> Draw:
    """Draw standard normal tensors: `normal(3, 5, dtype=torch.float64, requires_grad=True)`."""

    def draw(
        *shape: int, dtype: torch.dtype = torch.float32, requires_grad: bool = False
    ) -> torch.Tensor:
        # Drawn in float64 and rounded, so that every dtype sees the same numbers.
        values = torch.randn(shape, generator=generator, dtype=torch.float64)
        return values.to(device, dtype).requires_grad_(requires_grad)

    return draw


@pytest.fixture
def integers(generator: torch.Generator, device: torch.device) -> Draw:
    """Draw int64 tensors with low <= value < high: `integers(0, 9, (3, 5))`."""

    def draw(low: int, high: int, shape: tuple[int, ...]) -> torch.Tensor:
        return torch.randint(low, high, shape, generator=generator).to(device)

    return draw


def check_id(item: pytest.Item) -> str:
    """Name a check: its function without `test_`, with the parameters that pytest adds."""
    return item.name.removeprefix("test_")


def seed_of(seed: int, check: str) -> int:
    """Derive a check's own seed, below 2**63, so that no check's inputs depend on another's."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{check}".encode()).digest()[:8]) >> 1


def student_seed(seed: int) -> int:
    """Derive the seed of the student's code, below 2**63: the same in each check of an attempt.

    It does not tell one check from another, and what is asked in two of them is answered alike.
    """
    return seed_of(seed, "")


def load_module(folder: Path, exercise: Exercise) -> ModuleType:
    """Execute the trusted files of an exercise from one tree, as one namespace.

    Raises:
        CourseError: a file is missing or does not run.
    """
    return merged(load_files(folder, exercise), exercise)


def load_files(folder: Path, exercise: Exercise) -> list[ModuleType]:
    """Execute the trusted files of an exercise from one tree, a module each.

    Raises:
        CourseError: a file is missing or does not run.
    """
    modules = []
    for name in exercise.files:
        path = folder / name
        spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), path)
        if spec is None or spec.loader is None or not path.is_file():
            raise CourseError(f"{path}: there is no such file, and {exercise.id} needs it.")
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:  # The file is the author's, and may raise anything.
            raise CourseError(f"{path} does not run: {type(error).__name__}: {error}") from error
        modules.append(module)
    return modules


def merged(modules: Sequence[ModuleType], exercise: Exercise) -> ModuleType:
    """Make one namespace of an exercise's files; what stands in a later one wins."""
    whole = ModuleType(exercise.id)
    for module in modules:
        vars(whole).update({k: v for k, v in vars(module).items() if not k.startswith("__")})
    return whole


class LocalFunction:
    """A function called directly, that knows the reference's function of the same name."""

    def __init__(self, function: Callable[..., object], reference: object) -> None:
        self._function = function
        self.__name__ = getattr(function, "__name__", "answer")
        self.reference = reference

    def __call__(self, *positional: object, **named: object) -> object:
        """Call the function itself."""
        return self._function(*positional, **named)

    def watched(self, *positional: object, **named: object) -> tuple[object, Seen]:
        """Call the function and tell what was seen of the call, besides its result."""
        return witness.watched(self._function, positional, named)


class Local:
    """A module of this process in the student's place."""

    def __init__(self, module: ModuleType, references: ModuleType | None) -> None:
        self._module = module
        self._references = references

    def __getattr__(self, name: str) -> object:
        value = getattr(self._module, name)
        if not callable(value):
            return value
        return LocalFunction(value, getattr(self._references, name, None))


def _subject(request: pytest.FixtureRequest) -> Subject:
    given = request.config.stash.get(SUBJECT, None)
    if given is not None:
        return given
    known = request.config.stash.setdefault(_LOCAL, {})
    folder = request.path.parent
    if folder not in known:
        known[folder] = _local(folder)
    return known[folder]


def _local(folder: Path) -> Subject:
    here = course.load(course.find_root(folder))
    exercise = course.find_exercise(here, None, folder)
    has_reference = exercise.reference_dir.is_dir()
    references = load_module(exercise.reference_dir, exercise) if has_reference else None
    is_visible = folder == exercise.stub_dir or references is None
    module = load_module(exercise.stub_dir, exercise) if is_visible else references
    assert module is not None
    student = Local(module, references)
    return Subject(student, references, here.seed or 0, torch.device("cpu"))
