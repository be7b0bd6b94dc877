"""How long `grade report` takes on ten thousand attempts, and which modules it loads.

    python bench/report.py [ATTEMPTS] [RUNS]

A gradebook is made through the store's own `keep`, one durable transaction for each attempt: five
exercises of nine checks, so two thousand students, of whom one in fifty could not be graded. Then
the command is run as it is typed, for text and for text, page and JSON. Medians; the modules are
those of another run. Needs the gradebook: pip install 'pytorch-grader[teach]'.
"""

import random
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from paired import COURSE, GRADE, Cost, adopted_orphans, run

from grader import course, scoring
from grader.gradebook.store import open_gradebook
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Exercise,
    Outcome,
    Verdict,
    Visibility,
)

BAR_S = 2.0
CHECKS, MISTAKES = 9, 6
ENVIRONMENT = Environment("3.11.7", "2.13.0", "cpu", 1, 20, "0.1.0", "c" * 64, "landlock, seccomp")
START = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)

MODULES = """
import sys
from grader.cli import main
try:
    main()
except SystemExit:
    pass
roots = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print(*sorted(name for name in roots if not name.startswith("_")), file=sys.stderr)
"""


def attempt(exercise: Exercise, rng: random.Random, number: int) -> Attempt:
    """Make up an attempt: a student with some skill passes each check with that chance."""
    skill = rng.random()
    verdicts = []
    for place in range(CHECKS):
        check = Check(f"check_{place}", f"About check {place}.", Fraction(1), Visibility.HIDDEN)
        if rng.random() < 0.02 / CHECKS:
            verdicts.append(Verdict(check, Outcome.UNGRADED, "the machine ran out of memory"))
        elif rng.random() < skill:
            verdicts.append(Verdict(check, Outcome.PASSED, seconds=0.1))
        else:
            told = Diagnosis(f"mistake_{rng.randrange(MISTAKES)}", "The result is transposed.")
            message = "The result is off by 2 (allowed 1e-05)."
            verdicts.append(Verdict(check, Outcome.FAILED, message, told, 0.1))
    digest = f"{number:064x}"
    score = scoring.score(verdicts)
    seconds = rng.random() * 3
    path = f"handed-in/{number}"
    return Attempt(exercise.id, exercise.title, path, digest, tuple(verdicts), score, ENVIRONMENT,
                   seconds)  # fmt: skip


def fill(where: str, attempts: int) -> None:
    """Make the gradebook."""
    rng = random.Random(1)
    exercises = course.load(COURSE).exercises
    with open_gradebook(where, "bench") as book:
        run_number = book.begin_run("batch")
        for number in range(attempts):
            student, place = divmod(number, len(exercises))
            moment = START + timedelta(minutes=number % 600)
            made = attempt(exercises[place], rng, number)
            book.keep(made, f"student-{student:05}", moment, run=run_number)
        book.end_run(run_number)


def told(what: str, costs: list[Cost]) -> str:
    """Say the medians of some runs."""
    wall, cpu = (
        statistics.median(c.wall_s for c in costs),
        statistics.median(c.cpu_s for c in costs),
    )
    is_met = "met" if wall < BAR_S else "not met"
    return f"{what}: {wall:.2f} s wall, {cpu:.2f} s CPU (bar {BAR_S:g} s wall: {is_met})"


def main() -> None:
    """Print the medians, the size of the page and the modules."""
    attempts, runs = (int(word) for word in [*sys.argv[1:], *("10000", "5")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as folder:
        where = str(Path(folder) / "gradebook.db")
        fill(where, attempts)
        page, fields = Path(folder) / "class.html", Path(folder) / "class.json"
        plain = [GRADE, "report", "--gradebook", where]
        with adopted_orphans():
            for what, words in {
                "text": plain,
                "text, page and JSON": [*plain, "--html", str(page), "--json", str(fields)],
            }.items():
                print(told(f"{attempts:,} attempts, {what}", [run(words) for _ in range(runs)]))
        print(f"page {page.stat().st_size:,} bytes, JSON {fields.stat().st_size:,} bytes")
        words = [sys.executable, "-c", MODULES, *plain[1:]]
        ended = subprocess.run(words, cwd=COURSE, capture_output=True, text=True, check=True)
        print(f"modules that are not Python's own: {ended.stderr.strip()}")


if __name__ == "__main__":
    main()
