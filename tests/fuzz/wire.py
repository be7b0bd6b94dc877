"""Fuzzing the wire: honest answers, changed in a few places, are handed to the trusted side.

    python tests/fuzz/wire.py --cases 100000 --seed 1
    python tests/fuzz/wire.py --seed 1 --only 4711        one case again, with its traceback
    python tests/fuzz/wire.py --atheris -- -max_total_time=600

A small submission answers the questions of a few scenarios; its answers are recorded as bytes. A
case plays one scenario with one of the answers forged: nodes of the header replaced, exchanged,
repeated or dropped, tags and numbers altered, names swapped for others that torch knows, bits
flipped. The trusted side may raise a `WireError`, a `StudentError` or a `Mismatch` and nothing
else, within seconds and without taking memory that the frame did not pay for. What it accepts must
be usable: it is walked through and sent back.

pytest does not collect this file; the tests of the wire load it and run some thousands of cases.
With `--atheris`, if that is installed, the choices are made by a coverage-guided fuzzer.
"""

import argparse
import importlib
import random
import resource
import signal
import sys
import time
import traceback
import types
import warnings
from collections import Counter
from collections.abc import Sequence

import torch
from forging import Forgery, forge
from scenarios import CAPS, CHECKS, decode, recorded, student_of
from torch import nn

from grader.errors import CourseError, Mismatch, WireError
from grader.records import Outcome
from grader.sandbox import wire
from grader.sandbox.raised import StudentError, as_error

MAX_SECONDS = 5
REFUSALS = (WireError, StudentError, Mismatch)
MIB = 1 << 20


