"""Hostile and unusual submissions, each held to its verdict through the real judge.

`cases.yml` lists them: a base that is put in front (the right answers, or wrong ones that an attack
wants points for) and the checks that may be lost, with the outcomes that are allowed. Every other
check has to pass. Beside its verdict each attack is held to what all have in common: nothing of the
hidden files is told, nothing is left on the machine, the limits are kept, and the judge goes on.
"""

import os
import re
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from grader.reports import attempt as report
from grader.reports import terminal

HERE = Path(__file__).parent
WIDTHS = (80, 100)
SLACK_S = 2.0  # for the host's own work on a busy machine, per check, unless the case says more
MAX_REPORT = 200_000  # characters

MAIN = (
    "make_vector",
    "matvec",
    "loss_fn",
    "train",
    "train_parameters",
    "build_ff_width",
    "build_ff",
)
NEEDS = {
    "matvec_gradients": "matvec",
    "loss_fn_gradients": "loss_fn",
    "train_no_steps": "train",
    "build_ff_forward": "build_ff",
}
SECRETS = re.compile(r"CANARY-[0-9a-f]{4}|48151\.6|60221\.4|STOLEN|ESCAPED")


@dataclass(frozen=True)
class Case:
    """A submission and what it must get: per lost check the outcomes that are allowed."""

    name: str
    path: Path
    bases: tuple[str, ...]
    loses: Mapping[str, frozenset[str]]
    has_neighbour: bool = False
    slack_s: float = SLACK_S

    def text(self, judge: int) -> str:
        """The whole submission; the places that an attacker may know are filled in."""
        paths = [HERE / "bases" / f"{base}.py" for base in self.bases]
        parts = [path.read_text(encoding="utf-8") for path in (*paths, self.path)]
        text = "\n\n".join(parts)
        return text.replace("__COURSE__", str(HERE / "course")).replace("__JUDGE__", str(judge))

    def allowed(self, check: str) -> frozenset[str]:
        """The outcomes that a check may have."""
        if check in self.loses:
            return self.loses[check]
        needed = NEEDS.get(check)
        if needed is None or "passed" in (outcomes := self.allowed(needed)):
            return frozenset({"passed"} | ({"skipped"} if needed and len(outcomes) > 1 else set()))
        return frozenset({"skipped"})


def read_cases(folder: str) -> list[Case]:
    """Read one half of the table."""
    table = yaml.safe_load((HERE / "cases.yml").read_text(encoding="utf-8"))[folder]
    return [_case(folder, name, fields or {}) for name, fields in table.items()]


def _case(folder: str, name: str, fields: dict[str, object]) -> Case:
    bases = tuple(str(fields.get("base", "right")).split())
    losses = fields.get("loses", {})
    assert isinstance(losses, dict)
    words = dict.fromkeys(MAIN, "failed") if bases[:1] == ("wrong",) else {}
    for check, outcome in losses.items():
        words |= dict.fromkeys(MAIN if check == "all" else (check,), outcome)
    loses = {check: frozenset(outcome.split()) for check, outcome in words.items()}
    path = next(iter(sorted((HERE / folder).glob(f"{name}.*"))))
    alone = bases == ("none",)
    slack_s = float(str(fields.get("slack", SLACK_S)))
    return Case(name, path, () if alone else bases, loses, bool(fields.get("neighbour")), slack_s)


HOSTILE, HONEST = read_cases("hostile"), read_cases("honest")
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


def hold(case: Case, graded, limits) -> None:
    """Hold what came of a submission to its case."""
    told = {v.check.id: (str(v.outcome), v.message[:300]) for v in graded.attempt.verdicts}
    wrong = {check: each for check, each in told.items() if each[0] not in case.allowed(check)}

    assert not wrong, "outcomes that are not allowed"
    hold_time(graded, limits, case.slack_s)
    hold_reports(graded)


def hold_time(graded, limits, slack_s: float = SLACK_S) -> None:
    """Hold each check to its limits: of working, or of waiting, and of what the host adds."""
    slow = [each for each in graded.seconds if each > limits.wall_s + slack_s]
    assert not slow, f"seconds of the checks: {graded.seconds}"


def hold_reports(graded) -> None:
    """Hold every report to what none may show."""
    attempt = graded.attempt
    pages = [terminal.render(attempt, width=w, is_ascii=a) for w in WIDTHS for a in (False, True)]
    for text in (report.to_json(attempt), *pages, graded.complaints):
        assert not (found := SECRETS.findall(text)), f"told: {found}"
        assert len(text) < MAX_REPORT
        assert text.replace("\n", " ").isprintable() or text is graded.complaints


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_attack(case, arena, neighbour, right, untouched):
    """An attack gets what its case says, and the next submission what it earned."""
    text = case.text(arena.process)
    with neighbour.grading(right) if case.has_neighbour else nullcontext([]) as beside:
        graded = arena.grade(text)
    after = arena.grade(right)

    hold(case, graded, arena.limits)
    assert beside or not case.has_neighbour
    for one in (after, *beside):
        assert set(one.outcomes.values()) == {"passed"}, "another submission lost points"


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.name)
def test_honest(case, arena, untouched):
    """An unusual submission that means no harm gets exactly what it has earned."""
    graded = arena.grade(case.text(0))

    hold(case, graded, arena.limits)


@pytest.mark.parametrize("case", read_corpus(), ids=lambda case: case["id"])
def test_corpus(case, arena, neighbour, right, untouched):
    """A submission of the corpus passes the checks that it solves honestly, and no others."""
    text = (CORPUS / case["file"]).read_text(encoding="utf-8")
    is_loud = case["class"] in ("denial-of-service", "cross-submission", "confinement-escape")
    with neighbour.grading(right) if is_loud else nullcontext([]) as beside:
        graded = arena.grade(text)
    after = arena.grade(right)

    passed = {check for check, outcome in graded.outcomes.items() if outcome == "passed"}
    honest = {check for check in graded.outcomes if function_of(check) in case["honest_checks"]}
    may = {check for check in graded.outcomes if function_of(check) in case.get("may_pass", ())}
    # An object of another class that answers in the right width is what that check asks for.
    assert honest <= passed <= honest | may | {"build_ff_width"}, graded.outcomes
    hold_time(graded, arena.limits)
    hold_reports(graded)
    assert beside or not is_loud
    for one in (after, *beside):
        assert set(one.outcomes.values()) == {"passed"}, "another submission lost points"


def test_a_killed_judge_leaves_nothing(right, arena):
    """When the judge is killed in the middle of an attack, its zygote and its child go with it."""
    case = next(case for case in HOSTILE if case.name == "stay_orphan")
    before = arena.processes()
    other = type(arena)()
    with other.grading(case.text(0)) as graded:
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


@pytest.mark.parametrize("folder", ["hostile", "honest"])
def test_every_submission_is_listed(folder):
    """The table lists every file, and each file opens with its name, its aim and its verdict."""
    files = sorted((HERE / folder).glob("*.*"))
    cases = {case.name: case for case in read_cases(folder)}

    assert sorted(cases) == [path.stem for path in files if path.suffix in (".py", ".txt")]
    for path in files:
        head = path.read_text(encoding="utf-8").split('"""')[1]
        assert head.startswith(path.stem)
        assert re.search(r"\n(Tries|Means): .*\nVerdict: ", head, re.DOTALL), path
