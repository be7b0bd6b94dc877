"""How long a student waits for `grade exercise-NN`, against what nobody can do without.

    python bench/interactive.py [RUNS]

Needs the grader installed, as the README says. Six measurements:

    torch     grading exercise 03 against `import torch` alone
    pytest    grading exercise 04 against pytest on the same check files and the same answers,
              called directly: no walls, no second process
    help      `grade --help`: its CPU time, and that it imports no torch
    desk      `grade` and `grade hint` in a student's copy, and one press of the Tab key
    check     one more light check: an exercise with 20 of them against one with 40, graded in
              this process by a warm zygote's children, so that no start drowns the difference
    imports   modules that a child had to import while a reference was graded, because its zygote
              lacked them: each would be paid for by every submission
"""

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from paired import (
    COURSE,
    GRADE,
    Cost,
    Row,
    adopted_orphans,
    pairs,
    process_cpu_s,
    ratio_rows,
    run,
    show,
)

from grader import course, session, submissions
from grader.sandbox import launch
from grader.sandbox.host import Sandbox

TORCH_BAR = 1.5  # times
PYTEST_BAR = 0.6  # times
HELP_BAR_MS = 100
DESK_BAR_MS = 250
KEY_BAR_MS = 100
CHECK_BAR_MS = 5
FEW, MORE = 20, 40  # light checks

_GRADEBOOK = """\
course: Light checks
exercises:
  - {{id: exercise-01, title: Twice, files: [twice.py], points: {count}}}
"""
_ANSWER = "def twice(x):\n    return 2 * x\n"
_CHECKS = "import pytest\nimport torch\n\nfrom grader import expect\n"
_CHECK = '''

@pytest.mark.points(1)
def test_{number}(student, normal):
    """Each element is doubled."""
    x = normal(3, 5)

    expect.close(student.twice(x), 2 * x)
'''


def against_torch(runs: int) -> list[Row]:
    """Compare the grading of a light exercise with an import of torch."""
    costs = pairs(
        lambda: run([GRADE, "exercise-03", "solutions/exercise-03"]),
        lambda: run([sys.executable, "-c", "import torch"]),
        runs,
    )
    return ratio_rows("grade exercise-03 / import torch", costs, TORCH_BAR)


def against_pytest(folder: Path, runs: int) -> list[Row]:
    """Compare grading with pytest on the same check files, the reference in the stub's place."""
    for name in ("pyproject.toml", "gradebook.yml"):
        shutil.copy(COURSE / name, folder)
    for tree in ("exercises", "solutions"):
        shutil.copytree(COURSE / tree, folder / tree)
    shutil.copytree(COURSE / "tests/exercise-04", folder / "tests/exercise-04")
    for path in (folder / "solutions/exercise-04").glob("*.py"):
        shutil.copy(path, folder / "exercises/exercise-04")
    tests = ["exercises/exercise-04", "tests/exercise-04"]
    costs = pairs(
        lambda: run([GRADE, "exercise-04", "solutions/exercise-04"]),
        lambda: run([sys.executable, "-m", "pytest", *tests], folder),
        runs,
    )
    return ratio_rows("grade exercise-04 / pytest", costs, PYTEST_BAR)


def help_alone(runs: int) -> list[Row]:
    """Measure `grade --help`, and look at what it imports."""
    cpu_ms = 1000 * statistics.median(run([GRADE, "--help"]).cpu_s for _ in range(runs))
    imports = subprocess.run(
        [sys.executable, "-X", "importtime", GRADE, "--help"],
        cwd=COURSE,
        capture_output=True,
        text=True,
        check=True,
    ).stderr.splitlines()
    has_torch = any(line.rsplit("|", 1)[-1].strip() == "torch" for line in imports)
    return [
        Row("grade --help, CPU", f"{HELP_BAR_MS} ms", f"{cpu_ms:.0f} ms", cpu_ms <= HELP_BAR_MS),
        Row("grade --help, imports torch", "no", "yes" if has_torch else "no", not has_torch),
    ]


def desk(folder: Path, runs: int) -> list[Row]:
    """Measure what a student waits for who only looks: in a copy without hidden checks."""
    shutil.copytree(COURSE / "exercises", folder / "exercises")
    shutil.copy(COURSE / "gradebook.yml", folder)
    rows = []
    for name, words in (("grade", []), ("grade hint", ["hint", "1"])):
        costs = [run([GRADE, *words], folder) for _ in range(runs + 1)][1:]
        for kind, spent in (
            ("wall", [cost.wall_s for cost in costs]),
            ("CPU", [cost.cpu_s for cost in costs]),
        ):
            ms = 1000 * statistics.median(spent)
            bar = f"{DESK_BAR_MS} ms"
            rows.append(Row(f"{name}, {kind}", bar, f"{ms:.0f} ms", ms <= DESK_BAR_MS))
    asked = {"_GRADE_COMPLETE": "bash_complete", "COMP_WORDS": "grade ex", "COMP_CWORD": "1"}
    os.environ.update(asked)
    ms = 1000 * statistics.median(run([GRADE], folder).cpu_s for _ in range(runs))
    for name in asked:
        del os.environ[name]
    return [*rows, Row("the Tab key, CPU", f"{KEY_BAR_MS} ms", f"{ms:.0f} ms", ms <= KEY_BAR_MS)]


