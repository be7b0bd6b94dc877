"""One submission, from its files to an attempt: pytest runs the checks, here is what they mean.

pytest collects and runs the check files in this, the trusted process, isolated from configuration
files, conftest files and plugins that anybody could have left lying about. The list of checks and
what each is worth are settled before any student code runs, and only a check that ran to its end
without complaint has passed. Whose fault it is when one complains is decided in `fault`, what
explains it in `diagnosis`; both ask for the check to be run again with somebody else in the
student's place.
"""

import platform
import time
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial

import pytest
import torch

import grader
from grader import checks, diagnosis, fault, given, scoring, shown, turns
from grader.bound import TOO_DEAR
from grader.errors import CourseError, SandboxError
from grader.fixtures import student_seed
from grader.known import Control, Run, forget_values, let_go
from grader.precedents import Hearing, Precedents
from grader.records import (
    Attempt,
    Check,
    Environment,
    Exercise,
    Isolation,
    Outcome,
    Submission,
    Verdict,
    Visibility,
)
from grader.replay import Transcript
from grader.sandbox import room
from grader.sandbox.host import Sandbox
from grader.sandbox.launch import Launcher
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError
from grader.sandbox.scratch import lacks_room
from grader.sandbox.terms import Terms
from grader.sitting import Kept, Sitting

# Ways to end in which the child broke the protocol, or has still to answer.
_OUT_OF_STEP = (Outcome.FORBIDDEN, Outcome.TIMED_OUT)
# Ways to end in which a machine without room for temporary files may have had a hand.
_BY_A_FULL_DISK = (Outcome.FAILED, Outcome.RAISED, Outcome.CRASHED)
_MAX_LINE = fault.MAX_EVIDENCE


@dataclass(frozen=True)
class Order:
    """What to grade, and how. `seed` None takes the course's, or one from the checks' digest."""

    exercise: Exercise
    submission: Submission
    device: str = "cpu"
    seed: int | None = None
    confine: str = "auto"
    # Checks, by their places from 0, in which this side was ended: comparing took too long.
    too_dear: frozenset[int] = frozenset()
    # The time, which may decide how much is told; None leaves marks that withhold unheeded.
    now: datetime | None = field(default_factory=lambda: datetime.now(UTC))
    # Whether what a check was answered before may decide, in place of running it.
    has_precedents: bool = True


# Told after each check: how many are done, of how many, and what the student's code printed.
Progress = Callable[[int, int, str], None]


def grade(order: Order, launcher: Launcher, tell: Progress, kept: Kept | None = None) -> Attempt:
    """Grade one submission.

    What is printed while a hidden check runs is never told: it could be the check's inputs.

    Args:
        order: what to grade, and how.
        launcher: starts the children.
        tell: hears of each check that is done.
        kept: where the collected checks stay for the next submission; by default they do not.

    Raises:
        CourseError: the checks, the reference or the device asked for are at fault.
        SandboxError: the machinery failed before any check could be decided.
    """
    started = time.monotonic()
    sittings = kept or Kept()
    sitting = sittings.sitting(order.exercise, choose_device(order.device))
    session = _Session(order, sitting, launcher, tell)
    try:
        verdicts = session.verdicts_of_all()
    finally:
        session.sandbox.close()
        if kept is None:
            sittings.close()
    return Attempt(
        exercise=order.exercise.id,
        title=order.exercise.title,
        path=order.submission.path,
        digest=order.submission.digest,
        verdicts=verdicts,
        score=scoring.score(verdicts),
        environment=session.environment(),
        seconds=time.monotonic() - started,
    )


