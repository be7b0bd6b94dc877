"""Hostile and unusual submissions, each held to its verdict through the real judge.

`cases.yml` lists them, and `grader.attack` reads it and says what an attempt may be. Beside that,
each is held here to what all have in common: no report tells what is hidden, nothing is left on the
machine, and neither the judge nor a neighbour is disturbed.
"""

import math
import os
import re
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from grader import attack
from grader.reports import attempt as report
from grader.reports import terminal

HERE = Path(__file__).parent
WIDTHS = (80, 100)
MAX_REPORT = 200_000  # characters

CASES = attack.read_cases(HERE)
HOSTILE = [case for case in CASES if case.kind != attack.HONEST]
HONEST = [case for case in CASES if case.kind == attack.HONEST]
# A folder of further submissions for the same five functions, with a MANIFEST.yml that names each
# file, its class and the functions that it solves honestly.
CORPUS = Path(os.environ.get("GRADER_ATTACKS", "none"))


def read_corpus() -> list[dict[str, object]]:
    """Read the list of the further submissions; empty where there are none."""
    manifest = CORPUS / "MANIFEST.yml"
    if not manifest.is_file():
        return []
    cases = yaml.safe_load(manifest.read_text(encoding="utf-8"))["cases"]
    return [case for case in cases if case["kind"] == "py"]


def function_of(check: str) -> str:
    """Name the student's function that a check is about."""
    functions = ("make_vector", "matvec", "loss_fn", "train", "build_ff")
    return next(name for name in functions if check.startswith(name))


def hold(case, graded, limits, times: float) -> None:
    """Hold what came of a submission to its case; before it a second took this many."""
    told = {v.check.id: (str(v.outcome), v.message[:300]) for v in graded.attempt.verdicts}
    # On a machine that does other things as well, a second of work takes more than a second.
    times = max(times, stretch())
    patient = replace(limits, wall_s=limits.wall_s * times)
    patient_case = replace(case, slack_s=case.slack_s * times)

    assert attack.faults(patient_case, graded, patient) == [], told
    hold_reports(graded)


def stretch() -> float:
    """Measure how many seconds a second of work takes here and now: 1 on a machine that is idle."""
    started, worked = time.monotonic(), time.process_time()
    while time.process_time() - worked < 0.05:
        math.sqrt(2)
    return max(1.0, (time.monotonic() - started) / 0.05)


def hold_reports(graded) -> None:
    """Hold every report to what none may show."""
    attempt = graded.attempt
    pages = [terminal.render(attempt, width=w, is_ascii=a) for w in WIDTHS for a in (False, True)]
    for text in (report.to_json(attempt), *pages, graded.complaints):
        assert not (found := attack.SECRETS.findall(text)), f"told: {found}"
        assert len(text) < MAX_REPORT
        assert text.replace("\n", " ").isprintable() or text is graded.complaints


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_attack(case, arena, neighbour, right, untouched):
    """An attack gets what its case says, and the next submission what it earned."""
    text, times = case.text(arena.process, arena.root), stretch()
    with neighbour.grading(right) if case.has_neighbour else nullcontext([]) as beside:
        graded = arena.grade(text)
    after = arena.grade(right)

    hold(case, graded, arena.limits, times)
    assert beside or not case.has_neighbour
    for one in (after, *beside):
        assert set(one.outcomes.values()) == {"passed"}, "another submission lost points"


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.name)
def test_honest(case, arena, untouched):
    """An unusual submission that means no harm gets exactly what it has earned."""
    times = stretch()
    graded = arena.grade(case.text(0, arena.root))

    hold(case, graded, arena.limits, times)


@pytest.mark.parametrize("case", read_corpus(), ids=lambda case: case["id"])
def test_corpus(case, arena, neighbour, right, untouched):
    """A submission of the corpus passes the checks that it solves honestly, and no others."""
    text = (CORPUS / case["file"]).read_text(encoding="utf-8")
    is_loud = case["class"] in ("denial-of-service", "cross-submission", "confinement-escape")
    times = stretch()
    with neighbour.grading(right) if is_loud else nullcontext([]) as beside:
        graded = arena.grade(text)
    after = arena.grade(right)

    passed = {check for check, outcome in graded.outcomes.items() if outcome == "passed"}
    honest = {check for check in graded.outcomes if function_of(check) in case["honest_checks"]}
    may = {check for check in graded.outcomes if function_of(check) in case.get("may_pass", ())}
    # An object of another class that answers in the right width is what that check asks for.
    assert honest <= passed <= honest | may | {"build_ff_width"}, graded.outcomes
    times = max(times, stretch())
    assert max(graded.seconds) <= (arena.limits.wall_s + attack.SLACK_S) * times
    hold_reports(graded)
    assert beside or not is_loud
    for one in (after, *beside):
        assert set(one.outcomes.values()) == {"passed"}, "another submission lost points"


def test_a_killed_judge_leaves_nothing(right, arena):
    """When the judge is killed in the middle of an attack, its zygote and its child go with it."""
    case = next(case for case in HOSTILE if case.name == "stay_orphan")
    before = arena.processes()
    other = type(arena)(arena.root)
    with other.grading(case.text(0, arena.root)) as graded:
        # The judge, its zygote and the child, which then takes its wall limit.
        deadline = time.monotonic() + 30
        while len(arena.processes() - before) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        other.kill()

    assert graded == []
    deadline = time.monotonic() + 5
    while arena.processes() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not arena.processes() - before


@pytest.mark.parametrize(("folder", "cases"), [("hostile", HOSTILE), ("honest", HONEST)])
def test_every_submission_is_listed(folder, cases):
    """The table lists every file, and each file opens with its name, its aim and its verdict."""
    files = sorted((HERE / folder).glob("*.*"))

    assert sorted(case.name for case in cases) == [path.stem for path in files]
    for path in files:
        head = path.read_text(encoding="utf-8").split('"""')[1]
        assert head.startswith(path.stem)
        assert re.search(r"\n(Tries|Means): .*\nVerdict: ", head, re.DOTALL), path
