"""The checks of one exercise, collected once and run for whoever stands for the student.

pytest collects the check files in this, the trusted process, isolated from configuration files,
conftest files and plugins that anybody could have left lying about. Collecting costs more than
running, so a sitting is kept for the next submission: but only as long as its files are the same
and nothing that a run may have left in their modules can be found (see `residue`).
"""

import random
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
import torch
from _pytest.config import _prepareconfig

from grader import checks, plugin, residue, scoring
from grader.bound import bounded
from grader.closed import is_closed
from grader.errors import CourseError
from grader.fixtures import SUBJECT, Subject, check_id, seed_of
from grader.known import Known
from grader.precedents import Precedents
from grader.records import Check, Exercise
from grader.sandbox.child.state import reset_torch

# No configuration, no conftest, and none of the plugins that would slow a run down or
# speak to the student in our place: collecting garbage over torch alone takes 0.3 s.
_ARGUMENTS = [
    "-c", "/dev/null", "--noconftest", "--import-mode=importlib", "--assert=plain",
    "--strict-markers", "--capture=no",
    *(f"-pno:{name}" for name in ("cacheprovider", "unraisableexception", "threadexception",
      "terminal", "faulthandler", "junitxml", "doctest", "logging", "warnings", "pastebin")),
]  # fmt: skip

# Where pytest leaves what was raised last, for a debugger; with it all tensors of its frames.
_KEPT = ("last_exc", "last_type", "last_value", "last_traceback")

# What comparing an answer may cost, in limits of the submission: the answer, its copies and the
# reference's, all in float64. A right one takes a hundredth.
_TIMES, _LEAST_S, _MEMORIES = 1, 1.5, 8

_TICK_NS = 100_000_000  # longer than a tick of any clock that file systems stamp changes with


class Sitting:
    """The checks of an exercise, ready to be run; closed when nobody needs them any more.

    `items` are pytest's, in the order in which they are tried. `digest` is that of the check files,
    `bound_s` the CPU seconds that one run of a check may take on this side.
    """

    items: Sequence[pytest.Item]

    def __init__(self, exercise: Exercise, device: torch.device) -> None:
        self.exercise = exercise
        self.device = device
        self._read_ns = time.time_ns()
        self._files = checks.check_files(exercise)
        self._versions = self._versions_now()
        self.known = Known(exercise)
        self._precedents = Precedents()
        self._listed: tuple[datetime | None, Sequence[Check]] | None = None
        self._closed = {path for path in self._files if is_closed(path.read_bytes())}
        # Whether a run has left something, if only for a while; and whether one was since the look.
        self._is_spoiled, self._has_run = False, True
        self.digest = checks.digest_of(self._files)
        self._trusted = _digest_of_trusted(exercise)
        self._observer = _Observer(exercise, device)
        self.bound_s = self._observer.bound_s
        arguments = [*_ARGUMENTS, f"--rootdir={exercise.stub_dir.parent.parent}"]
        self._config = _prepareconfig(
            [*arguments, *map(str, self._files)], [plugin, self._observer]
        )
        self._config._do_configure()
        self._session = pytest.Session.from_config(self._config)
        self._config.hook.pytest_sessionstart(session=self._session)
        try:
            self.items = self._collected()
        except CourseError:
            self.close()
            raise
        files = (item.getparent(pytest.Module) for item in self.items)
        modules = dict.fromkeys(file.obj for file in files if file is not None)
        self._prints = [(module, residue.of([module])) for module in modules]

    def _collected(self) -> Sequence[pytest.Item]:
        try:
            self._config.hook.pytest_collection(session=self._session)
        except (
            pytest.UsageError,
            pytest.Collector.CollectError,
            self._session.Interrupted,
        ) as error:
            raise self._observer.error or CourseError(
                f"pytest collects nothing: {error}"
            ) from error
        if self._observer.error is not None:
            raise self._observer.error
        return self._session.items

    def close(self) -> None:
        """Let pytest go, and forget the modules of the check files."""
        self._config.hook.pytest_sessionfinish(session=self._session, exitstatus=0)
        self._config._ensure_unconfigure()
        checks.forget(self._files)

    def listed(self, now: datetime | None) -> Sequence[Check]:
        """Read what the checks are worth, need and show; once for all that are graded at one time.

        Args:
            now: when it is graded, which may decide how much is told; None withholds nothing.

        Raises:
            CourseError: a mark is missing or unsound, or the points do not add up.
        """
        if self._listed is None or self._listed[0] != now:
            found = [checks.read_check(item, self.exercise, now) for item in self.items]
            scoring.check_total(found, self.exercise, self.exercise.hidden_dir.is_dir())
            self._listed = now, found
        return self._listed[1]

    @property
    def is_fresh(self) -> bool:
        """Whether the next submission finds what the first one found."""
        return self._is_as_read() and self._has_same_files()

    def precedents(self, item: pytest.Item) -> Precedents:
        """Give what was decided of a check; nothing where more than the answers may decide it.

        What one check has left in its file may change what the next one asks.
        """
        is_known = item.path in self._closed and self._is_as_read()
        return self._precedents if is_known else Precedents()

    def _is_as_read(self) -> bool:
        """Whether no run has left anything in the modules of the checks or of the reference.

        What was left once is not forgotten, though another check may have taken it back.
        """
        if self._is_spoiled or not self._has_run:
            return not self._is_spoiled
        self._has_run = False
        prints: list[tuple[ModuleType, residue.Print | None]] = [*self._prints, *self.known.prints]
        self._is_spoiled = not all(
            kept is not None and residue.of([module]) == kept for module, kept in prints
        )
        return not self._is_spoiled

    def _has_same_files(self) -> bool:
        """Whether check files, reference and mistakes are those that were read."""
        now = self._versions_now()
        if now == self._versions and self._is_settled:
            return True
        self._versions, self._read_ns = now, time.time_ns()
        return (
            checks.digest_of(checks.check_files(self.exercise)) == self.digest
            and _digest_of_trusted(self.exercise) == self._trusted
        )

    def _versions_now(self) -> tuple[tuple[int, ...], ...]:
        exercise = self.exercise
        folders = [exercise.stub_dir, exercise.hidden_dir]
        return checks.versions_of([*folders, *self._files, *_trusted_files(exercise)])

    @property
    def _is_settled(self) -> bool:
        """Whether a change after the reading would show: the clock of files ticks slowly."""
        changed = max((max(version[2:]) for version in self._versions if version), default=0)
        return self._read_ns - changed > _TICK_NS

    def as_read(self, item: pytest.Item) -> pytest.Item:
        """Give one of `items` with the values of its file as they were when it was read.

        It is the item itself, unless a run may have changed something; then it is collected anew.
        """
        file = item.getparent(pytest.Module)
        for module, kept in self._prints:
            is_its_own = file is not None and module is file.obj
            if is_its_own and kept is not None and residue.of([module]) == kept:
                return item
        return checks.read_again(item)

    def run(self, item: pytest.Item, student: object, seed: int) -> BaseException | None:
        """Run one check with somebody in the student's place.

        Args:
            item: one of `items`.
            student: the submission behind its wall, the reference, or a known mistake.
            seed: the attempt's; the check's own follows from it.

        Returns:
            what the check raised; None where it ran to its end without complaint.
        """
        self._has_run = True
        reset_torch(seed_of(seed, check_id(item)))
        random.seed(seed_of(seed, check_id(item)))
        item.config.stash[SUBJECT] = Subject(student, self.known.reference, seed, self.device)
        try:
            raised = _run(item)
        except pytest.exit.Exception as error:
            # It went past the fixtures' ends.
            item.session._setupstate.teardown_exact(None)
            return error
        finally:
            # Whoever stood there holds what they answered.
            del item.config.stash[SUBJECT]
        if raised is None and any(item.iter_markers("xfail")):
            return pytest.skip.Exception("a check that is expected to fail earns nothing")
        return raised