class Strict:
    """A side that knows no thing of the other side and refuses what cannot cross."""

    def handle(self, thing: object) -> int:
        """Number no thing."""
        return 0

    def resolve(self, handle: int) -> object | None:
        """Know no thing."""
        return None

    def adopt(self, handle: int, thing: object) -> None:
        """Forget it."""

    def join(self, graph: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
        """Have no graph."""
        return {}

    def mirror(self, class_name: str) -> nn.Module:
        """Stand in with a module that has nothing."""
        return nn.Module()

    def function(self, handle: int, name: str) -> object:
        """Stand in with a function that does nothing."""
        return lambda: None

    def refuse(self, value: object, why: str) -> wire.Node:
        """Answer as a host does."""
        raise CourseError(f"{type(value).__name__}: {why}")

    def refused(self, type_name: str) -> object:
        """Answer as a host does."""
        raise Mismatch(type_name)


def play(forgery: Forgery) -> str:
    """Let the trusted side read forged answers; what became of it.

    Raises:
        Exception: anything that is not the refusal it should be: the fuzzer's find.
    """
    rest = iter(forgery.answers)

    def exchange(body: list[wire.Node], _: Sequence[wire.Block]) -> wire.Frame:
        data = next(rest, None)
        frame = decode(data) if data is not None else None
        if frame is None or not frame.body:
            raise StudentError(Outcome.CRASHED, "the answers have ended")
        if frame.body[0] == "broken":
            raise WireError("broken")
        return frame

    try:
        if forgery.is_bare:
            result = _read_bare(exchange([], []))
        else:
            result = CHECKS[forgery.name](student_of(exchange))
    except REFUSALS as error:
        kind = next(kind for kind in REFUSALS if isinstance(error, kind))
        return f"{kind.__name__}: {' '.join(str(error).split()[:9])}"
    kinds = _walk(result)
    try:
        student_of(_take).square(result)
    except _Taken:
        return f"accepted {kinds}"
    except CourseError as error:
        return f"accepted, but not to be sent back: {' '.join(str(error).split()[6:20])}"


class _Taken(Exception):  # noqa: N818  The end of a way, no error.
    """A request has come as far as the other side."""


def _take(body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
    wire.pack(body, blocks)
    raise _Taken


def _read_bare(frame: wire.Frame) -> object:
    match frame.body:
        case ["ok", _, things, node, changes]:
            table = wire.Table(Strict())
            table.extend(things, frame.blocks)
            table.write(changes)
            return table.value(node)
        case ["raised", _, *fields]:
            raise as_error(fields)
    raise WireError("no answer")


def _walk(result: object) -> str:
    """Touch everything in a result once."""
    kinds: set[str] = set()
    seen: dict[int, object] = {}
    level = [result]
    while level:
        value = level.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        kinds.add(type(value).__name__)
        match value:
            case torch.Tensor():
                level.append(value.grad if value.is_leaf else None)
                assert value.is_meta or value.numel() * value.element_size() <= CAPS.payload_bytes
            case dict():
                level += [*value, *value.values()]
            case list() | tuple() | set() | frozenset():
                level += value
            case nn.Module():
                level += [value._parameters, value._buffers, value._modules]
                assert isinstance(value.training, bool)
            case torch.optim.Optimizer():
                level += [value.param_groups, dict(value.state)]
    return ",".join(sorted(kinds)[:4])


def case(seed: int, number: int) -> Forgery:
    """Forge one of the cases of a seed."""
    return forge(random.Random(f"{seed}/{number}"))


def peak_bytes() -> int:
    """Read how much memory this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _hang(*_: object) -> None:
    raise TimeoutError(f"not read after {MAX_SECONDS} s")


def run(cases: int, seed: int) -> int:
    """Play many cases and print what became of them; 1 if one was not refused as it should be."""
    signal.signal(signal.SIGALRM, _hang)
    outcomes: Counter[str] = Counter()
    failures, slowest, largest = 0, (0.0, -1), (0, -1)
    for number in range(-min(cases, 200), 0):  # What torch allocates once for all.
        attempt(case(seed, number))
    start, before = time.monotonic(), peak_bytes()
    for number in range(cases):
        peak, started = peak_bytes(), time.perf_counter()
        outcome, found = attempt(case(seed, number))
        slowest = max(slowest, (time.perf_counter() - started, number))
        largest = max(largest, (peak_bytes() - peak, number))
        outcomes[outcome] += 1
        if found:
            failures += 1
            print(f"case {number}: {outcome}")
    accepted = sum(count for outcome, count in outcomes.items() if outcome.startswith("accepted"))
    print(
        f"{cases} cases with seed {seed} in {time.monotonic() - start:.0f} s: {failures} escaped; "
        f"{accepted} accepted; {len(outcomes)} distinct outcomes\n"
        f"slowest {slowest[0] * 1000:.0f} ms (case {slowest[1]}); peak memory grew by "
        f"{(peak_bytes() - before) / MIB:.1f} MiB, at most {largest[0] / MIB:.1f} MiB in one "
        f"case ({largest[1]})"
    )
    return int(failures > 0)


def attempt(forgery: Forgery) -> tuple[str, bool]:
    """Play a case; what became of it, and whether that is a find."""
    signal.alarm(MAX_SECONDS)
    try:
        return play(forgery), False
    except Exception as error:  # Whatever escapes is what is looked for.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"ESCAPED {error!r:.200} at {frame.filename}:{frame.lineno}", True
    finally:
        signal.alarm(0)


class _Choices(random.Random):
    """Choices that a fuzzer makes: from its bytes while they last, then always the first."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._data = data
        self._at = 0

    def getrandbits(self, k: int, /) -> int:
        """Take the next bits."""
        count = (k + 7) // 8
        chunk = self._data[self._at : self._at + count]
        self._at += count
        return int.from_bytes(chunk, "little") & ((1 << k) - 1)

    def random(self) -> float:
        """Take the next fraction."""
        return self.getrandbits(16) / (1 << 16)


def guided(arguments: Sequence[str]) -> None:
    """Let atheris choose, guided by the lines of the wire and the proxy that a case reaches."""
    atheris = importlib.import_module("atheris")
    for name, module in list(sys.modules.items()):
        if name.startswith(("grader.sandbox.wire.", "grader.sandbox.proxy", "grader.sandbox.rais")):
            for member in vars(module).values():
                if isinstance(member, types.FunctionType) and member.__module__ == name:
                    member.__code__ = atheris.instrument_func(member).__code__
    atheris.Setup([sys.argv[0], *arguments], lambda data: play(forge(_Choices(data))))
    atheris.Fuzz()


def main() -> int:
    """Read the words of the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="play this case alone")
    parser.add_argument("--atheris", action="store_true", help="guided by coverage")
    parser.add_argument("rest", nargs="*", help="for atheris, after --")
    words = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("error")
    for name in CHECKS:
        recorded(name)
    if words.atheris:
        guided(words.rest)
    if words.only is not None:
        print(play(case(words.seed, words.only)))
        return 0
    return run(words.cases, words.seed)


if __name__ == "__main__":
    sys.exit(main())
