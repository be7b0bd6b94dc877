"""What attempts say: who earns what, which mistake is told, and whether verdicts hold still."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import CourseError
from grader.mutants import Mutant
from grader.records import Attempt, Outcome, Verdict, Visibility, points_text
from grader.rehearsal import declared as declarations
from grader.rehearsal.bench import Outcome as Graded
from grader.rehearsal.cast import Actor
from grader.rehearsal.proof import Finding, Tally
from grader.reports import attempt as report


@dataclass(frozen=True)
class Played:
    """An actor and the attempt that came of it."""

    actor: Actor
    graded: Graded


def points(played: Played) -> Finding:
    """Tell what the checks are worth together; the judge has compared it with gradebook.yml.

    Where the judge refuses checks or reference, nothing can be graded at all, and that is told.
    """
    if isinstance(played.graded, CourseError):
        return Finding("reference", "is not graded", False, (str(played.graded),))
    verdicts = played.graded.verdicts
    visible = [v for v in verdicts if v.check.visibility is Visibility.VISIBLE]
    total = points_text(played.graded.score.possible)
    figures = f"{total} points in {len(verdicts)} checks, {len(visible)} of them visible"
    return Finding("points", figures)


def stub(played: Played) -> Finding:
    """Demand that the untouched stub earns nothing, and that this could be decided."""
    attempt = played.graded
    if isinstance(attempt, CourseError):
        return Finding("stub", "is not graded", False, (str(attempt),))
    todo = [
        f"the stub passes {v.check.id} without a line written; let the check ask for more."
        for v in attempt.verdicts
        if v.outcome is Outcome.PASSED
    ]
    if not attempt.score.is_decided:
        todo.append("the stub is ungraded; " + _first(attempt, {Outcome.UNGRADED}))
    score = f"{points_text(attempt.score.earned)} of {points_text(attempt.score.possible)} points"
    return Finding("stub", f"earns {score}", not todo, tuple(todo))


def right(name: str, players: Sequence[Played]) -> Finding:
    """Demand that reference, or every variant, earns everything."""
    todo, whole = [], 0
    for played in players:
        lost = lacking(played.graded)
        whole += not lost
        todo += [f"{played.actor} {text}" for text in lost]
    if name == "reference":
        return Finding(name, "earns everything" if whole else "loses points", not todo, tuple(todo))
    figures = f"{whole} of {len(players)} earn everything"
    if not players:
        todo = ["there is none; write a right answer differently in variants.py."]
    return Finding(name, figures, not todo, tuple(todo))


def lacking(graded: Graded) -> list[str]:
    """Say of a right answer what it loses, a sentence for each check."""
    if isinstance(graded, CourseError):
        return [f"is not graded: {graded}"]
    return [
        f"loses {v.check.id}: {v.message or v.outcome}"
        for v in graded.verdicts
        if v.outcome is not Outcome.PASSED
    ]


def wrong(players: Sequence[Played], checks: Collection[str]) -> Finding:
    """Demand that each mistake loses what it names and is told, and that every check is lost."""
    todo: list[str] = []
    held = 0
    for played in players:
        complaints = _of_mistake(played)
        held += not complaints
        todo += [f"{played.actor} {text}" for text in complaints]
    covered = {check for played in players for check in played.actor.loses}
    todo += [
        f"no mistake loses {check}; write the wrong answer that it is there for, in mistakes.py."
        for check in checks
        if check not in covered
    ]
    figures = (
        f"{held} of {len(players)} lose what they name and are told; "
        f"{len(covered & set(checks))} of {len(checks)} checks are lost by one"
    )
    return Finding("mistakes", figures, not todo, tuple(todo))


def _of_mistake(played: Played) -> list[str]:
    if isinstance(played.graded, CourseError):
        return [f"is not graded: {played.graded}"]
    lost = _lost(played.graded)
    ids, due = {v.check.id for v in lost}, set(played.actor.loses)
    complaints = []
    if passed := due - ids:
        complaints.append(f"says that it loses {_listed(passed)}, and does not.")
    if more := ids - due:
        complaints.append(f"loses {_listed(more)} as well; name that in `loses`.")
    told = {v.diagnosis.mistake for v in lost if v.diagnosis}
    if not told:
        complaints.append("is never told: another mistake answers alike, or the right answer does.")
    elif told != {played.actor.name}:
        complaints.append(f"is told as {_listed(told - {played.actor.name})}.")
    return complaints


def _lost(attempt: Attempt) -> list[Verdict]:
    kept = (Outcome.PASSED, Outcome.SKIPPED)
    return [verdict for verdict in attempt.verdicts if verdict.outcome not in kept]


def mutated(
    tried: Iterable[tuple[Mutant, Graded]], declared: Mapping[str, str], existing: Collection[str]
) -> tuple[Finding, Tally]:
    """Demand that each mutant loses points or is declared equivalent, and not both.

    Args:
        tried: mutants with their attempts.
        declared: ids that the teacher declares, with reasons.
        existing: the ids of all mutants there are, tried or not.
    """
    killed = 0
    undecided: list[str] = []
    survivors: list[Mutant] = []
    excused: list[Mutant] = []
    for mutant, graded in tried:
        if isinstance(graded, CourseError) or not graded.score.is_decided:
            undecided.append(f"{mutant.id} is not decided: {_why(graded)}")
        elif graded.score.earned == graded.score.possible:
            (excused if mutant.id in declared else survivors).append(mutant)
        else:
            killed += 1
            if mutant.id in declared:
                undecided.append(
                    f"{mutant.id} loses {_listed({v.check.id for v in _lost(graded)})}; "
                    f"remove it from {declarations.EQUIVALENT}."
                )
    undecided += [
        f"{id_} is declared and does not exist; remove it from {declarations.EQUIVALENT}."
        for id_ in declared
        if id_ not in existing
    ]
    count = killed + len(survivors) + len(excused)
    tally = Tally(count, killed, len(excused))
    todo = [*undecided, *map(_survived, survivors)]
    figures = (
        f"{killed} of {count} lose points, {len(excused)} declared equivalent: "
        f"{100 * tally.share:.1f} %"
    )
    return Finding("mutants", figures, not todo, tuple(todo)), tally


def _survived(mutant: Mutant) -> str:
    return (
        f"{mutant.id} loses nothing: write a check that sees it, or say in "
        f"{declarations.EQUIVALENT} why it is right.\n"
        f"{declarations.entry(mutant.id)}\n{mutant.diff}"
    )


def _why(graded: Graded) -> str:
    if isinstance(graded, CourseError):
        return str(graded)
    return _first(graded, {Outcome.UNGRADED})


def _first(attempt: Attempt, outcomes: set[Outcome]) -> str:
    return next((v.message for v in attempt.verdicts if v.outcome in outcomes), "")


def timeless(graded: Graded) -> object:
    """Write an attempt as plain data without its times, for two that are to be equal."""
    if isinstance(graded, CourseError):
        return str(graded)
    return _without_seconds(json.loads(report.to_json(graded)))


def _without_seconds(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_seconds(v) for k, v in value.items() if k != "seconds"}
    return [_without_seconds(item) for item in value] if isinstance(value, list) else value


def judged(graded: Graded) -> object:
    """Write what two attempts under different seeds are to agree in: verdicts and diagnoses."""
    if isinstance(graded, CourseError):
        return str(graded)
    return [(v.check.id, v.outcome, v.diagnosis and v.diagnosis.mistake) for v in graded.verdicts]


def difference(before: Graded, after: Graded) -> str:
    """Say in a few words how two attempts differ."""
    if isinstance(before, CourseError) or isinstance(after, CourseError):
        return f"{before if isinstance(before, CourseError) else after}"
    for old, new in zip(before.verdicts, after.verdicts, strict=False):
        if old.outcome is not new.outcome:
            told = f": {new.message}".rstrip(": .")
            return f"{old.check.id} is {new.outcome} and was {old.outcome}{told}"
        names = [v.diagnosis.mistake if v.diagnosis else "nothing" for v in (old, new)]
        if names[0] != names[1]:
            return f"{old.check.id} is told as {names[1]} and was told as {names[0]}"
        if old.message != new.message:
            return f"{old.check.id} says {new.message!r} and said {old.message!r}"
    return "what is recorded beside the verdicts differs"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