def _run(item: pytest.Item) -> BaseException | None:
    """Set an item up, call it, and take it down; what was raised first.

    As pytest's own `runtestprotocol`, without the reports that it makes of each step: nobody reads
    them, and they take as long as a light check.
    """
    hook = item.ihook
    raised: list[BaseException] = []
    item._initrequest()  # type: ignore[attr-defined]
    for step, words in (
        (hook.pytest_runtest_setup, {}),
        (hook.pytest_runtest_call, {}),
        (hook.pytest_runtest_teardown, {"nextitem": None}),
    ):
        if raised and step is hook.pytest_runtest_call:
            continue
        try:
            step(item=item, **words)
        except (pytest.exit.Exception, KeyboardInterrupt):
            raise
        except BaseException as error:  # Whatever a check raises is its outcome.
            raised.append(error)
    item._request, item.funcargs = False, None  # type: ignore[attr-defined]
    for name in _KEPT:
        vars(sys).pop(name, None)
    return raised[0] if raised else None


class _Observer:
    """A pytest plugin that bounds what runs, and keeps why a file does not load."""

    def __init__(self, exercise: Exercise, device: torch.device) -> None:
        self.error: CourseError | None = None
        limits = exercise.limits
        self.bound_s = max(_TIMES * limits.time_s, _LEAST_S)
        self._memory = _MEMORIES * limits.memory_bytes if device.type == "cpu" else None

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A check file that does not load is the teacher's fault."""
        if report.failed and self.error is None:
            last = str(report.longreprtext).strip().splitlines()[-1:]
            self.error = CourseError(
                f"{report.nodeid} does not load as a check file: {''.join(last)}. "
                "Run pytest on it to see more."
            )

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
        return bounded(self.bound_s, self._memory)


class Kept:
    """The sitting of the last submission, kept for the next one if it is still as it was.

    A process has one of these and never two sittings at a time: the modules of check files go by
    their place in the course, and two courses may have the same places.
    """

    def __init__(self) -> None:
        self._sitting: Sitting | None = None

    def sitting(self, exercise: Exercise, device: torch.device) -> Sitting:
        """Give a sitting of an exercise in which nothing is left of a submission before."""
        kept = self._sitting
        if kept is not None:
            if (kept.exercise, kept.device) == (exercise, device) and kept.is_fresh:
                return kept
            self.close()
        self._sitting = Sitting(exercise, device)
        return self._sitting

    def close(self) -> None:
        """Let go of the sitting that is kept."""
        if self._sitting is not None:
            self._sitting.close()
            self._sitting = None


def _digest_of_trusted(exercise: Exercise) -> str:
    """Digest the reference and the mistakes, which a kept sitting has in its memory."""
    return checks.digest_of([path for path in _trusted_files(exercise) if path.is_file()])


def _trusted_files(exercise: Exercise) -> list[Path]:
    reference = [exercise.reference_dir / name for name in exercise.files]
    return [*reference, exercise.hidden_dir / "mistakes.py"]