class Watched(Sandbox):
    """A sandbox that keeps what its children imported late, and what CPU time they used."""

    late: ClassVar[set[str]] = set()
    cpu_s: ClassVar[float] = 0.0

    def begin(self, seed: int) -> dict[str, bool]:
        """Begin a check, and note what the child has imported since it was forked."""
        names = super().begin(seed)
        Watched.late.update(self.late_imports)
        return names

    def close(self) -> None:
        """Begin a check in which nothing is asked, to see the imports of the last; then end it."""
        if self._child is not None and self._child.is_alive:
            self.begin(0)
            Watched.cpu_s += process_cpu_s(self._child.process)
        super().close()


def graded(root: Path, exercise_id: str, launcher: launch.Launcher) -> Cost:
    """Grade a reference in this process, as the judge does, with children of a warm zygote."""
    exercise = course.find_exercise(course.load(root), exercise_id, root)
    submission = submissions.read(exercise.reference_dir, exercise, exercise.id)
    Watched.cpu_s = 0.0
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    attempt = session.grade(session.Order(exercise, submission), launcher, lambda *_: None)
    cost = Cost(time.perf_counter() - wall_s, time.process_time() - cpu_s + Watched.cpu_s)
    if attempt.score.earned != attempt.score.possible:
        sys.exit(f"the reference of {exercise.id} in {root} does not earn every point.")
    return cost


def one_more_check(folder: Path, runs: int, launcher: launch.Launcher) -> list[Row]:
    """Measure what each of twenty more light checks adds, process starts left out."""
    for count in (FEW, MORE):
        root = folder / str(count)
        for tree in ("exercises", "solutions", "tests"):
            (root / tree / "exercise-01").mkdir(parents=True)
        (root / "gradebook.yml").write_text(_GRADEBOOK.format(count=count))
        for tree in ("exercises", "solutions"):
            (root / tree / "exercise-01/twice.py").write_text(_ANSWER)
        checks = "".join(_CHECK.format(number=number) for number in range(count))
        (root / "tests/exercise-01/test_twice.py").write_text(_CHECKS + checks)
    costs = pairs(
        lambda: graded(folder / str(MORE), "exercise-01", launcher),
        lambda: graded(folder / str(FEW), "exercise-01", launcher),
        4 * runs,
    )
    rows = []
    for kind, name in (("wall", "wall_s"), ("CPU", "cpu_s")):
        added = [getattr(more, name) - getattr(few, name) for more, few in costs]
        each_ms = 1000 * statistics.median(added) / (MORE - FEW)
        is_met = each_ms <= CHECK_BAR_MS
        rows.append(
            Row(f"one more light check, {kind}", f"{CHECK_BAR_MS} ms", f"{each_ms:.1f} ms", is_met)
        )
    return rows


def late_imports(launcher: launch.Launcher) -> list[Row]:
    """Grade every reference and list what its children imported."""
    late = {}
    exercises = course.load(COURSE).exercises
    for exercise in exercises:
        Watched.late.clear()
        graded(COURSE, exercise.id, launcher)
        late[exercise.id] = sorted(Watched.late)
    for exercise_id, names in late.items():
        if names:
            print(f"{exercise_id} imports late: {', '.join(names)}")
    count = sum(map(len, late.values()))
    what = f"modules imported in a child, {len(exercises)} references"
    return [Row(what, "0", str(count), count == 0)]


def main() -> None:
    """Measure everything and print one table."""
    runs = int(sys.argv[1]) if sys.argv[1:] else 11
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "copy").mkdir()
        with adopted_orphans():
            rows = [
                *against_torch(runs),
                *against_pytest(folder / "copy", runs),
                *help_alone(runs),
                *desk(folder / "desk", runs),
            ]
        # What the judge has of its environment and of its collector.
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        gc.freeze()
        session.Sandbox = Watched
        launcher = launch.launcher()
        rows += [*one_more_check(folder / "light", runs, launcher), *late_imports(launcher)]
        launcher.close()
    sys.exit(0 if show(rows) else 1)


if __name__ == "__main__":
    main()
