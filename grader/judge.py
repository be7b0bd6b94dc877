"""The trusted process: a door for the command, which itself never imports torch.

    python -P -s -m grader.judge [THREADS DTYPE | nursery]

It imports torch once, and forks before it has read anything: one side becomes the zygote, whose
children run students' code, the other goes on to read hidden checks. So both share one import and
its memory. Orders come as lines of JSON on standard input; events go out as lines of JSON on what
was standard output: {"done": n, "of": m, "printed": text}, {"attempt": text}, {"survey": ...},
{"measured": ...} or {"error": class, "text": sentence}. What the checks themselves print is thrown
away, since it might tell what is hidden.

A *nursery* (`grader.nursery`) stops before that fork, when what all zygotes share is ready, and
becomes a judge in each process that it is asked to fork. It is asked in JSON on a socket, its
standard input; an order brings the descriptors of the judge's orders, events and complaints along,
and is answered with its number. It may name a core of the machine, which the judge and all that it
forks will stay on.

A rehearsal may want checks to begin with more threads or another default dtype than 1 and float32.
Both are said on the command line, before the fork, so that they hold on both sides of the wall.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from grader.sandbox.child import warm

if TYPE_CHECKING:
    from grader.sandbox.child.state import State

warm.import_torch()

_MAX_ORDER = 4096  # bytes


def main() -> None:
    """Fork the zygote, then grade what is ordered until standard input ends."""
    warnings.simplefilter("ignore")
    words, state = sys.argv[1:], None
    if words == ["nursery"]:
        from grader import turns  # noqa: PLC0415  As what follows: shared by all that it forks.
        from grader.sandbox.child import hugepages, zygote  # noqa: PLC0415

        state = zygote.ready()
        hugepages.collapse()
        turns.begin()
        words = _forked_from_here()
    _begin_with(words)
    can_fork = sys.platform.startswith("linux")
    control = _fork_zygote(state) if can_fork else None
    # Off since the import. What there is now stays, and is never looked at again.
    gc.freeze()
    gc.enable()
    # Below the fork: the zygote never holds these rooms.
    from grader import errors, turns  # noqa: PLC0415
    from grader.sandbox import launch  # noqa: PLC0415

    events = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    opened: list[str] = []
    _end_unheard(events.fileno(), opened)
    launcher = launch.Zygote(control, None) if control else launch.Interpreters()
    desk = _Desk(launcher, events, opened)
    for line in sys.stdin:
        try:
            desk.do(json.loads(line))
        except errors.GraderError as error:
            _say(events, {"error": type(error).__name__, "text": str(error)})
        # The door: whatever else happens is ours, and must not look like a verdict.
        except Exception as error:
            traceback.print_exc()
            text = f"the grader failed: {type(error).__name__}: {error}"
            _say(events, {"error": "SandboxError", "text": text})
        finally:
            turns.leave()
    events.flush()
    # Taking torch down in order takes a third of a second, and everything is said.
    os._exit(0)


def _forked_from_here() -> list[str]:
    """Fork a judge whenever one is asked for; returns in each of them, with its command line."""
    with socket.socket(fileno=os.dup(0)) as control:
        while True:
            data, descriptors, _, _ = socket.recv_fds(control, _MAX_ORDER, 3)
            if not data:
                os._exit(0)
            order = json.loads(data)
            pid = os.fork() if descriptors else order["ended"]
            if pid == 0:
                break
            control.sendall(json.dumps(pid if descriptors else _reaped(pid)).encode())
            for descriptor in descriptors:
                os.close(descriptor)
    os.setsid()
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.environ["TMPDIR"] = order["place"]
    if order["core"] is not None:
        # Before the zygote is forked, which inherits it as all of its children do.
        with suppress(OSError):  # It has been taken from this machine meanwhile.
            os.sched_setaffinity(0, {order["core"]})
    return list(order["words"])


def _reaped(pid: int) -> int | None:
    """Reap a judge that has ended; how it did, None where another nursery forked it."""
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return None


def _begin_with(words: list[str]) -> None:
    if words:
        import torch  # noqa: PLC0415  It is there, and shared: nothing is imported anew.

        from grader.sandbox.child import state  # noqa: PLC0415  Both sides need it.

        threads, dtype = words
        state.begin_with(int(threads), getattr(torch, dtype))


def _fork_zygote(state: "State | None") -> socket.socket:
    """Fork the zygote; `state` is what its children start from, if that is ready."""
    control, theirs = socket.socketpair()
    if os.fork() == 0:
        try:
            control.close()
            with open(os.devnull, "r+b") as nowhere:
                os.dup2(nowhere.fileno(), 0)
                os.dup2(nowhere.fileno(), 1)
            os.setsid()
            from grader.sandbox.child import zygote  # noqa: PLC0415  Only this side needs it.

            zygote.serve(theirs, state or zygote.ready())
        finally:
            os._exit(0)
    theirs.close()
    return control


def _end_unheard(descriptor: int, opened: list[str]) -> None:
    """End this process as soon as nobody can hear of a result: whoever asked was killed.

    A check may last for a minute, and would go on for nobody. The zygote, whose socket is closed
    thereby, ends the children and itself. What was opened for the present order is removed.
    """
    from grader.sandbox import scratch  # noqa: PLC0415  Below the fork.

    def listen() -> None:
        poller = select.poll()
        poller.register(descriptor, 0)  # That the other end has gone is told unasked.
        poller.poll()
        for folder in opened:
            with suppress(OSError):  # Whoever asked has removed it.
                scratch.clear(folder)
        os._exit(0)

    # The signals that bound a check's time belong to the main thread, which puts them off at times.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    threading.Thread(target=listen, daemon=True).start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Desk:
    """Does what is ordered, one order after another; the checks stay collected in between."""

    def __init__(self, launcher: object, events: TextIO, opened: list[str]) -> None:
        from grader import session, sitting  # noqa: PLC0415  They bring pytest and the checks.

        # From here on what is imported is the course's. A file that was changed twice within a
        # second would be read as it was before, if Python kept what it compiled.
        sys.dont_write_bytecode = True
        self._session = session
        self._launcher = launcher
        self._events = events
        # The folder of the order that is being done, where that is an opened seal.
        self._opened = opened
        self._kept = sitting.Kept()
        self._courses: dict[Path, tuple[bytes, object]] = {}

    def do(self, order: dict[str, object]) -> None:
        """Do one order: grade a submission, survey an exercise, or measure its checks."""
        self._opened[:] = []
        if order.get("told_as") is not None:
            from grader.sandbox.walls import kernel  # noqa: PLC0415  Below the fork.

            self._opened[:] = [str(order["root"])]
            kernel.close_memory()
        what = {"grade": self._grade, "survey": self._survey, "measure": self._measure}
        what[str(order["do"])](order)

    def _grade(self, order: dict[str, object]) -> None:
        from grader.reports import attempt as report  # noqa: PLC0415  As in the constructor.

        exercise, submission, seed = self._read(order)
        device, confine = str(order["device"]), str(order["confine"])
        dear = frozenset(order.get("too_dear", ()))  # type: ignore[call-overload]
        clock = str(order.get("now") or datetime.now(UTC).isoformat())
        now = None if order.get("is_open") else datetime.fromisoformat(clock)
        has_precedents = bool(order.get("has_precedents", True))
        wish = self._session.Order(
            exercise,  # type: ignore[arg-type]
            submission,  # type: ignore[arg-type]
            device,
            seed,
            confine,
            dear,
            now,
            has_precedents,
        )
        tell = self._tell if order.get("is_told", True) else _tell_nobody
        attempt = self._session.grade(wish, self._launcher, tell, self._kept)  # type: ignore[arg-type]
        _say(self._events, {"attempt": report.to_json(attempt, is_line=True)})

    def _survey(self, order: dict[str, object]) -> None:
        from grader import survey  # noqa: PLC0415  A rehearsal alone needs it.

        exercise, submission, seed = self._read(order)
        sitting = self._sitting(exercise)
        found = survey.survey(sitting, submission, seed or 0, self._launcher)  # type: ignore[arg-type]
        _say(self._events, {"survey": found})

    def _measure(self, order: dict[str, object]) -> None:
        from grader import convergence  # noqa: PLC0415  A calibration alone needs it.

        exercise, _, _ = self._read(order)
        runs = int(str(order["runs"]))
        sitting = self._sitting(exercise)
        found = convergence.measure(sitting, runs, lambda done, of: self._tell(done, of, ""))  # type: ignore[arg-type]
        _say(self._events, {"measured": found})

    def _sitting(self, exercise: object) -> object:
        import torch  # noqa: PLC0415  It is there; nothing is imported anew.

        return self._kept.sitting(exercise, torch.device("cpu"))  # type: ignore[arg-type]

    def _tell(self, done: int, of: int, printed: str) -> None:
        _say(self._events, {"done": done, "of": of, "printed": printed})

    def _read(self, order: dict[str, object]) -> tuple[object, object, int | None]:
        """Find what an order names: the exercise as it is graded, the submission, the seed."""
        from grader import records  # noqa: PLC0415  As in the constructor.

        here = self._course(Path(str(order["root"])))
        exercise = next(e for e in here.exercises if e.id == order["exercise"])  # type: ignore[attr-defined]
        if order.get("isolation") is not None:
            exercise = replace(exercise, isolation=records.Isolation(str(order["isolation"])))
        if order.get("time_s") is not None:
            exercise = replace(exercise, limits=replace(exercise.limits, time_s=order["time_s"]))
        handed: dict[str, object] = order["submission"]  # type: ignore[assignment]
        sources = tuple(
            records.Source(name, text, tuple((number, line) for number, line in cells))
            for name, text, cells in handed["sources"]  # type: ignore[attr-defined]
        )
        submission = records.Submission(str(handed["path"]), sources, str(handed["digest"]))
        seed = order["seed"] if order["seed"] is not None else here.seed  # type: ignore[attr-defined]
        return exercise, submission, seed  # type: ignore[return-value]

    def _course(self, root: Path) -> object:
        """Read a course, once for each version of its gradebook.yml."""
        from grader import course  # noqa: PLC0415  As in the constructor.

        path = root / course.GRADEBOOK
        text = path.read_bytes() if path.is_file() else b""
        if self._courses.get(root, (None, None))[0] != text:
            self._courses[root] = text, course.load(root)
        return self._courses[root][1]


def _tell_nobody(done: int, of: int, printed: str) -> None:
    """Keep quiet: whoever grades thousands would only be woken by it."""


def _say(events: TextIO, event: dict[str, object]) -> None:
    events.write(json.dumps(event) + "\n")


if __name__ == "__main__":
    main()
