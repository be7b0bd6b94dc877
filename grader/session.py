"""One submission, from its files to an attempt: pytest runs the checks, here is what they mean.

pytest collects and runs the check files in this, the trusted process, isolated from configuration
files, conftest files and plugins that anybody could have left lying about. The list of checks and
what each is worth are settled before any student code runs, and only a check that ran to its end
without complaint has passed. Whose fault it is when one complains is decided in `fault`, what
explains it in `diagnosis`; both ask for the check to be run again with somebody else in the
student's place.
"""

import platform
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from _pytest.runner import runtestprotocol

import grader
from grader import checks, diagnosis, fault, plugin, scoring
from grader.bound import bounded
from grader.errors import CourseError, SandboxError
from grader.fixtures import SUBJECT, Subject, check_id, seed_of
from grader.known import Known
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
from grader.sandbox.child.state import reset_torch
from grader.sandbox.host import Sandbox, Terms
from grader.sandbox.launch import Launcher
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError

# No configuration, no conftest, no bytecode, and none of the plugins that would slow a run down or
# speak to the student in our place: collecting garbage over torch alone takes 0.3 s.
_ARGUMENTS = [
    "-c", "/dev/null", "--noconftest", "--import-mode=importlib", "--assert=plain",
    "--strict-markers", "--capture=no",
    *(f"-pno:{name}" for name in ("cacheprovider", "unraisableexception", "threadexception",
      "terminal", "faulthandler", "junitxml", "doctest", "logging", "warnings", "pastebin")),
]  # fmt: skip


# What comparing an answer may cost, in limits of the submission: the answer, its copies and the
# reference's, all in float64. A right one takes a hundredth; a busy machine gets some seconds more.
_TIMES, _LEAST_S, _MEMORIES = 3, 5.0, 8
# Ways to end in which the child broke the protocol, or has still to answer.
_OUT_OF_STEP = (Outcome.FORBIDDEN, Outcome.TIMED_OUT)


@dataclass(frozen=True)
class Order:
    """What to grade, and how. `seed` None takes the course's, or one from the checks' digest."""

    exercise: Exercise
    submission: Submission
    device: str = "cpu"
    seed: int | None = None
    confine: str = "auto"


# Told after each check: how many are done, of how many, and what the student's code printed.
Progress = Callable[[int, int, str], None]


