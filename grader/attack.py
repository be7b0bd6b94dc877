"""The list of attacks: what each must get, and whether it gets that on the machine one stands on.

A list is a folder: hostile submissions and unusual honest ones, a course with a few functions to
attack, bases that are put in front of a submission (the right answers, or wrong ones that an attack
wants points for), and `cases.yml`, which says what each must get. `grade doctor --attack` runs the
list that comes with the grader, so that a teacher sees the walls hold before a course starts; the
project's own tests run the same list and look closer.

An attack holds if its outcomes are allowed, nothing secret is told, the limits are kept, nothing is
left on the machine, and the right answers get full marks afterwards and, where the list asks for a
neighbour, meanwhile. The submissions mean harm: they are run with walls or not at all.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from grader import arena, errors
from grader.arena import CORPUS, Arena, Graded
from grader.records import Limits, Outcome
from grader.reports import attempt as report
from grader.reports import terminal
from grader.yamlfile import Page, UnfitError, YamlFile, number, scalar, seen

# The first word of an attack's name, and its class. HONEST is the class of those that mean no harm.
HONEST = "honest"
CLASSES = {
    "forge": "score forging",
    "steal": "answer theft",
    "escape": "escape",
    "deny": "denial of service",
    "stay": "persistence",
    "leak": "leakage",
    "disturb": "interference",
    HONEST: "honest work",
}
# The checks of the attacked course: those that need no other, and those that do.
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
# What stands in the hidden files, and what an attack says where it got what it wanted.
SECRETS = re.compile(r"CANARY-[0-9a-f]{4}|48151\.6|60221\.4|STOLEN|ESCAPED")
SLACK_S = 2.0  # for the host's own work on a busy machine, per check, unless the case says more

Outcomes = frozenset[Outcome]
Tell = Callable[[int, int, str], None]

_HALVES = ("hostile", HONEST)
_HINTS = {
    "hostile": "a map from each attack's name to what it must get",
    HONEST: "a map from each submission's name to what it must get",
    "base": "names of files in bases/ with spaces between them, or none",
    "loses": "a map from checks, or all, to the outcomes that are allowed",
    "neighbour": "true or false",
    "slack": "seconds, such as 20",
}
_FIELDS = ("base", "loses", "neighbour", "slack")


@dataclass(frozen=True)
class Case:
    """A submission and what it must get: per lost check the outcomes that are allowed.

    `kind` is the first word of an attack's name, or HONEST; `parts` are the files that make up the
    submission, its own last; `slack_s` is granted to each check beyond its limit.
    """

    name: str
    kind: str
    parts: tuple[Path, ...]
    loses: Mapping[str, Outcomes]
    has_neighbour: bool = False
    slack_s: float = SLACK_S

    def text(self, judge: int, root: Path) -> str:
        """The whole submission; the judge's process and the course, which it may know, filled in.

        Args:
            judge: a process number.
            root: the folder of the attacked course.
        """
        text = "\n\n".join(path.read_text(encoding="utf-8") for path in self.parts)
        return text.replace("__COURSE__", str(root)).replace("__JUDGE__", str(judge))

    def allowed(self, check: str) -> Outcomes:
        """The outcomes that a check may have."""
        if check in self.loses:
            return self.loses[check]
        needed = NEEDS.get(check)
        if needed is None:
            return frozenset({Outcome.PASSED})
        if Outcome.PASSED not in (outcomes := self.allowed(needed)):
            return frozenset({Outcome.SKIPPED})
        return frozenset({Outcome.PASSED} | ({Outcome.SKIPPED} if len(outcomes) > 1 else set()))


@dataclass(frozen=True)
class Trial:
    """What came of one case: how long its grading took, and all that did not hold."""

    case: Case
    seconds: float
    faults: tuple[str, ...]


def read_cases(folder: Path = CORPUS) -> tuple[Case, ...]:
    """Read a list, the hostile ones first.

    Raises:
        CourseError: cases.yml is not there or cannot be read as such a list; names each line.
    """
    file = YamlFile(folder / "cases.yml", _HINTS)
    top = file.open(file.top, "the list of attacks", "", _HALVES)
    cases = []
    for half in _HALVES:
        for key, fields in file.require(top, half, _entries) or ():
            try:
                cases.append(_case(file, folder, half, key, fields))
            except UnfitError as error:
                file.note(error.node, error.rest)
    file.refuse_if_noted()
    return tuple(cases)


def choose(cases: Sequence[Case], words: Sequence[str]) -> tuple[Case, ...]:
    """Take the cases with these names or first words; all of them where there is no word.

    Raises:
        CourseError: a word is neither.
    """
    known = {word for case in cases for word in (case.name, case.kind)}
    if unknown := [word for word in words if word not in known]:
        raise errors.CourseError(
            f"there is no attack {unknown[0]!r}; name one, such as {cases[0].name}, or the first "
            f"word of some: {', '.join(CLASSES)}"
        )
    return tuple(case for case in cases if not words or {case.name, case.kind} & {*words})


def run(cases: Sequence[Case], tell: Tell, folder: Path = CORPUS) -> list[Trial]:
    """Grade each case in turn on this machine; `tell` hears how many are done and which is next.

    Raises:
        ConfinementError: a wall is missing here; nothing was run.
        SandboxError: the right answers do not get full marks here, so that nothing would be shown.
    """
    right = (folder / "bases" / "right.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="grader-attacked-") as place, arena.adopting():
        # An installed package can be read by every child; a course lies where none can read it.
        root = shutil.copytree(folder / "course", Path(place, "course"))
        with closing(Arena(root)) as attacked, closing(Arena(root)) as neighbour:
            if lost := _lost(attacked.grade(right)):
                raise errors.SandboxError(
                    f"no attack was run, because right answers lose points here: {lost}. Try again "
                    "when the machine is less busy."
                )
            trials = []
            for done, case in enumerate(cases):
                tell(done, len(cases), case.name)
                trials.append(_tried(case, attacked, neighbour, right))
            tell(len(cases), len(cases), "")
    return trials


def faults(case: Case, graded: Graded, limits: Limits) -> list[str]:
    """Say what of an attempt its case does not allow: outcomes, seconds, secrets that are told."""
    said = []
    for check in (*MAIN, *NEEDS):
        got, allowed = graded.outcomes.get(check, "missing"), case.allowed(check)
        if got not in allowed:
            said.append(f"{check} was {got}, allowed is {' or '.join(sorted(allowed))}")
    limit = limits.wall_s + case.slack_s
    if (slowest := max(graded.seconds, default=0.0)) > limit:
        said.append(f"a check took {slowest:.1f} s, allowed are {limit:g} s")
    if told := SECRETS.search(report.to_json(graded.attempt)):
        said.append(f"the report tells {told[0]!r}")
    return said


def render(trials: Sequence[Trial], seconds: float, *, is_ascii: bool = False) -> str:
    """Write a line for each class, one below it for each case that did not hold, and a sentence."""
    marks = ("[ok]", "[no]") if is_ascii else ("✓", "✗")
    width = max(map(len, CLASSES.values()))
    lines = []
    for kind, title in CLASSES.items():
        of_kind = [trial for trial in trials if trial.case.kind == kind]
        if not of_kind:
            continue
        broken = [trial for trial in of_kind if trial.faults]
        slowest = max(of_kind, key=lambda trial: trial.seconds)
        lines.append(
            f"  {marks[bool(broken)]}  {title:<{width}}  {len(of_kind) - len(broken)} of "
            f"{len(of_kind)} held, the slowest in {slowest.seconds:.1f} s ({slowest.case.name})"
        )
        for trial in broken:
            told = f"{trial.case.name}: {'; '.join(trial.faults)}".replace("\n", " ")
            lines.append(f"       {terminal.printable(told, is_ascii=is_ascii)}")
    return "\n".join([*lines, "", f"  {verdict(trials, seconds)}", ""])


def verdict(trials: Sequence[Trial], seconds: float) -> str:
    """Say in one sentence whether the walls held."""
    broken = [trial.case.name for trial in trials if trial.faults]
    if broken:
        return (
            f"{len(broken)} of {len(trials)} did not hold: grade nobody else's files here before "
            f"you know why. To try again: grade doctor --attack {' '.join(broken[:3])}"
        )
    hostile = sum(trial.case.kind != HONEST for trial in trials)
    return (
        f"All {len(trials)} held, {hostile} hostile and {len(trials) - hostile} honest, in "
        f"{seconds:.0f} s."
    )


def _tried(case: Case, attacked: Arena, neighbour: Arena, right: str) -> Trial:
    """Grade a case and, after a hostile one, the right answers; then look the machine over."""
    meanwhile: AbstractContextManager[list[Graded]] = nullcontext([])
    if case.has_neighbour:
        neighbour.grade(right)  # Once it has graded, none of its processes is new.
        meanwhile = neighbour.grading(right)
    before, text = attacked.look(), case.text(attacked.process, attacked.root)
    started = time.monotonic()
    try:
        with meanwhile as beside:
            graded = attacked.grade(text)
        seconds = time.monotonic() - started
        after = [] if case.kind == HONEST else [attacked.grade(right)]
    except errors.GraderError as error:
        seconds = time.monotonic() - started
        attacked.grade(right)  # Perhaps by another judge: it is up before the next case begins.
        return Trial(case, seconds, (f"it could not be graded: {error}",))
    said = faults(case, graded, attacked.limits)
    if case.has_neighbour and not beside:
        said.append("its neighbour could not be graded")
    for whose, others in (("neighbour", beside), ("successor", after)):
        if lost := next(filter(None, map(_lost, others)), ""):
            said.append(f"its {whose} lost points: {lost}")
    return Trial(case, seconds, (*said, *attacked.left(before)))


def _lost(graded: Graded) -> str:
    """Name the checks that right answers did not pass; "" where they passed all."""
    lost = [f"{check} {got}" for check, got in graded.outcomes.items() if got != Outcome.PASSED]
    return ", ".join(lost)


def _entries(node: yaml.Node, write: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """Read a map as its keys and values."""
    if not isinstance(node, yaml.MappingNode):
        raise UnfitError(node, f"{seen(node)}; write {write}")
    return list(node.value)


def _case(file: YamlFile, folder: Path, half: str, key: yaml.Node, fields: yaml.Node) -> Case:
    """Read one case.

    Raises:
        UnfitError: there is no such submission, or no such class.
    """
    name = scalar(key, "the name of a submission")
    paths = [folder / half / f"{name}{suffix}" for suffix in (".py", ".txt")]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise UnfitError(key, f"there is no {half}/{name}.py; name a file that is there")
    kind = HONEST if half == HONEST else name.partition("_")[0]
    if kind not in CLASSES:
        raise UnfitError(
            key, f"{name} begins with no class; begin with one of {', '.join(CLASSES)}"
        )
    page: Page = file.open(fields, name, f"{name}: ", _FIELDS)
    bases = file.take(page, "base", partial(_bases, folder))
    bases = (folder / "bases" / "right.py",) if bases is None else bases
    is_wrong = bool(bases) and bases[0].stem == "wrong"
    loses = dict.fromkeys(MAIN, frozenset({Outcome.FAILED})) if is_wrong else {}
    loses |= file.take(page, "loses", _losses) or {}
    slack_s = file.take(page, "slack", _seconds)
    slack_s = SLACK_S if slack_s is None else slack_s
    has_neighbour = bool(file.take(page, "neighbour", _claim))
    return Case(name, kind, (*bases, path), loses, has_neighbour, slack_s)


def _bases(folder: Path, node: yaml.Node, write: str) -> tuple[Path, ...]:
    """Read the files that are put in front."""
    words = scalar(node, write).split()
    paths = tuple(folder / "bases" / f"{word}.py" for word in words if word != "none")
    if missing := [path.stem for path in paths if not path.is_file()]:
        raise UnfitError(node, f"names {missing[0]!r}, which is no file; write {write}")
    return paths


def _losses(node: yaml.Node, write: str) -> dict[str, Outcomes]:
    """Read which checks are lost; `all` stands for those that need no other."""
    losses: dict[str, Outcomes] = {}
    for key, value in _entries(node, write):
        check = scalar(key, write)
        if check not in ("all", *MAIN, *NEEDS):
            raise UnfitError(key, f"names {check!r}, which is no check of the attacked course")
        words = scalar(value, "outcomes").split()
        if unknown := [word for word in words if word not in list(Outcome)]:
            raise UnfitError(value, f"has {unknown[0]!r}; write some of {', '.join(Outcome)}")
        outcomes = frozenset(map(Outcome, words))
        losses |= dict.fromkeys(MAIN if check == "all" else (check,), outcomes)
    return losses


def _claim(node: yaml.Node, write: str) -> bool:
    """Read true or false."""
    if (text := scalar(node, write)) not in ("true", "false"):
        raise UnfitError(node, f"{seen(node)}; write {write}")
    return text == "true"


def _seconds(node: yaml.Node, write: str) -> float:
    """Read a number of seconds."""
    text = number(node, write)
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", text):
        raise UnfitError(node, f"{seen(node)}; write {write}")
    return float(text)
