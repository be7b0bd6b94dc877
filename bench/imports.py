"""Modules that children import: each would be paid for by every submission that needs it.

    python bench/imports.py [--exercise exercise-03]

Needs the grader installed, as the README says. Every reference, stub, variant and mistake of the
course is graded once, by children of one zygote. What a child has imported that its zygote lacked
is listed by answer; the count is to be nought.
"""

import argparse
import gc
import os
import sys

import answers
from interactive import Watched
from paired import COURSE

from grader import course, session, sitting
from grader.records import Exercise, Source, Submission
from grader.sandbox import launch


def late(exercise: Exercise, launcher: launch.Launcher) -> tuple[int, int]:
    """Grade every answer to an exercise, and print what was imported; answers, and modules."""
    kept, count, modules = sitting.Kept(), 0, 0
    for count, answer in enumerate(answers.of(exercise), 1):
        sources = tuple(Source(name, text) for name, text in answer.files.items())
        Watched.late.clear()
        order = session.Order(exercise, Submission(f"answer {count}", sources, f"{count:064}"))
        session.grade(order, launcher, lambda *_: None, kept)
        modules += len(Watched.late)
        if Watched.late:
            print(f"{exercise.id}, {answer.name}: {', '.join(sorted(Watched.late))}")
    return count, modules


def main() -> None:
    """Grade them all, and print the count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--exercise", help="one of them; by default, all")
    only = parser.parse_args().exercise
    # What the judge has of its environment and of its collector.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    gc.freeze()
    session.Sandbox = Watched
    launcher = launch.launcher()
    chosen = [e for e in course.load(COURSE).exercises if only in (None, e.id)]
    counts, modules = zip(*(late(exercise, launcher) for exercise in chosen), strict=True)
    launcher.close()
    print(f"{sum(modules)} modules imported in children, {sum(counts)} answers; bar 0")
    sys.exit(1 if sum(modules) else 0)


if __name__ == "__main__":
    main()
