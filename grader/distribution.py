"""How often a convergence check decides wrongly, judged from many runs of it.

Each run of a check gives one *ratio*: the statistic it measured over the threshold it is held
against (turned around where the statistic has to be large), the worst of them where it measures
several. A run passes if its ratio is at most 1. From the ratios of right answers follows how often
a right answer fails, from those of a mistake how often the mistake passes; both are far rarer than
one run in five hundred, so they are read off the tail and not counted.

Two tails are laid through the logarithms of the ratios, and the heavier one is believed: a normal
one through all of them, and an exponential one through the tenth that lies nearest to the threshold
(peaks over threshold; Pickands 1975, with shape 0). Where a run has crossed the threshold, it is
counted.
"""

import hashlib
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.records import Exercise

SCHEMA = "grader/convergence/v1"
FILE = "convergence.json"

RUNS = 500
FALSE_FAIL = 1e-4  # a right answer fails less often
FALSE_PASS = 1e-3  # a mistake passes less often

_LEAST = 1e-12  # a ratio of zero has no logarithm
_NEAREST = 0.1  # the share of the runs that the exponential tail is laid through


@dataclass(frozen=True)
class Runs:
    """The runs of one check with one answer.

    `ratios` are those of the runs that measured something, sorted, each 0 or more and finite or
    infinite; `refused` is the number of runs in which the check refused the answer before.
    """

    ratios: tuple[float, ...]
    refused: int = 0

    @property
    def number(self) -> int:
        """How many runs there were."""
        return len(self.ratios) + self.refused

    @property
    def failing(self) -> float:
        """How likely a run fails, between 0 and 1."""
        measured = beyond(self.ratios) * len(self.ratios)
        return (measured + self.refused) / self.number

    @property
    def passing(self) -> float:
        """How likely a run passes, between 0 and 1."""
        turned = [math.inf if ratio == 0 else 1 / ratio for ratio in self.ratios]
        return beyond(turned, is_touching=True) * len(self.ratios) / self.number


@dataclass(frozen=True)
class Check:
    """The runs of a convergence check: what it measures, with the reference and each mistake."""

    expectation: str
    direction: str
    threshold: float
    reference: Runs
    mistakes: Mapping[str, Runs]


@dataclass(frozen=True)
class Calibration:
    """All convergence checks of an exercise, by their ids, and the files that they were run from.

    `digest` is that of `digest_of`; the seeds of the runs count up from 0.
    """

    digest: str
    checks: Mapping[str, Check]


def beyond(ratios: Sequence[float], *, is_touching: bool = False) -> float:
    """Estimate how likely a ratio lies above 1, between 0 and 1.

    Args:
        ratios: those of many runs, at least 2 for an estimate; 0 where there are none.
        is_touching: whether 1 itself counts as above.
    """
    if not ratios:
        return 0.0
    crossed = sum(ratio > 1 or (is_touching and ratio == 1) for ratio in ratios)
    if crossed or len(ratios) < 2:
        return crossed / len(ratios)
    logs = sorted(math.log(max(ratio, _LEAST)) for ratio in ratios)
    return max(_normal(logs), _exponential(logs))


def _normal(logs: Sequence[float]) -> float:
    spread = statistics.stdev(logs)
    if spread == 0:
        return 0.0
    return 0.5 * math.erfc(-statistics.fmean(logs) / spread / math.sqrt(2))


def _exponential(logs: Sequence[float]) -> float:
    """Continue the nearest tenth of the sorted logarithms to the threshold, which lies at 0."""
    nearest = max(1, round(len(logs) * _NEAREST))
    start = logs[-nearest - 1]
    excess = statistics.fmean(log - start for log in logs[-nearest:])
    return nearest / len(logs) * math.exp(start / excess) if excess > 0 else 0.0


