"""The proof of a course: what `grade rehearse` finds out about an exercise before students see it.

The stub, the reference, every variant, every mistake and many mutants of the reference are put in
the student's place and graded, as any submission is, by judges side by side; then the same again
under other seeds, more threads, a child for each check and another default dtype. Visible checks
are also run where there is no reference, as students run them. What is written in the three folders
is read as syntax trees. Each finding is one line; one that does not hold says what to do. `proof`
is what comes out, `cast` who stands in the student's place, `bench` the judges; `trials`, `alone`,
`sizes` and `written` are the findings.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader import calibration, distribution, mutants
from grader.errors import CourseError
from grader.records import Course, Exercise, Isolation
from grader.rehearsal import alone, declared, sizes, trials, written
from grader.rehearsal.bench import PLAIN, Bench, Ways, Wish
from grader.rehearsal.bench import Outcome as Graded
from grader.rehearsal.cast import Actor, Script
from grader.rehearsal.proof import Finding, Proof, Tally
from grader.rehearsal.trials import Played
from grader.trusted import order

MOST_MUTANTS = 250  # of one exercise: a minute of two cores
SEEDS = 20
QUICK_SEEDS = 2
# A mutant that never ends is stopped soon: what the reference needs, three times, and a second.
_TIMES, _MORE_S = 3, 1.0

# Told what is being done, and how much of it is done.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wishes:
    """How much is to be tried: how many other seeds, and whether mutants are."""

    seeds: int = SEEDS
    has_mutants: bool = True


def rehearse(
    course: Course, exercise: Exercise, bench: Bench, wishes: Wishes, tell: Progress
) -> Proof:
    """Prove one exercise.

    Raises:
        SandboxError: our own machinery failed; what the teacher wrote wrongly is a finding.
    """
    return _Rehearsal(course, exercise, bench, wishes, tell).run()


class _Rehearsal:
    def __init__(
        self, course: Course, exercise: Exercise, bench: Bench, wishes: Wishes, tell: Progress
    ) -> None:
        self._course = course
        self._exercise = exercise
        self._bench = bench
        self._wishes = wishes
        self._tell = tell
        self._tally: Tally | None = None
        self._needs: dict[str, dict[str, float]] = {}

    def run(self) -> Proof:
        started = time.monotonic()
        findings: list[Finding] = []
        try:
            for finding in self._findings():
                findings.append(finding)  # What was found before an error stands.
        except CourseError as error:
            text = "the rest was not tried"
            findings.append(Finding("stopped", text, False, tuple(str(error).splitlines())))
        return Proof(
            exercise=self._exercise.id,
            title=self._exercise.title,
            findings=tuple(findings),
            seconds=time.monotonic() - started,
            tally=self._tally,
            needs=self._needs,
        )

    def _findings(self) -> Iterator[Finding]:
        script = Script.read(self._exercise)
        yield written.agreement(script)
        yield written.files(self._exercise)
        yield written.notebook(self._exercise)
        stub, reference = self._play("stub and reference", list(script.first()))
        yield trials.points(reference)
        if isinstance(reference.graded, CourseError):
            return
        listed = [verdict.check for verdict in reference.graded.verdicts]
        yield written.sentences(self._exercise, listed)
        yield written.hinted(script, listed)
        yield trials.stub(stub)
        yield trials.right("reference", [reference])
        if trials.lacking(reference.graded):
            return
        yield self._alone(reference.actor, stub.actor)
        survey = self._bench.survey(self._wish(reference.actor, do="survey"))
        self._needs = survey["needs"]  # type: ignore[assignment]
        variants = self._play("variants", script.variants(survey["variants"]))  # type: ignore[arg-type]
        yield trials.right("variants", variants)
        wrong = self._play("mistakes", script.mistakes(survey["mistakes"]))  # type: ignore[arg-type]
        yield trials.wrong(wrong, [check.id for check in listed])
        if self._wishes.has_mutants:
            yield self._mutants(script)
        made = sizes.calls(survey)
        yield sizes.distinct(script, made)
        yield sizes.hidden(script, made)
        yield sizes.limits(script, self._needs)
        yield _convergence(self._exercise, survey["measuring"])  # type: ignore[arg-type]
        yield from self._steady([stub, reference, *variants, *wrong])

    def _alone(self, *actors: Actor) -> Finding:
        if not alone.is_offered(self._exercise):
            return alone.none_offered()
        with alone.students_copy(self._course) as root:
            wishes = [
                order(root, self._exercise, actor.submission, is_open=True) for actor in actors
            ]
            graded = self._grade("a student's copy", wishes, PLAIN)
        return alone.checks(list(map(Played, actors, graded)), self._exercise, root)

    def _wish(self, actor: Actor, **more: object) -> Wish:
        whose = self._course.root, self._exercise, actor.submission
        return order(*whose, is_open=True, **more)  # type: ignore[arg-type]

    def _play(
        self,
        what: str,
        actors: list[Actor],
        ways: Ways = PLAIN,
        **more: object,
    ) -> list[Played]:
        graded = self._grade(what, [self._wish(actor, **more) for actor in actors], ways)
        return list(map(Played, actors, graded))

    def _grade(self, what: str, wishes: list[Wish], ways: Ways) -> list[Graded]:
        return self._bench.grade(wishes, lambda done, of: self._tell(what, done, of), ways)

    def _mutants(self, script: Script) -> Finding:
        try:
            excused = declared.load(self._exercise.hidden_dir / declared.EQUIVALENT)
        except CourseError as error:
            complaints = tuple(str(error).splitlines())
            return Finding("mutants", f"{declared.EQUIVALENT} cannot be read", False, complaints)
        existing = dict(script.mutants())
        by_id = mutants.by_id(list(existing))
        chosen = mutants.choose(list(existing), MOST_MUTANTS, excused)
        need = max(need["cpu_s"] for need in self._needs.values())
        time_s = min(self._exercise.limits.time_s, _TIMES * need + _MORE_S)
        wishes = [
            order(self._course.root, self._exercise, existing[mutant], time_s=time_s)
            for mutant in chosen
        ]
        graded = self._grade("mutants", wishes, PLAIN)
        finding, self._tally = trials.mutated(zip(chosen, graded, strict=True), excused, by_id)
        return finding

    # Verdicts that hold still

    def _steady(self, players: list[Played]) -> Iterator[Finding]:
        actors = [played.actor for played in players]
        other = next(i for i in Isolation if i is not self._exercise.isolation)
        again: dict[str, list[Played]] = {
            "in a second run": self._play("a second run", actors),
            "with two threads": self._play("two threads", actors, Ways(threads=2)),
            f"with isolation: {other}": self._play("isolation", actors, isolation=other),
        }
        todo = [
            f"{played.actor} {how}: {trials.difference(played.graded, new.graded)}."
            for how, news in again.items()
            for played, new in zip(players, news, strict=True)
            if trials.timeless(played.graded) != trials.timeless(new.graded)
        ]
        todo += self._under_seeds(players)
        figures = (
            f"equal in two runs, under {self._wishes.seeds} other seeds, with one and two threads, "
            "and whether or not each check has a child of its own"
        )
        yield Finding("verdicts", figures, not todo, tuple(todo))
        yield self._in_float64(actors)

    def _under_seeds(self, players: list[Played]) -> Iterator[str]:
        seeds = range(1, self._wishes.seeds + 1)
        pairs = [(seed, played) for seed in seeds for played in players]
        wishes = [self._wish(played.actor, seed=seed) for seed, played in pairs]
        graded = self._grade("seeds", wishes, PLAIN)
        for (seed, played), new in zip(pairs, graded, strict=True):
            if trials.judged(new) != trials.judged(played.graded):
                yield f"{played.actor} with --seed {seed}: {trials.difference(played.graded, new)}."

    def _in_float64(self, actors: list[Actor]) -> Finding:
        """Where the reference allows it, right answers stay right and wrong ones wrong."""
        ways = Ways(dtype="float64")
        reference = [actor for actor in actors if actor.kind == "reference"]
        (played,) = self._play("float64", reference, ways)
        if trials.lacking(played.graded):
            text = "not offered: the reference does not pass with this default dtype"
            return Finding("float64", text, None)
        todo = []
        for played in self._play("float64", actors, ways):
            lost = trials.lacking(played.graded)
            if played.actor.is_right:
                todo += [f"{played.actor} {text} with default dtype float64." for text in lost]
            elif not lost:
                todo.append(f"{played.actor} loses nothing with default dtype float64.")
        figures = "right answers stay right with this default dtype, and wrong ones wrong"
        return Finding("float64", figures, not todo, tuple(todo))


def _convergence(exercise: Exercise, measuring: list[str]) -> Finding:
    """Hold the thresholds of convergence checks to the runs that are kept beside them."""
    found = calibration.examine(exercise, tuple(measuring))
    if not found.checks and not found.faults:
        return Finding("thresholds", "no check measures what training has achieved", None)
    figures = (
        f"{', '.join(measuring)}: by {distribution.RUNS} runs and more, right answers fail below "
        f"{distribution.FALSE_FAIL:g}, mistakes pass below {distribution.FALSE_PASS:g}"
    )
    todo = tuple(f"{fault}." for fault in found.faults)
    return Finding("thresholds", figures, not todo, todo)
