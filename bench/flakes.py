"""How often a right answer fails: every reference and every variant, graded again and again.

    python bench/flakes.py [--runs 1000] [--judges 2] [--exercise exercise-04]

Each grading has a seed of its own and goes the whole way: a child behind its walls, every check.
Printed is one line for each answer, with what was lost under which seed, and the number of flakes.
The exit status is 1 if there was any.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from grader import course, submissions
from grader.records import Course, Exercise, Submission
from grader.rehearsal.cast import Script
from grader.trusted import Judge, order

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answer:
    """A right answer: whose, and its text."""

    exercise: Exercise
    name: str
    submission: Submission


def answers(here: Course, only: str | None, judge: Judge) -> Iterator[Answer]:
    """List the reference and the variants of each exercise."""
    for exercise in here.exercises:
        if only in (None, exercise.id):
            reference = submissions.read(exercise.reference_dir, exercise)
            yield Answer(exercise, "reference", reference)
            wish = order(here.root, exercise, reference, do="survey")
            for actor in Script.read(exercise).variants(judge.survey(wish)["variants"]):
                yield Answer(exercise, actor.name, actor.submission)


def lost(here: Course, answer: Answer, seed: int, judge: Judge) -> list[str]:
    """Grade an answer once; what it lost."""
    wish = order(here.root, answer.exercise, answer.submission, seed=seed)
    verdicts = judge.grade(wish).verdicts
    return [f"{v.check.id} {v.outcome}: {v.message}" for v in verdicts if v.outcome != "passed"]


def main() -> None:
    """Grade, count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--judges", type=int, default=2)
    parser.add_argument("--exercise")
    wishes = parser.parse_args()
    here = course.load(ROOT)
    started, flakes, total = time.monotonic(), 0, 0
    judges: SimpleQueue[Judge] = SimpleQueue()
    with ThreadPoolExecutor(wishes.judges) as pool:
        made = [Judge().__enter__() for _ in range(wishes.judges)]
        for judge in made:
            judges.put(judge)

        def grade(answer: Answer, seed: int) -> list[str]:
            judge = judges.get()
            try:
                return lost(here, answer, seed, judge)
            finally:
                judges.put(judge)

        for answer in list(answers(here, wishes.exercise, made[0])):
            tasks = [pool.submit(grade, answer, seed) for seed in range(wishes.runs)]
            failed = {seed: task.result() for seed, task in enumerate(tasks) if task.result()}
            flakes, total = flakes + len(failed), total + len(tasks)
            print(f"{answer.exercise.id} {answer.name}: {len(tasks)} graded, {len(failed)} flakes",
                  flush=True)  # fmt: skip
            for seed, losses in list(failed.items())[:3]:
                print(f"  seed {seed}: {losses}")
        for judge in made:
            judge.__exit__()
    minutes = (time.monotonic() - started) / 60
    print(f"{flakes} flakes in {total} gradings of right answers, {minutes:.0f} min")
    sys.exit(1 if flakes else 0)


if __name__ == "__main__":
    main()
