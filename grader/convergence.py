"""Running a convergence check many times, with the reference and with each mistake.

A threshold is only as good as what is known of the numbers that it parts. So each check that
measures what training has achieved is run here under one seed after the other, with the reference
in the student's place and with every known mistake that loses the check, and what it measured is
kept. Nothing of a student's is run: all of it happens in the trusted process.

The result is plain data, since it goes to a process without torch:

    {check: {"expectation", "direction", "threshold",
             "reference": {"ratios": [number], "refused": n}, "mistakes": {name: the same}}}
"""

import math
from collections.abc import Callable, Mapping
from types import ModuleType

import pytest

from grader.expect import learning
from grader.fixtures import check_id, student_seed
from grader.replay import within
from grader.sitting import Sitting

# Told now and then: how many runs are done, of how many.
Progress = Callable[[int, int], None]


def measure(sitting: Sitting, runs: int, tell: Progress) -> dict[str, object]:
    """Run every convergence check of an exercise with all that its author knows.

    Args:
        sitting: the collected checks of an exercise with all three of its folders.
        runs: how often each check is run with each answer; the seeds count up from 0.
        tell: hears how far it is.

    Raises:
        CourseError: the mistakes do not run.
    """
    return _Trier(sitting, runs, tell).found()


class _Trier:
    """Runs checks again and again, and keeps what they measure."""

    def __init__(self, sitting: Sitting, runs: int, tell: Progress) -> None:
        self._sitting = sitting
        self._runs = runs
        self._tell = tell

    def found(self) -> dict[str, object]:
        """Find the checks that measure something, and run each with everybody."""
        reference, known = self._sitting.known.reference, self._sitting.known
        assert reference is not None
        measuring = {
            item: seen[0]
            for item in self._sitting.items
            if (seen := self._run(item, reference, 0)[0])
        }
        answers = {item: {"": reference, **known.losing(check_id(item))} for item in measuring}
        total, done = sum(map(len, answers.values())), 0
        found: dict[str, object] = {}
        for item, first in measuring.items():
            rows = {}
            for name, module in answers[item].items():
                rows[name] = self._many(item, module)
                done += 1
                self._tell(done * self._runs, total * self._runs)
            found[check_id(item)] = {
                "expectation": first.name,
                "direction": first.direction,
                "threshold": first.threshold,
                "reference": rows.pop(""),
                "mistakes": rows,
            }
        return found

    def _many(self, item: pytest.Item, module: ModuleType) -> Mapping[str, object]:
        ratios, refused = [], 0
        for seed in range(self._runs):
            seen, has_failed = self._run(item, module, seed)
            if has_failed or not seen:
                refused += 1
            else:
                ratios.append(max(map(_ratio, seen)))
        # JSON knows no infinity; null stands for it.
        numbers = [None if math.isinf(ratio) else ratio for ratio in ratios]
        return {"ratios": numbers, "refused": refused}

    def _run(
        self, item: pytest.Item, module: ModuleType, seed: int
    ) -> tuple[list[learning.Observation], bool]:
        """Run a check once; what it measured, and whether it ended before its end."""
        references = vars(self._sitting.known.reference)
        student, _ = within(module, student_seed(seed), references)
        with learning.observing() as seen:
            raised = self._sitting.run(item, student, seed)
        return seen, raised is not None


def _ratio(observation: learning.Observation) -> float:
    """Hold a statistic against its threshold: at most 1 where it is met."""
    top, bottom = observation.statistic, observation.threshold
    if observation.direction == "at least":
        top, bottom = bottom, top
    if math.isinf(top) or bottom <= 0:
        return 0.0 if top <= bottom else math.inf
    return max(top / bottom, 0.0)
