"""Judges side by side: many submissions on one machine, graded as each would be alone.

A judge is a trusted process (`trusted.Judge`) that grades one submission after another; here some
of them are given work and watched, without torch. The reference comes first: where it does not earn
every point, nobody is graded. What failed for reasons of ours, what the wall clock stopped and what
somebody killed, while others were busy too, is graded again at the end, alone; only what that says
counts. What fails then as well is ungraded, never a zero.
"""

import os
import queue
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from threading import Lock

from grader import nursery, scoring, submissions
from grader.errors import CourseError, SandboxError, SubmissionError
from grader.nursery import Nursery
from grader.records import Attempt, Exercise, Outcome, Submission, Verdict, points_text
from grader.trusted import Judge, order

# So many faults of ours one after another are no accident: nothing can be graded here.
_MANY_FAULTS = 10
# How often one is graded alone at most. A kill is nobody's fault, unless it comes each time.
_MANY_TRIES = 3
# How `sandbox.host` begins to say that the wall clock, and not computing, ended a check; and how it
# says that its process had to be killed, or that somebody did where no filter tells who.
_BY_THE_WALL = ("stopped after waiting ",)
_BY_A_KILL = ("the process closed the grader's own connection", "the process crashed (SIGKILL)")
_BY_THE_MACHINE = (Outcome.TIMED_OUT, Outcome.CRASHED)


@dataclass(frozen=True)
class Settings:
    """How a batch grades: the course's folder, how many judges, and what `trusted.order` takes."""

    root: Path
    judges: int
    device: str = "cpu"
    seed: int | None = None
    confine: str = "auto"


@dataclass(frozen=True)
class Job:
    """One submission that is to be graded."""

    student: str
    exercise: Exercise
    submission: Submission
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class Graded:
    """What came of a job. `why` is for the teacher where it is ungraded, else "".

    `tries` is how often it was run: more than once where the first time did not count.
    """

    job: Job
    attempt: Attempt
    why: str = ""
    tries: int = 1


_Answer = Attempt | CourseError | SandboxError


def default_judges() -> int:
    """Give one judge for each core that this process may use."""
    return len(_cores()) or os.cpu_count() or 1


