"""Tests of the arithmetic of many runs: their tails, what they must show, and their file."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import distribution
from grader.distribution import Calibration, Check, Runs
from grader.errors import CourseError

PATIENT = settings(deadline=None, max_examples=50)
RATIOS = st.lists(st.floats(0, 1e6) | st.just(math.inf), min_size=1, max_size=30)
RUNS = st.builds(lambda ratios, refused: Runs(tuple(sorted(ratios)), refused), RATIOS,
                 st.integers(0, 9))  # fmt: skip


def lognormal(mean, spread, number=500, seed=0):
    """Draw ratios whose logarithms are normal."""
    draw = random.Random(seed)
    return tuple(sorted(math.exp(draw.gauss(mean, spread)) for _ in range(number)))


@pytest.mark.parametrize("sigmas", [1.0, 2.0, 3.0, 4.0])
def test_a_normal_tail_is_not_underestimated(sigmas):
    """For logarithms that are normal, the estimate is at least the truth, within its noise."""
    truth = 0.5 * math.erfc(sigmas / math.sqrt(2))
    estimates = [distribution.beyond(lognormal(-sigmas, 1.0, seed=s)) for s in range(20)]

    assert sum(estimates) / len(estimates) >= 0.8 * truth
    assert min(estimates) > 0.1 * truth


def test_a_heavy_tail_is_seen():
    """Where the logarithms fall off exponentially, so does the estimate, and not faster."""
    draw = random.Random(1)
    ratios = sorted(math.exp(draw.expovariate(1.0) - 6) for _ in range(500))

    assert (
        0.3 < distribution.beyond(ratios) / math.exp(-6) < 3 or distribution.beyond(ratios) > 0.001
    )


def test_runs_beyond_the_threshold_are_counted():
    """Where runs have crossed the threshold, their share is the estimate."""
    assert distribution.beyond([0.5] * 98 + [2.0, math.inf]) == 0.02


def test_a_check_that_always_measures_the_same_never_fails():
    """A deterministic statistic below the threshold fails in no run, and passes as a mistake's."""
    runs = Runs((0.25,) * 500)

    assert runs.failing == 0.0
    assert runs.passing == 1.0


def test_the_threshold_itself_passes():
    """A ratio of exactly 1 meets the threshold."""
    runs = Runs((1.0,) * 500)

    assert runs.failing == 0.0
    assert runs.passing == 1.0


def test_a_refused_run_fails():
    """A run that the check refused before it measured anything counts as failed."""
    runs = Runs((0.001,) * 250, refused=250)

    assert runs.failing == 0.5
    assert runs.passing == 0.5


def test_a_run_that_diverged_fails():
    """An infinite ratio fails, and makes no mistake pass."""
    assert Runs((math.inf,) * 500).failing == 1.0
    assert Runs((math.inf,) * 500).passing == 0.0


@PATIENT
@given(RUNS)
def test_chances_are_chances(runs):
    """Both estimates lie between 0 and 1, whatever was measured."""
    assert 0 <= runs.failing <= 1
    assert 0 <= runs.passing <= 1


@PATIENT
@given(st.lists(st.floats(1e-6, 0.9), min_size=20, max_size=60), st.floats(1.01, 1e3))
def test_a_looser_threshold_fails_less(ratios, factor):
    """The same statistics under a looser threshold never fail more often."""
    looser = [ratio / factor for ratio in ratios]

    assert distribution.beyond(looser) <= distribution.beyond(ratios) * (1 + 1e-9)


def calibration(reference, mistake):
    """A calibration of one check and one mistake."""
    check = Check("learned", "at most", 0.05, reference, {"uphill": mistake})
    return Calibration("0" * 64, {"line": check})


def test_a_threshold_that_parts_them_has_no_fault():
    """Right answers far below the threshold and mistakes far above it are a sound check."""
    sound = calibration(Runs(lognormal(-6, 0.5)), Runs(lognormal(6, 0.5)))

    assert distribution.faults(sound) == []


def test_each_fault_is_told():
    """Too few runs, a reference that fails and a mistake that passes get a sentence each."""
    found = distribution.faults(calibration(Runs((0.5, 2.0)), Runs((0.5,) * 600)))

    assert found == [
        "line has 2 runs of the reference; at least 500 are needed",
        "line fails the reference in 0.5 of its runs; below 0.0001 is needed: loosen the "
        "threshold, or train longer",
        "line passes uphill in 1 of its runs; below 0.001 is needed: tighten the threshold, or let "
        "an earlier check catch it",
    ]


@PATIENT
@given(st.dictionaries(st.text(max_size=9), RUNS, max_size=3), RUNS, st.text(max_size=9))
def test_a_calibration_is_read_as_it_was_written(tmp_path_factory, mistakes, reference, name):
    """The file gives back every ratio, to four digits, and every name."""
    path = tmp_path_factory.mktemp("kept") / distribution.FILE
    written = Calibration("a" * 64, {name: Check("below", "at least", 0.5, reference, mistakes)})
    path.write_text(distribution.to_json(written), encoding="utf-8")

    found = distribution.read(path)

    assert list(found.checks) == [name]
    check = found.checks[name]
    assert (check.expectation, check.direction, check.threshold) == ("below", "at least", 0.5)
    assert set(check.mistakes) == set(mistakes)
    for kept, runs in [
        (check.reference, reference),
        *((check.mistakes[m], mistakes[m]) for m in mistakes),
    ]:
        assert kept.refused == runs.refused
        assert kept.ratios == pytest.approx(runs.ratios, rel=1e-3)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "grader/convergence/v0"}',
                                  '{"schema": "grader/convergence/v1", "checks": 3}'])  # fmt: skip
def test_a_file_that_is_no_calibration_is_told(tmp_path, text):
    """Any other text is refused with a sentence that says how to write one."""
    path = tmp_path / distribution.FILE
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CourseError, match=r"is not a calibration .*write it anew"):
        distribution.read(path)