def choose_device(name: str) -> torch.device:
    """Turn `cpu`, `cuda` or `auto` into a device.

    Raises:
        CourseError: a GPU is asked for and there is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise CourseError(
            "--device cuda asks for a GPU, and torch finds none here; use --device cpu, or run "
            "this on a machine with a GPU and a CUDA build of torch."
        )
    return torch.device(name)


class _Session:
    """One submission in a sitting: asks each check, and judges what it raises."""

    def __init__(self, order: Order, sitting: Sitting, launcher: Launcher, tell: Progress) -> None:
        exercise = order.exercise
        self._order = order
        self._sitting = sitting
        self._known = sitting.known
        # What the runs of the present check have raised.
        self._raised: list[BaseException] = []
        self._tell = tell
        self._verdicts: dict[str, Verdict] = {}
        self._seed = int(sitting.digest[:7], 16) if order.seed is None else order.seed
        self._student_seed = student_seed(self._seed)
        self._unloaded: StudentError | None = None
        # The submission's names, known when it has begun a check; what it has answered in the
        # checks before, and in the present one.
        self._names: dict[str, bool] | None = None
        self._heard: dict[bytes, bytes] = {}
        self._heard_now: dict[bytes, bytes] = {}
        terms = Terms(exercise.limits, order.confine, sitting.device.type == "cuda")
        self.sandbox = Sandbox(launcher, order.submission, terms)

    def environment(self) -> Environment:
        """Say what the attempt ran under."""
        return Environment(
            python=platform.python_version(),
            torch=str(torch.__version__),
            device=str(self._sitting.device),
            threads=1,
            seed=self._seed,
            grader=grader.__version__,
            checks_digest=self._sitting.digest,
            confinement=self.sandbox.confinement or "none",
        )

    def verdicts_of_all(self) -> tuple[Verdict, ...]:
        """Ask every check, in order; the list of them is settled before any student code runs."""
        items, listed = self._sitting.items, self._sitting.listed(self._order.now)
        for number, (item, check) in enumerate(zip(items, listed, strict=True), 1):
            started = time.monotonic()
            if number - 1 in self._order.too_dear:
                text = TOO_DEAR.format(f"{self._sitting.bound_s:g} s")
                verdict = Verdict(check, Outcome.TIMED_OUT, text)
            else:
                verdict = self._verdict(item, check)
            self._verdicts[check.id] = replace(verdict, seconds=time.monotonic() - started)
            if not (printed := self.sandbox.take_printed()):
                # What is printed is told with each check that prints it.
                self._heard |= self._heard_now
            self._heard_now.clear()
            is_visible = check.visibility is Visibility.VISIBLE
            self._tell(number, len(items), printed if is_visible else "")
        if not self.sandbox.confinement:
            # Checks that are lost untried have started no child; it says which walls there are.
            with suppress(StudentError):
                self.sandbox.begin(self._seed)
        return tuple(self._verdicts.values())

    def _verdict(self, item: pytest.Item, check: Check) -> Verdict:
        needed = self._verdicts.get(check.needs or "")
        if needed is not None and needed.outcome is not Outcome.PASSED:
            is_open = needed.outcome is Outcome.UNGRADED
            outcome = Outcome.UNGRADED if is_open else Outcome.SKIPPED
            return Verdict(check, outcome, f"not tried: needs {check.needs}")
        if self._unloaded is not None:
            return _unloaded(check, self._unloaded)
        try:
            verdict = self._ask(item, check)
            is_lost = verdict.outcome in _BY_A_FULL_DISK
            if is_lost and (why := lacks_room(verdict.message)):
                raise SandboxError(why)
            return verdict
        except SandboxError as error:
            self.sandbox.close()
            if not self._verdicts and not self.sandbox.confinement:
                raise
            return Verdict(check, Outcome.UNGRADED, f"the grader failed, not you: {error}")
        finally:
            while self._raised:
                let_go(self._raised.pop())
            turns.leave()
            if self._order.exercise.isolation is Isolation.CHECK:
                self.sandbox.end_child()

    def _ask(self, item: pytest.Item, check: Check) -> Verdict:
        passed = frozenset(
            v.check.id for v in self._verdicts.values() if v.outcome is Outcome.PASSED
        )
        if self._names is not None:
            # Every check begins alike: what was asked before from there on need not be asked again.
            recalled = self._hearing(item, check, self._names).recalled(passed, self._heard)
            if recalled is not None:
                return recalled
        try:
            names = self._names = self.sandbox.begin(self._student_seed)
        except StudentError as error:
            # What fails before the first answer fails for every check, and is tried once.
            self._unloaded = None if self._verdicts else error
            return _unloaded(check, error)
        if self._verdicts:
            # Every check executes the files anew; what they print while loading is told once.
            self.sandbox.take_printed()
        hearing = self._hearing(item, check, names)
        if (known := hearing.known(passed)) is not None:
            return known
        transcript = Transcript()
        stand_in = self._stand_in(hearing.names)
        raised = self._run(item, stand_in(transcript.listening(hearing.ask)))
        self.sandbox.demand_unharmed()
        if hearing.is_misled:
            # In another process: this one has heard what the check does not ask.
            self.sandbox.end_child()
            self.sandbox.take_printed()
            return self._ask(item, check)
        verdict = self._judged(item, check, raised, transcript, passed, stand_in)
        hearing.decided(passed, verdict, raised)
        return verdict

    def _hearing(self, item: pytest.Item, check: Check, names: Mapping[str, bool]) -> Hearing:
        kept, exchange = self._precedents(item), self.sandbox.exchange
        return kept.hearing(check, self._seed, names, exchange, self._heard_now)

    def _precedents(self, item: pytest.Item) -> Precedents:
        """Give what was decided of a check; nothing where it is to be run all the same."""
        if self._is_notebook or not self._order.has_precedents:
            return Precedents()
        return self._sitting.precedents(item)

    @cached_property
    def _is_notebook(self) -> bool:
        return any(source.cells for source in self._order.submission.sources)

    def _stand_in(self, names: Mapping[str, bool]) -> Callable[..., Student]:
        """Give what puts an exchange in the student's place."""
        references = vars(self._known.reference) if self._known.reference else {}
        files = ["the notebook"] if self._is_notebook else self._order.exercise.files
        lost = self.sandbox.lost
        return partial(Student, names=names, files=files, references=references, lost=lost)

    def _judged(  # noqa: PLR0917  What is known of one run, in the order in which it came.
        self,
        item: pytest.Item,
        check: Check,
        raised: BaseException | None,
        transcript: Transcript,
        passed: Container[str],
        stand_in: Callable[..., Student],
    ) -> Verdict:
        """Judge what a check has raised, with all that explains it."""
        if raised is None:
            return Verdict(check, Outcome.PASSED)
        if isinstance(raised, StudentError) and raised.outcome in _OUT_OF_STEP:
            # Its child may be busy for ever; the next check gets another.
            self.sandbox.end_child()
        control, run = self._control(item, check, raised)
        verdict = fault.verdict(item.nodeid, check, raised, control)
        if _is_about_a_call(raised):
            again = given.Repeat(
                lambda exchange, ear: stand_in(exchange, ear=ear),
                lambda item, student: self._run(self._sitting.as_read(item), student),
                self._parameters,
            )
            line = given.of(item, raised, check.level, transcript, again)
            told = given.with_given(verdict.evidence, line[:_MAX_LINE])
            verdict = replace(verdict, evidence=told)
        for each in self._raised:
            forget_values(each)
        room.give_back()  # What is compared to name a mistake is as large as the answer.
        if fault.needs_control(raised):
            question = diagnosis.Lost(check, raised, transcript, control, self._student_seed)
            found = diagnosis.diagnose(self._known, question, passed, run)
            verdict = replace(verdict, diagnosis=found)
        return shown.cut(verdict, raised)

    @cached_property
    def _parameters(self) -> dict[str, list[str]]:
        """The names of the parameters of each function, as the exercise gives them."""
        exercise = self._order.exercise
        return given.parameters_of([exercise.stub_dir / name for name in exercise.files])

    def _run(self, item: pytest.Item, student: object) -> BaseException | None:
        """Run one check against whoever stands for the student; what it raised."""
        raised = self._sitting.run(item, student, self._seed)
        self._raised += [raised] if raised is not None else []
        return raised

    def _control(
        self, item: pytest.Item, check: Check, raised: BaseException
    ) -> tuple[Control | None, Run]:
        """Run a check with the reference, if that has to show that it can be passed.

        Returns:
            how it went; and what runs the check, untouched, with somebody else.
        """
        seed = self._student_seed
        # What the student's call left in a tensor of the check file is not the check's fault.
        untouched = self._sitting.as_read(item)

        def run(student: object) -> BaseException | None:
            return self._run(untouched, student)

        if not fault.needs_control(raised):
            return None, run
        control = self._known.control(check.id, seed, run)
        if control is not None and control.is_refusal:
            # The file is read anew, and the reference has the first word.
            untouched = checks.read_again(item)
            control = self._known.control(check.id, seed, run)
        return control, run


def _is_about_a_call(raised: BaseException) -> bool:
    """Whether what went into a call may explain it; a stub needs no explanation.

    What was too dear for this side would be so again.
    """
    if isinstance(raised, StudentError):
        return not raised.is_stub and not raised.text.startswith(TOO_DEAR.partition("{")[0])
    return isinstance(raised, Exception)


def _unloaded(check: Check, error: StudentError) -> Verdict:
    """Judge a check that files which do not load have left without an answer."""
    return diagnosis.of_loading(error, Verdict(check, error.outcome, error.text))