def _cores() -> list[int]:
    """List the cores that this process may use; none where the system does not tell."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


class Judges:
    """Some trusted processes, started at once and ended together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # One time for all: what a date reveals is told to everybody of a batch, or to nobody.
        self._now = datetime.now(UTC)
        self._pool = ThreadPoolExecutor(settings.judges)
        self._idle: queue.SimpleQueue[Judge] = queue.SimpleQueue()
        self._alive: list[Judge] = []
        self._lock = Lock()
        self._nursery = Nursery() if nursery.is_possible() else None
        # Cores that no judge has. Of a judge, its zygote and its child only one computes at a time;
        # left alone, they meet those of another judge on one core while the next one is idle.
        cores = _cores() if self._nursery is not None else []
        # Fewer judges than cores are left alone: another batch may have the others.
        self._cores = cores if len(cores) == settings.judges else []

    def __enter__(self) -> "Judges":
        for _ in range(self._settings.judges):
            self._idle.put(self._started())
        return self

    def __exit__(self, *_: object) -> None:
        self._end_all()
        self._pool.shutdown(cancel_futures=True)
        if self._nursery is not None:
            self._nursery.close()

    @property
    def pids(self) -> list[int]:
        """The process numbers of the judges that run."""
        return [judge.pid for judge in self._alive]

    def references(self, exercises: Sequence[Exercise]) -> dict[str, Attempt]:
        """Grade the reference of each exercise, by its id.

        Raises:
            CourseError: one is missing, or does not earn every point.
            SandboxError: one cannot be graded.
        """
        return {exercise.id: self._reference(exercise) for exercise in exercises}

    def grade(self, jobs: Iterable[Job], references: Mapping[str, Attempt]) -> Iterator[Graded]:
        """Grade jobs as they come; each result as it is there, in no certain order.

        Raises:
            CourseError: the checks change meanwhile.
            SandboxError: our machinery fails for everybody.
        """
        rest = iter(jobs)
        while (first := next(rest, None)) is not None:
            again: list[Job] = []
            yield from self._together(chain([first], rest), references, again)
            self._end_all()
            self._idle = queue.SimpleQueue()
            for job in again:
                reference = references[job.exercise.id]
                answer, tries = self._undisturbed(job, reference)
                _demand_same_checks(answer, reference)
                yield _graded(job, answer, reference, 1 + tries)

    def _together(
        self, jobs: Iterator[Job], references: Mapping[str, Attempt], again: list[Job]
    ) -> Iterator[Graded]:
        """Grade side by side, until nothing is left or enough are to be graded `again`, alone."""
        faults = 0
        for job, answer in self._answers(jobs, references, again):
            reference = references[job.exercise.id]
            if isinstance(answer, SandboxError) and (faults := faults + 1) == _MANY_FAULTS:
                raise SandboxError(
                    f"{faults} submissions one after another could not be graded; the last: "
                    f"{answer}. What was graded before is kept"
                )
            faults = faults if isinstance(answer, SandboxError) else 0
            _demand_same_checks(answer, reference)
            if _is_fault(answer, reference) or _said(answer, (*_BY_THE_WALL, *_BY_A_KILL)):
                again.append(job)
            else:
                yield _graded(job, answer, reference, 1)

    def _reference(self, exercise: Exercise) -> Attempt:
        if not exercise.reference_dir.is_dir():
            raise CourseError(
                f"{exercise.id} has no reference in {exercise.reference_dir}; a batch starts with "
                "it, so this works in the teacher's copy of the course"
            )
        try:
            submission = submissions.read(exercise.reference_dir, exercise)
        except SubmissionError as error:
            raise CourseError(f"the reference cannot be read: {error}") from error
        job = Job("", exercise, submission)
        answer, _ = self._undisturbed(job)
        if _said(answer, _BY_THE_WALL):  # The other judges are starting meanwhile.
            answer = self._alone(job)
        if not isinstance(answer, Attempt):
            raise answer
        score = answer.score
        lost = [v for v in answer.verdicts if v.outcome is not Outcome.PASSED]
        if lost or not score.is_decided:
            why = "".join(f"\n  {v.check.id}: {v.outcome.value}. {v.message}" for v in lost)
            raise CourseError(
                f"{exercise.id}: its reference earns {points_text(score.earned)} of "
                f"{points_text(score.possible)} points, so nobody is graded. Mend the reference or "
                f"the checks; `grade rehearse {exercise.id}` tells more{why}"
            )
        return answer

    def _answers(
        self, jobs: Iterator[Job], references: Mapping[str, Attempt], again: Sequence[Job]
    ) -> Iterator[tuple[Job, _Answer]]:
        """Keep every judge busy: as many jobs wait as are in hand, or less if some wait `again`."""
        count = self._settings.judges
        for _ in range(count - self._idle.qsize()):
            self._idle.put(self._started())
        waiting: set[Future[tuple[Job, _Answer]]] = set()
        while True:
            while len(again) < count and len(again) + len(waiting) < 2 * count:
                if (job := next(jobs, None)) is None:
                    break
                reference = references[job.exercise.id]
                waiting.add(self._pool.submit(self._in_turn, job, reference))
            if not waiting:
                return
            future = wait(waiting, return_when=FIRST_COMPLETED).done.pop()
            waiting.remove(future)
            yield future.result()

    def _in_turn(self, job: Job, reference: Attempt) -> tuple[Job, _Answer]:
        """Grade a job with a judge that has nothing to do."""
        judge = self._idle.get()
        try:
            answer = self._asked(judge, job)
            if _is_fault(answer, reference):
                judge = self._renewed(judge)
        finally:
            # Also when all is ended: somebody may wait for it.
            self._idle.put(judge)
        return job, answer

    def _undisturbed(self, job: Job, reference: Attempt | None = None) -> tuple[_Answer, int]:
        """Grade a job alone, again where even so it is disturbed; the answer, and how many it took.

        What is killed each time in the same checks has been killed for what it does there.
        """
        killed: list[tuple[str, ...]] = []
        for tries in range(1, _MANY_TRIES + 1):
            answer = self._alone(job, reference)
            checks = _said(answer, _BY_A_KILL)
            if not checks and not _is_fault(answer, reference):
                return answer, tries
            killed.append(checks)
        if len(set(killed)) > 1 and not _is_fault(answer, reference):
            answer = SandboxError(f"somebody kills its processes, last in {', '.join(checks)}")
        return answer, _MANY_TRIES

    def _alone(self, job: Job, reference: Attempt | None = None) -> _Answer:
        """Grade a job while nobody else is graded, with a judge that nothing has happened to."""
        judge = self._started() if self._idle.empty() else self._idle.get()
        answer = self._asked(judge, job)
        if _is_fault(answer, reference):
            with self._lock:
                self._end(judge)
        else:
            self._idle.put(judge)
        return answer

    def _asked(self, judge: Judge, job: Job) -> _Answer:
        settings = self._settings
        wish = order(
            settings.root,
            job.exercise,
            job.submission,
            device=settings.device,
            seed=settings.seed,
            confine=settings.confine,
            now=self._now,
        )
        try:
            return judge.grade(wish)
        except (CourseError, SandboxError) as error:
            return error

    def _started(self) -> Judge:
        core = self._cores.pop() if self._cores else None
        judge = Judge(nursery=self._nursery, core=core).__enter__()
        self._alive.append(judge)
        return judge

    def _renewed(self, judge: Judge) -> Judge:
        with self._lock:
            if judge not in self._alive:  # All is ended.
                return judge
            self._end(judge)
            return self._started()

    def _end(self, judge: Judge) -> None:
        self._alive.remove(judge)
        judge.__exit__()
        self._cores += [judge.core] if judge.core is not None else []

    def _end_all(self) -> None:
        with self._lock:
            while self._alive:
                self._end(self._alive[0])


