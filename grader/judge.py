"""The trusted process: a door for the command, which itself never imports torch.

    python -P -s -m grader.judge

It imports torch once, and forks before it has read anything: one side becomes the zygote, whose
children run students' code, the other goes on to read hidden checks. So both share one import and
its memory. Orders come as lines of JSON on standard input; events go out as lines of JSON on what
was standard output: {"done": n, "of": m, "printed": text}, {"attempt": text}, or
{"error": class, "text": sentence}. What the checks themselves print is thrown away, since it might
tell what is hidden.
"""

import gc
import json
import os
import socket
import sys
import traceback
import warnings
from functools import partial
from pathlib import Path
from typing import TextIO

from grader.sandbox.child import warm

warm.import_torch()


def main() -> None:
    """Fork the zygote, then grade what is ordered until standard input ends."""
    warnings.simplefilter("ignore")
    can_fork = sys.platform.startswith("linux")
    control = _fork_zygote() if can_fork else None
    # Off since the import. What there is now stays, and is never looked at again.
    gc.freeze()
    gc.enable()
    from grader import errors  # noqa: PLC0415  Below the fork: the zygote never holds these rooms.
    from grader.sandbox import launch  # noqa: PLC0415

    events = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    launcher = launch.Zygote(control, None) if control else launch.Interpreters()
    for line in sys.stdin:
        try:
            _grade(json.loads(line), launcher, events)
        except errors.GraderError as error:
            _say(events, {"error": type(error).__name__, "text": str(error)})
        # The door: whatever else happens is ours, and must not look like a verdict.
        except Exception as error:
            traceback.print_exc()
            text = f"the grader failed: {type(error).__name__}: {error}"
            _say(events, {"error": "SandboxError", "text": text})
    events.flush()
    # Taking torch down in order takes a third of a second, and everything is said.
    os._exit(0)


def _fork_zygote() -> socket.socket:
    control, theirs = socket.socketpair()
    if os.fork() == 0:
        try:
            control.close()
            with open(os.devnull, "r+b") as nowhere:
                os.dup2(nowhere.fileno(), 0)
                os.dup2(nowhere.fileno(), 1)
            os.setsid()
            from grader.sandbox.child import zygote  # noqa: PLC0415  Only this side needs it.

            zygote.serve(theirs, zygote.prepare())
        finally:
            os._exit(0)
    theirs.close()
    return control


def _grade(order: dict[str, object], launcher: object, events: TextIO) -> None:
    from grader import course, records, session  # noqa: PLC0415  They bring pytest and the checks.
    from grader.reports import attempt as report  # noqa: PLC0415

    here = course.load(Path(str(order["root"])))
    exercise = next(e for e in here.exercises if e.id == order["exercise"])
    handed: dict[str, object] = order["submission"]  # type: ignore[assignment]
    sources = tuple(records.Source(*pair) for pair in handed["sources"])  # type: ignore[attr-defined]
    submission = records.Submission(str(handed["path"]), sources, str(handed["digest"]))
    seed = order["seed"] if order["seed"] is not None else here.seed
    wish = session.Order(exercise, submission, str(order["device"]), seed, str(order["confine"]))  # type: ignore[arg-type]
    attempt = session.grade(wish, launcher, partial(_tell, events))  # type: ignore[arg-type]
    _say(events, {"attempt": report.to_json(attempt)})


def _tell(events: TextIO, done: int, of: int, printed: str) -> None:
    _say(events, {"done": done, "of": of, "printed": printed})


def _say(events: TextIO, event: dict[str, object]) -> None:
    events.write(json.dumps(event) + "\n")


if __name__ == "__main__":
    main()
