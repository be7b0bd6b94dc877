"""What the checks of an exercise ask of the reference: which inputs, how large, at what cost.

A rehearsal wants to know whether inputs have sizes in which a swapped axis would show, whether
hidden inputs are others than visible ones, and how far the limits lie above what a right answer
needs. So each check runs once with the reference behind the wall, in a child of its own: what
crosses is noted, and the child is measured as the limits measure it. The mistakes and the variants
are listed as well, because only this side may run the files that hold them.

The survey is plain data, since it goes to a process without torch:

    {"calls": [{"function", "check", "is_visible", "digest",
                "inputs": [shape], "outputs": [shape]}],
     "needs": {check: {"cpu_s", "load_s", "peak_bytes"}},
     "measuring": [check that measures what training has achieved],
     "mistakes": [[name, of, [check]]], "variants": [[name, of]]}
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader import mistakes
from grader.expect import learning
from grader.fixtures import check_id, student_seed
from grader.mistakes import Mistake, Variant
from grader.records import Submission
from grader.sandbox import usage, wire
from grader.sandbox.host import Sandbox
from grader.sandbox.launch import End, Launcher
from grader.sandbox.proxy import Exchange, Student
from grader.sandbox.terms import Terms
from grader.sitting import Sitting

# Uses a sandbox in which a check has begun, given the names of its submission.
Use = Callable[[Sandbox, dict[str, bool]], None]


def survey(
    sitting: Sitting, submission: Submission, seed: int, launcher: Launcher
) -> dict[str, object]:
    """Run every check once with the reference behind the wall, and note what happens.

    Args:
        sitting: the collected checks of an exercise with all three of its folders.
        submission: the reference, as a submission that earns everything.
        seed: of the attempt that is surveyed.
        launcher: starts the children.

    Raises:
        CourseError: mistakes.py or variants.py does not run.
        SandboxError: no child can be started.
    """
    surveyor = _Surveyor(sitting, submission, seed, launcher)
    for item in sitting.items:
        surveyor.survey(item)
    folder = sitting.exercise.hidden_dir
    written = _written(folder / "mistakes.py")
    variants = _written(folder / "variants.py")
    return {
        "calls": surveyor.calls,
        "needs": surveyor.needs,
        "measuring": surveyor.measuring,
        "mistakes": [[n, r.of, list(r.loses)] for n, r in written if isinstance(r, Mistake)],
        "variants": [[n, r.of] for n, r in variants if isinstance(r, Variant)],
    }


def _written(path: Path) -> list[tuple[str, object]]:
    """Name the marked functions of a file, each with its mark; none where there is no file."""
    if not path.is_file():
        return []
    return [
        (answer.__name__, getattr(answer, "__mistake__", getattr(answer, "__variant__", None)))
        for answer in mistakes.load(path)
    ]


class _Surveyor:
    """Runs each check once with a measured child."""

    def __init__(
        self, sitting: Sitting, submission: Submission, seed: int, launcher: Launcher
    ) -> None:
        self.calls: list[dict[str, object]] = []
        self.needs: dict[str, dict[str, float]] = {}
        self.measuring: list[str] = []
        self._sitting = sitting
        self._exercise = sitting.exercise
        self._submission = submission
        self._seed = seed
        self._launcher = _Watching(launcher)
        # What a child that was given nothing has in use: torch, and the program that serves.
        empty = replace(submission, sources=())
        self._ground = self._measured(empty, seed, lambda *_: None)["peak_bytes"]

    def survey(self, item: pytest.Item) -> None:
        """Run a check with the reference behind the wall; whether it passes is not the question."""
        check = check_id(item)

        def run(sandbox: Sandbox, names: dict[str, bool]) -> None:
            exchange = self._noting(item, sandbox.exchange)
            references = vars(self._sitting.known.reference)
            student = Student(exchange, names, self._exercise.files, references)
            with learning.observing() as seen:
                self._sitting.run(item, student, self._seed)
            self.measuring += [check] if seen else []

        need = self._measured(self._submission, student_seed(self._seed), run)
        self.needs[check] = {**need, "peak_bytes": max(need["peak_bytes"] - self._ground, 0)}

    def _measured(self, submission: Submission, seed: int, use: Use) -> dict[str, float]:
        sandbox = Sandbox(self._launcher, submission, Terms(self._exercise.limits))
        try:
            names = sandbox.begin(seed)
            child = self._launcher.process
            load_s = usage.cpu_s(child)
            use(sandbox, names)
            cpu_s = usage.cpu_s(child) - load_s
            return {"cpu_s": cpu_s, "load_s": load_s, "peak_bytes": _peak(child)}
        finally:
            sandbox.close()

    def _noting(self, item: pytest.Item, exchange: Exchange) -> Exchange:
        """Wrap an exchange so that calls of the submission's functions are noted."""
        is_visible = item.path.parent == self._exercise.stub_dir

        def ask(body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
            answer = exchange(body, blocks)
            match body:
                case ["call", _, _, _, ["name", str(function)], list(things), arguments, *_]:
                    self.calls.append({
                        "function": function,
                        "check": check_id(item),
                        "is_visible": is_visible,
                        "digest": _digest(things, arguments, blocks),
                        "inputs": _shapes(things, blocks, 0),
                        "outputs": _shapes(_new(answer), answer.blocks, len(things)),
                    })  # fmt: skip
            return answer

        return ask


class _Watching:
    """A launcher that knows which process it has started last."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self.process = 0

    def start(self, channel: int, output: int, plan: dict[str, object]) -> int:
        self.process = self._launcher.start(channel, output, plan)
        return self.process

    def end(self, child: int) -> End:
        return self._launcher.end(child)

    def close(self) -> None:
        self._launcher.close()


def _peak(process: int) -> int:
    """Read the most memory that a process has had in use, in bytes; 0 where nobody says."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0][1]) << 10 if lines else 0


def _new(answer: wire.Frame) -> list[wire.Node]:
    """Take the things that an answer brings; none where the call raised."""
    match answer.body:
        case ["ok", _, list(things), *_]:
            return things
    return []


def _shapes(things: list[wire.Node], blocks: Sequence[wire.Block], first: int) -> list[list[int]]:
    """List the shapes of the tensors that crossed, without parameters and gradients.

    Args:
        things: their descriptions, as the wire carries them.
        blocks: the bytes that they name.
        first: the number of the first thing.
    """
    found: dict[int, list[int]] = {}
    gradients = set()
    for number, thing in enumerate(things, first):
        match thing:
            case ["t", int(block), _, _, _, is_parameter, grad, _]:
                if not is_parameter:
                    found[number] = list(blocks[block].shape)
                if isinstance(grad, list):
                    gradients.add(grad[1])
    return [shape for number, shape in found.items() if number not in gradients]


def _digest(things: list[wire.Node], arguments: wire.Node, blocks: Sequence[wire.Block]) -> str:
    """Digest what a call was given: the values, not whether they ask for gradients."""
    forms = [
        thing[:1] if isinstance(thing, list) and thing[:1] == ["t"] else thing for thing in things
    ]
    digest = hashlib.sha256(json.dumps([forms, arguments], default=str).encode())
    for block in blocks:
        digest.update(f"{block.dtype} {block.shape}".encode())
        digest.update(block.data or b"")
    return digest.hexdigest()