def _is_fault(answer: _Answer, reference: Attempt | None) -> bool:
    """Whether our machinery failed, or stood otherwise than it did for the reference."""
    if not isinstance(answer, Attempt):
        return isinstance(answer, SandboxError)
    is_same = reference is None or answer.environment == reference.environment
    return not (answer.score.is_decided and is_same)


def _said(answer: _Answer, beginnings: tuple[str, ...]) -> tuple[str, ...]:
    """List the checks that the machine may have ended, and not the submission, in these words."""
    verdicts = answer.verdicts if isinstance(answer, Attempt) else ()
    return tuple(
        verdict.check.id
        for verdict in verdicts
        if verdict.outcome in _BY_THE_MACHINE and verdict.message.startswith(beginnings)
    )


def _demand_same_checks(answer: _Answer, reference: Attempt) -> None:
    if isinstance(answer, Attempt):
        digests = {each.environment.checks_digest for each in (answer, reference)}
        if len(digests) > 1:
            raise CourseError(
                f"the checks of {reference.exercise} have changed while the batch ran; run it "
                "again, and everybody is graded by the same ones"
            )


def _graded(job: Job, answer: _Answer, reference: Attempt, tries: int) -> Graded:
    """Make a result of an answer; where there is none that counts, an ungraded one throughout."""
    if isinstance(answer, Attempt) and answer.environment != reference.environment:
        answer = SandboxError(_of_another_environment(answer, reference))
    if isinstance(answer, Attempt):
        open_ = [v.message for v in answer.verdicts if v.outcome is Outcome.UNGRADED]
        return Graded(job, answer, open_[0] if open_ else "", tries)
    blame = "the checks are" if isinstance(answer, CourseError) else "the grader is"
    message = f"not graded: {blame} at fault, not you"
    verdicts = tuple(
        Verdict(verdict.check, Outcome.UNGRADED, message) for verdict in reference.verdicts
    )
    attempt = replace(
        reference,
        path=job.submission.path,
        digest=job.submission.digest,
        verdicts=verdicts,
        score=scoring.score(verdicts),
        seconds=0.0,
    )
    return Graded(job, attempt, str(answer), tries)


def _of_another_environment(answer: Attempt, reference: Attempt) -> str:
    here, there = asdict(answer.environment), asdict(reference.environment)
    differing = (
        f"{name} {here[name]}, not {there[name]}" for name in here if here[name] != there[name]
    )
    return f"graded otherwise than the reference: {'; '.join(differing)}. Run the batch again"
