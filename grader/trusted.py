"""Speaking with the trusted process, from a process that never imports torch.

The judge is a program of its own (`grader.judge`). Whoever wants something graded starts one, sends
orders and waits for attempts; an error that the judge names is raised here as what it is.
"""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from grader import errors
from grader.nursery import Forked, Nursery
from grader.records import Attempt, Exercise, Isolation, Submission
from grader.reports import attempt as report
from grader.sandbox import environment
from grader.sandbox.place import Place

Progress = Callable[[int, int], None]


def order(
    root: Path,
    exercise: Exercise,
    submission: Submission,
    *,
    device: str = "cpu",
    seed: int | None = None,
    confine: str = "auto",
    isolation: Isolation | None = None,
    time_s: float | None = None,
    do: str = "grade",
    runs: int = 0,
    now: datetime | None = None,
    is_open: bool = False,
    told_as: Path | None = None,
    has_precedents: bool = True,
) -> dict[str, object]:
    """Write what is to be graded, and how, as plain data.

    Args:
        root: the folder of the course.
        exercise: which of its exercises.
        submission: what was handed in; for the others, the reference.
        device: cpu, cuda or auto.
        seed: None takes the course's.
        confine: auto, strict or none.
        isolation: in place of the exercise's own.
        time_s: CPU seconds for each check, in place of the exercise's own limit.
        do: "grade" for an attempt, "survey" and "measure" for what a rehearsal and a calibration
            want to know of the exercise.
        runs: how often each convergence check is run, to measure it.
        now: the time, with its zone, which may decide how much is told; by default the clock's.
        is_open: tell whatever marks withhold, as a rehearsal needs it.
        told_as: the folder that is told of in place of `root`, where that holds an opened seal for
            this one order.
        has_precedents: whether a check may be judged by the answers to it that were judged before.
    """
    return {
        "root": str(root),
        "exercise": exercise.id,
        "submission": {
            "path": submission.path,
            "digest": submission.digest,
            "sources": [[each.name, each.text, each.cells] for each in submission.sources],
        },
        "device": device,
        "seed": seed,
        "confine": confine,
        "isolation": isolation,
        "time_s": time_s,
        "do": do,
        "runs": runs,
        "now": (now or datetime.now(UTC)).isoformat(),
        "is_open": is_open,
        "told_as": None if told_as is None else str(told_as),
        "has_precedents": has_precedents,
    }


