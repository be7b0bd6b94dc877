"""The fixtures of a check: seeded inputs, and whom `student` stands for."""

import pytest
import torch

from grader.errors import CourseError
from grader.fixtures import SUBJECT, Local, Subject, load_module, seed_of
from grader.records import Exercise, Isolation, Limits


@pytest.fixture(autouse=True)
def _subject(request):
    """Stand where a session stands: seed 0, CPU."""
    stash = request.config.stash
    stash[SUBJECT] = Subject(None, None, 0, torch.device("cpu"))
    yield
    del stash[SUBJECT]


@pytest.fixture
def exercise(tmp_path):
    """An exercise of two files."""
    return Exercise("exercise-01", "Made up", ("one.py", "two.py"), 1, Limits(),
                    Isolation.SUBMISSION, tmp_path, tmp_path, tmp_path)  # fmt: skip


def test_seeds_differ_by_check_and_attempt():
    """Each check of each attempt has a seed of its own, below 2**63."""
    seeds = {seed_of(seed, check) for seed in range(20) for check in ("a", "b", "a[1]")}

    assert len(seeds) == 60
    assert all(0 <= seed < 1 << 63 for seed in seeds)


def test_normal_is_seeded(normal, request):
    """`normal` draws the numbers of a seed that is the check's own, and not its student's."""
    generator = torch.Generator().manual_seed(seed_of(0, "normal_is_seeded:inputs"))

    assert torch.equal(
        normal(3, 5), torch.randn(3, 5, generator=generator, dtype=torch.float64).float()
    )


def test_normal_is_the_same_in_every_dtype(normal, generator):
    """`normal` draws in float64 and rounds, and asks for gradients where that is wanted."""
    state = generator.get_state()
    wide = normal(7, dtype=torch.float64)
    generator.set_state(state)
    narrow = normal(7, requires_grad=True)

    assert torch.equal(wide.float(), narrow.detach())
    assert narrow.requires_grad
    assert narrow.is_leaf


def test_integers_stay_in_range(integers):
    """`integers` draws int64 between its bounds, the upper one excluded."""
    drawn = integers(2, 5, (1000,))

    assert drawn.dtype == torch.int64
    assert set(drawn.tolist()) == {2, 3, 4}


def test_module_of_several_files(tmp_path, exercise):
    """The files of an exercise are one namespace."""
    (tmp_path / "one.py").write_text("A = 1\n")
    (tmp_path / "two.py").write_text("def b(): return 2\n")
    module = load_module(tmp_path, exercise)

    assert (module.A, module.b()) == (1, 2)


def test_missing_file_is_the_teachers(tmp_path, exercise):
    """A trusted file that is missing or does not run is named."""
    with pytest.raises(CourseError, match=r"one\.py: there is no such file"):
        load_module(tmp_path, exercise)
    (tmp_path / "one.py").write_text("1 / 0\n")
    with pytest.raises(CourseError, match=r"one\.py does not run: ZeroDivisionError"):
        load_module(tmp_path, exercise)


def test_local_functions_know_their_reference(tmp_path, exercise):
    """A function called directly knows the reference's of the same name; values stay values."""
    (tmp_path / "one.py").write_text("WIDTH = 7\n")
    (tmp_path / "two.py").write_text("def b(x): return x + 1\n")
    module = load_module(tmp_path, exercise)
    student = Local(module, module)

    assert student.WIDTH == 7
    assert student.b(1) == 2
    assert student.b.reference is module.b
    assert student.b.__name__ == "b"