def faults(calibration: Calibration) -> list[str]:
    """List, one sentence each, where a check has too few runs or decides wrongly too often."""
    found = []
    for name, check in calibration.checks.items():
        if (number := check.reference.number) < RUNS:
            found.append(f"{name} has {number} runs of the reference; at least {RUNS} are needed")
        if (chance := check.reference.failing) >= FALSE_FAIL:
            found.append(
                f"{name} fails the reference in {chance:.1g} of its runs; below {FALSE_FAIL:g} is "
                "needed: loosen the threshold, or train longer"
            )
        for mistake, runs in check.mistakes.items():
            if runs.number < RUNS:
                found.append(
                    f"{name} has {runs.number} runs of {mistake}; at least {RUNS} are needed"
                )
            if (chance := runs.passing) >= FALSE_PASS:
                found.append(
                    f"{name} passes {mistake} in {chance:.1g} of its runs; below {FALSE_PASS:g} is "
                    "needed: tighten the threshold, or let an earlier check catch it"
                )
    return found


# The file beside the checks


def digest_of(exercise: Exercise) -> str:
    """Digest what the runs depend on: checks, reference and mistakes; SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    checks = [p for d in (exercise.stub_dir, exercise.hidden_dir) for p in d.glob("test_*.py")]
    reference = [exercise.reference_dir / name for name in exercise.files]
    for path in (*sorted(checks), *reference, exercise.hidden_dir / "mistakes.py"):
        text = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def to_json(calibration: Calibration) -> str:
    """Write a calibration, ratios with four significant digits, a line for each distribution."""
    lines = [f'{{\n"schema": "{SCHEMA}",\n"digest": "{calibration.digest}",\n"checks": {{']
    checks = []
    for name, check in calibration.checks.items():
        head = {
            "expectation": check.expectation,
            "direction": check.direction,
            "threshold": check.threshold,
        }
        rows = [f'"reference": {_row(check.reference)}']
        mistakes = (f"{json.dumps(m)}: {_row(runs)}" for m, runs in check.mistakes.items())
        rows.append('"mistakes": {\n' + ",\n".join(mistakes) + "\n}")
        body = json.dumps(head)[1:-1]
        checks.append(f"{json.dumps(name)}: {{{body},\n" + ",\n".join(rows) + "}")
    return "\n".join([*lines, ",\n".join(checks), "}", "}"]) + "\n"


def _row(runs: Runs) -> str:
    # JSON knows no infinity; null stands for a run that diverged.
    ratios = [None if math.isinf(ratio) else float(f"{ratio:.4g}") for ratio in runs.ratios]
    return json.dumps({"refused": runs.refused, "ratios": ratios})


def read(path: Path) -> Calibration:
    """Read a calibration that `to_json` wrote.

    Raises:
        CourseError: the file is not one.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if fields["schema"] != SCHEMA:
            raise ValueError(f"its schema is {fields['schema']!r}")
        return Calibration(str(fields["digest"]), from_plain(fields["checks"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{path} is not a calibration ({type(error).__name__}: {error}); "
            "write it anew with `grade calibrate`."
        ) from error


def from_plain(checks: Mapping[str, Mapping[str, object]]) -> dict[str, Check]:
    """Read checks from plain data: as the file holds them, and as the trusted process sends them.

    Raises:
        ValueError, KeyError, TypeError: they are not of that form.
    """
    return {name: _check(fields) for name, fields in checks.items()}


def _check(fields: Mapping[str, object]) -> Check:
    mistakes = fields["mistakes"]
    if not isinstance(mistakes, dict):
        raise ValueError("mistakes are no object")
    return Check(
        expectation=str(fields["expectation"]),
        direction=str(fields["direction"]),
        threshold=float(str(fields["threshold"])),
        reference=_runs(fields["reference"]),
        mistakes={name: _runs(each) for name, each in mistakes.items()},
    )


def _runs(fields: object) -> Runs:
    if not isinstance(fields, dict):
        raise ValueError("runs are no object")
    ratios = [math.inf if ratio is None else float(ratio) for ratio in fields["ratios"]]
    return Runs(tuple(sorted(ratios)), int(fields["refused"]))