class Judge:
    """The trusted process, started at once and waited for last.

    `printed` is what the last submission printed while its visible checks ran.
    """

    printed = ""

    def __init__(
        self,
        threads: int = 1,
        dtype: str = "float32",
        nursery: Nursery | None = None,
        core: int | None = None,
    ) -> None:
        """Say what its checks begin with, where that is to be something else, and who forks it.

        One that a nursery forks may be given a core of the machine for all that it does.
        """
        self.core = core
        self._words = [] if (threads, dtype) == (1, "float32") else [str(threads), dtype]
        self._nursery = nursery

    def __enter__(self) -> "Judge":
        """Start it.

        Raises:
            SandboxError: there is no room for temporary files, or for another process.
        """
        # What children may write to lies in here, so that it goes even when the judge is killed.
        self._place = Place()
        try:
            # Not the user's terminal: what a hidden check prints or warns of would tell of it.
            self._complaints = tempfile.TemporaryFile()
            self._process = self._started()
        except OSError as error:
            self._place.remove()
            raise errors.SandboxError(
                f"the trusted process cannot be started: {error.strerror}; is there room for "
                "temporary files, and for one more process?"
            ) from error
        return self

    def _started(self) -> Forked | subprocess.Popen[bytes]:
        if self._nursery is not None:
            complaints = self._complaints.fileno()
            return self._nursery.start(self._words, complaints, self._place.path, self.core)
        return subprocess.Popen(
            [*environment.interpreter(), "-m", "grader.judge", *self._words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=environment.clean() | {"TMPDIR": self._place.path},
            start_new_session=True,
        )

    def __exit__(self, *_: object) -> None:
        # Its zygote and its children end with it.
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout, self._complaints):
            if stream is not None:
                with suppress(BrokenPipeError):  # What a judge that died did not read.
                    stream.close()
        self._process.wait()
        self._place.remove()

    def grade(self, wish: dict[str, object], tell: Progress | None = None) -> Attempt:
        """Send an order and wait for the attempt; `tell` hears how many checks are done.

        An answer whose comparison ends the judge costs its own check: the judge is started again,
        and told where that was.

        Raises:
            CourseError, SandboxError: what the judge says went wrong.
        """
        dear: list[int] = []
        is_told = tell is not None
        while True:
            reached = 0

            def listen(done: int, of: int) -> None:
                nonlocal reached
                reached = done
                if tell is not None:
                    tell(done, of)

            try:
                asked = {**wish, "too_dear": dear, "is_told": is_told}
                text = str(self._ask(asked, listen)["attempt"])
                return report.from_json(_told(text, wish, is_json=True))
            except errors.SandboxError:
                # A check that ends the judge a second time is not the answer's fault.
                if self._process.poll() != -signal.SIGPROF or (is_told and reached in dear):
                    raise
            if is_told:
                dear.append(reached)
            # Where nobody listened, it has to be asked again to show where it was ended.
            is_told = True
            self.__exit__()
            self.__enter__()

    def survey(self, wish: dict[str, object]) -> dict[str, object]:
        """Send an order for a survey and wait for it; `grader.survey` says what is in it.

        Raises:
            CourseError, SandboxError: what the judge says went wrong.
        """
        found = self._ask(wish, lambda done, of: None)["survey"]
        assert isinstance(found, dict)
        return found

    def measure(self, wish: dict[str, object], tell: Progress) -> dict[str, dict[str, object]]:
        """Order the runs of a calibration and wait for them; `grader.convergence` says the form.

        Raises:
            CourseError, SandboxError: what the judge says went wrong.
        """
        found = self._ask(wish, tell)["measured"]
        assert isinstance(found, dict)
        return found

    def _ask(self, wish: dict[str, object], tell: Progress) -> dict[str, object]:
        """Send an order, pass on what is told, and give the event that ends it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._gone(wish) from error
        self.printed = ""
        for event in self._events():
            match event:
                case {"done": int(done), "of": int(of), "printed": str(printed)}:
                    self.printed += _told(printed, wish)
                    tell(done, of)
                case {"error": str(name), "text": str(text)}:
                    raise getattr(errors, name)(_told(text, wish))
                case _:
                    return event
        raise self._gone(wish)

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def complaints(self) -> str:
        """All that it has written to its standard error, unreadable bytes replaced."""
        file = self._complaints.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    @property
    def lent(self) -> list[str]:
        """The names of the folders that it lent to children and has not removed."""
        return os.listdir(self._place.path)

    def kill(self) -> None:
        """Kill it in the middle of whatever it does; a `grade` that waits hears of it."""
        self._process.kill()

    def _events(self) -> Iterator[dict[str, object]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith(b"\n"):  # It may be killed in the middle of one.
                yield json.loads(line)

    def _gone(self, wish: dict[str, object]) -> errors.SandboxError:
        self._process.kill()
        self._process.wait()
        last = _told(self.complaints[-2000:], wish).strip().splitlines()[-1:]
        return errors.SandboxError(
            "the trusted process ended without a result; nothing was graded. Is torch installed, "
            f"and is there memory left? Its last words: {''.join(last) or 'none'}"
        )


def _told(text: str, wish: dict[str, object], *, is_json: bool = False) -> str:
    """Name the course in a text, in place of the folder that an opened seal lies in."""
    told_as = wish.get("told_as")
    if told_as is None:
        return text
    lies_in, name = str(wish["root"]), str(told_as)
    if is_json:
        lies_in, name = (json.dumps(each, ensure_ascii=False)[1:-1] for each in (lies_in, name))
    return text.replace(lies_in, name)