def grade(order: Order, launcher: Launcher, tell: Progress) -> Attempt:
    """Grade one submission.

    What is printed while a hidden check runs is never told: it could be the check's inputs.

    Raises:
        CourseError: the checks, the reference or the device asked for are at fault.
        SandboxError: the machinery failed before any check could be decided.
    """
    started = time.monotonic()
    files = checks.check_files(order.exercise)
    device = choose_device(order.device)
    session = _Session(order, files, device, launcher, tell)
    arguments = [*_ARGUMENTS, f"--rootdir={order.exercise.stub_dir.parent.parent}"]
    is_writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        code = pytest.main([*arguments, *map(str, files)], plugins=[plugin, session])
    finally:
        sys.dont_write_bytecode = is_writing
        session.sandbox.close()
        checks.forget(files)
    if session.error is not None:
        raise session.error
    if not session.is_finished:
        raise SandboxError(f"pytest ended with code {code} before every check was run.")
    verdicts = tuple(session.verdicts.values())
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
    """A pytest plugin for one submission: collects, runs, judges."""

    def __init__(
        self,
        order: Order,
        files: Sequence[Path],
        device: torch.device,
        launcher: Launcher,
        tell: Progress,
    ) -> None:
        exercise = order.exercise
        self.verdicts: dict[str, Verdict] = {}
        self.error: CourseError | SandboxError | None = None
        self.is_finished = False
        self._order = order
        self._device = device
        self._tell = tell
        self._digest = checks.digest_of(files)
        self._seed = int(self._digest[:7], 16) if order.seed is None else order.seed
        self._known = Known(exercise)
        self._raised: list[pytest.ExceptionInfo[BaseException]] = []
        self._has_called = False
        self._unloaded: StudentError | None = None
        terms = Terms(exercise.limits, order.confine, device.type == "cuda")
        self.sandbox = Sandbox(launcher, order.submission, terms)

    def environment(self) -> Environment:
        """Say what the attempt ran under."""
        return Environment(
            python=platform.python_version(),
            torch=str(torch.__version__),
            device=str(self._device),
            threads=1,
            seed=self._seed,
            grader=grader.__version__,
            checks_digest=self._digest,
            confinement=self.sandbox.confinement or "none",
        )

    # Hooks

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A check file that does not load is the teacher's fault, and ends the attempt."""
        if report.failed and self.error is None:
            last = str(report.longreprtext).strip().splitlines()[-1:]
            self.error = CourseError(
                f"{report.nodeid} does not load as a check file: {''.join(last)}. "
                "Run pytest on it to see more."
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the checks in pytest's place."""
        if self.error is None:
            try:
                self._run_all(session.items)
                self.is_finished = True
            except (CourseError, SandboxError) as error:
                self.error = error
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None]:
        """Bound what fixtures may cost on this side."""
        with self._bounded():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None]:
        """Bound what a check may cost on this side."""
        with self._bounded():
            return (yield)

    def _bounded(self) -> AbstractContextManager[None]:
        limits = self._order.exercise.limits
        memory = _MEMORIES * limits.memory_bytes if self._device.type == "cpu" else None
        return bounded(max(_TIMES * limits.time_s, _LEAST_S), memory)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep what was raised; pytest's own account of it is never shown."""
        self._has_called = self._has_called or call.when == "call"
        if call.excinfo is not None:
            self._raised.append(call.excinfo)
        outcome = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]

    # Running

    def _run_all(self, items: Sequence[pytest.Item]) -> None:
        exercise = self._order.exercise
        listed = [checks.read_check(item, exercise) for item in items]
        scoring.check_total(listed, exercise, exercise.hidden_dir.is_dir())
        for number, (item, check) in enumerate(zip(items, listed, strict=True), 1):
            started = time.monotonic()
            verdict = self._verdict(item, check)
            self.verdicts[check.id] = replace(verdict, seconds=time.monotonic() - started)
            printed = self.sandbox.take_printed()
            is_visible = check.visibility is Visibility.VISIBLE
            self._tell(number, len(items), printed if is_visible else "")

    def _verdict(self, item: pytest.Item, check: Check) -> Verdict:
        needed = self.verdicts.get(check.needs or "")
        if needed is not None and needed.outcome is not Outcome.PASSED:
            is_open = needed.outcome is Outcome.UNGRADED
            outcome = Outcome.UNGRADED if is_open else Outcome.SKIPPED
            return Verdict(check, outcome, f"not tried: needs {check.needs}")
        if self._unloaded is not None:
            return _unloaded(check, self._unloaded)
        try:
            return self._ask(item, check)
        except SandboxError as error:
            self.sandbox.close()
            if not self.verdicts and not self.sandbox.confinement:
                raise
            return Verdict(check, Outcome.UNGRADED, f"the grader failed, not you: {error}")
        finally:
            if self._order.exercise.isolation is Isolation.CHECK:
                self.sandbox.end_child()

    def _ask(self, item: pytest.Item, check: Check) -> Verdict:
        seed = seed_of(self._seed, check.id)
        try:
            names = self.sandbox.begin(seed)
        except StudentError as error:
            # What fails before the first answer fails for every check, and is tried once.
            self._unloaded = None if self.verdicts else error
            return _unloaded(check, error)
        if self.verdicts:
            # Every check executes the files anew; what they print while loading is told once.
            self.sandbox.take_printed()
        transcript = Transcript()
        references = vars(self._known.reference) if self._known.reference else {}
        files = self._order.exercise.files
        student = Student(transcript.listening(self.sandbox.exchange), names, files, references)
        raised = self._run(item, student)
        if raised is None:
            return Verdict(check, Outcome.PASSED)
        if isinstance(raised, StudentError) and raised.outcome in _OUT_OF_STEP:
            # Its child may be busy for ever; the next check gets another.
            self.sandbox.end_child()
        return self._judge(item, check, raised, transcript)

    def _run(self, item: pytest.Item, student: object) -> BaseException | None:
        """Run one check against whoever stands for the student; what it raised."""
        self._raised, self._has_called = [], False
        reset_torch(seed_of(self._seed, check_id(item)))
        subject = Subject(student, self._known.reference, self._seed, self._device)
        item.config.stash[SUBJECT] = subject
        runtestprotocol(item, log=False, nextitem=None)
        if self._raised:
            return self._raised[0].value
        if any(item.iter_markers("xfail")):
            return pytest.skip.Exception("a check that is expected to fail earns nothing")
        return None if self._has_called else pytest.skip.Exception("the check did not run")

    def _judge(
        self, item: pytest.Item, check: Check, raised: BaseException, answers: Transcript
    ) -> Verdict:
        """Decide whose fault it was, and what explains it."""
        seed = seed_of(self._seed, check.id)

        def run(student: object) -> BaseException | None:
            return self._run(item, student)

        control = self._known.control(seed, run) if fault.needs_control(raised) else None
        is_spoilt = control is not None and control.is_refusal
        if is_spoilt:
            # What the student's call left in a tensor of the check file is not the check's fault:
            # the file is read anew, and the reference has the first word.
            again = checks.read_again(item)
            control = self._known.control(seed, lambda student: self._run(again, student))
        verdict = fault.verdict(item.nodeid, check, raised, control)
        if is_spoilt or not fault.needs_control(raised):
            return verdict
        passed = {v.check.id for v in self.verdicts.values() if v.outcome is Outcome.PASSED}
        lost = diagnosis.Lost(check, raised, answers, control, seed)
        return replace(verdict, diagnosis=diagnosis.diagnose(self._known, lost, passed, run))


def _unloaded(check: Check, error: StudentError) -> Verdict:
    """Judge a check that files which do not load have left without an answer."""
    return diagnosis.of_loading(error, Verdict(check, error.outcome, error.text))
