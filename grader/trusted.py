"""Speaking with the trusted process, from a process that never imports torch.

The judge is a program of its own (`grader.judge`). Whoever wants something graded starts one, sends
orders and waits for attempts; an error that the judge names is raised here as what it is.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from grader import errors
from grader.records import Attempt, Exercise, Submission
from grader.reports import attempt as report
from grader.sandbox import environment, scratch

Progress = Callable[[int, int], None]


def order(
    root: Path,
    exercise: Exercise,
    submission: Submission,
    *,
    device: str = "cpu",
    seed: int | None = None,
    confine: str = "auto",
) -> dict[str, object]:
    """Write what is to be graded, and how, as plain data."""
    return {
        "root": str(root),
        "exercise": exercise.id,
        "submission": {
            "path": submission.path,
            "digest": submission.digest,
            "sources": [[source.name, source.text] for source in submission.sources],
        },
        "device": device,
        "seed": seed,
        "confine": confine,
    }


class Judge:
    """The trusted process, started at once and waited for last.

    `printed` is what the last submission printed while its visible checks ran.
    """

    printed = ""

    def __enter__(self) -> "Judge":
        # Not the user's terminal: what a hidden check prints or warns of would tell of it.
        self._complaints = tempfile.TemporaryFile()
        # What children may write to lies in here, so that it goes even when the judge is killed.
        self._place = tempfile.mkdtemp(prefix="grader-")
        os.chmod(self._place, 0o711)
        self._process = subprocess.Popen(
            [*environment.interpreter(), "-m", "grader.judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=environment.clean() | {"TMPDIR": self._place},
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        # Its zygote and its children end with it.
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout, self._complaints):
            if stream is not None:
                with suppress(BrokenPipeError):  # What a judge that died did not read.
                    stream.close()
        self._process.wait()
        # A child that is just being killed may still write: the system's own cleaning remains.
        with suppress(OSError):
            scratch.clear(self._place)
            os.rmdir(self._place)

    def grade(self, wish: dict[str, object], tell: Progress) -> Attempt:
        """Send an order and wait for the attempt; `tell` hears how many checks are done.

        Raises:
            CourseError, SandboxError: what the judge says went wrong.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._gone() from error
        self.printed = ""
        for event in self._events():
            match event:
                case {"done": int(done), "of": int(of), "printed": str(printed)}:
                    self.printed += printed
                    tell(done, of)
            if "attempt" in event:
                return report.from_json(str(event["attempt"]))
            if "error" in event:
                raise getattr(errors, str(event["error"]))(event["text"])
        raise self._gone()

    def _events(self) -> Iterator[dict[str, object]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def _gone(self) -> errors.SandboxError:
        self._process.kill()
        self._process.wait()
        self._complaints.seek(0)
        last = self._complaints.read()[-2000:].decode(errors="replace").strip().splitlines()[-1:]
        return errors.SandboxError(
            "the trusted process ended without a result; nothing was graded. Is torch installed, "
            f"and is there memory left? Its last words: {''.join(last) or 'none'}"
        )
