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
import contextlib
import copy
import functools
import importlib
import json
import random
import resource
import signal
import sys
import time
import traceback
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from grader.errors import CourseError, Mismatch, WireError
from grader.records import Outcome
from grader.sandbox import wire
from grader.sandbox.child.service import Service
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError, as_error
from grader.sandbox.wire import frames

CAPS = wire.Caps(header_bytes=1 << 20, payload_bytes=64 << 20)
MAX_SECONDS = 5
REFUSALS = (WireError, StudentError, Mismatch)
MIB = 1 << 20


# The submission


class Net(nn.Module):
    """A module of the student's own, with buffers and a part of torch's."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("mean", torch.zeros(2), persistent=False)
        self.width = 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the parts."""
        return self.inner(x) * self.scale - self.mean


def values() -> object:
    """Return one of each kind of value."""
    shared = [1, 2.5, "text", None, True]
    plain = {"a": shared, ("k", 1): (shared, (1, (2, (3,)))), 7: {1, 2}, "e": []}
    rare = (1 + 2j, b"bytes", torch.float64, torch.device("cpu"), torch.Size([2, 3]))
    return plain, rare, frozenset({"x", 3}), float("nan"), -(1 << 80), shared


def tensors() -> object:
    """Return tensors of many dtypes and shapes, a parameter, a generator."""
    dtypes = (torch.float32, torch.int64, torch.bool, torch.bfloat16, torch.complex64)
    made = [torch.ones(2, 3).to(dtype) for dtype in dtypes]
    scalar, empty, ghost = torch.tensor(2.0), torch.empty(0, 4), torch.empty(4, 4, device="meta")
    parameter = nn.Parameter(torch.arange(3.0))
    parameter.grad = torch.ones(3)
    return [*made, scalar, empty, ghost, parameter], torch.Generator().manual_seed(1)


def square(x: torch.Tensor) -> object:
    """Return two results within a graph."""
    return x * x, [x.sum()]


def alter(items: list, names: dict, x: torch.Tensor, hidden: torch.Tensor, dice) -> object:
    """Change every argument in place."""
    items.append({"new": torch.ones(2)})
    names["b"] = items
    with torch.no_grad():
        x += 1
    hidden.mul_(3)
    torch.rand(3, generator=dice)
    return hidden


def learn(net: nn.Module, optimizer: torch.optim.Optimizer) -> float:
    """Do one step of training."""
    loss = net(torch.ones(4, 3)).square().sum()
    loss.backward()
    optimizer.step()
    net.eval()
    return float(loss.detach())


def kit() -> object:
    """Return a module, an optimizer with state, and a function."""
    net = nn.Sequential(nn.Linear(2, 2), nn.Embedding(3, 2), nn.Conv1d(1, 1, 2), nn.LayerNorm(2))
    optimizer = torch.optim.Adam([{"params": net[0].parameters()}, {"params": [net[1].weight]}])
    net[0](torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {"optimizer": optimizer, "net": net, "function": square, "own": Net()}


def fail(x: int) -> None:
    """Raise."""
    raise ValueError(f"{x} is too small")


# The checks


def _pulled(results: object) -> object:
    """Go back through the graph, if there is one."""
    ends = [
        result
        for result in (results if isinstance(results, tuple | list) else [results])
        if isinstance(result, torch.Tensor) and result.requires_grad and not result.is_meta
    ]
    torch.autograd.backward(ends, [torch.ones_like(end) for end in ends])
    return results


def _check_graph(student: Student) -> object:
    x = torch.ones(3, requires_grad=True)
    return _pulled(student.square(x)), x


def _check_altered(student: Student) -> object:
    x = torch.zeros(2)
    hidden = torch.ones(2, requires_grad=True) * 2
    arguments = [1, [2]], {"a": 1}, x, hidden, torch.Generator().manual_seed(3)
    return _pulled(student.alter(*arguments)), arguments


def _check_learned(student: Student) -> object:
    net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    return student.learn(net, optimizer), net, optimizer


def _check_module(student: Student) -> object:
    net = student.Net()
    if not hasattr(type(net), "handle") and type(net).__name__ != "RemoteModule":
        return net
    return net, _pulled(net(torch.ones(4, 3))), net.width


CHECKS: dict[str, Callable[[Student], object]] = {
    "values": lambda student: student.values(),
    "tensors": lambda student: student.tensors(),
    "graph": _check_graph,
    "altered": _check_altered,
    "learned": _check_learned,
    "kit": lambda student: student.kit(),
    "module": _check_module,
    "fail": lambda student: student.fail(1),
}


# Recording and playing


class _Ground:
    """A service's ground without a process of its own."""

    module_names: frozenset[str] = frozenset()

    def remains(self) -> str:
        """Find nothing."""
        return ""

    def reset(self, seed: int) -> None:
        """Set nothing but the generator."""
        torch.manual_seed(seed)


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


def decode(data: bytes) -> wire.Frame | None:
    """Receive a frame from bytes; None where they end too early."""
    decoder = wire.receive(CAPS)
    wanted, rest = next(decoder), data
    while True:
        if len(rest) < wanted:
            return None
        part, rest = bytearray(rest[:wanted]), rest[wanted:]
        try:
            wanted = decoder.send(memoryview(part))
        except StopIteration as done:
            return done.value


def _submission() -> types.ModuleType:
    module = types.ModuleType("submission")
    for code in (values, tensors, square, alter, learn, kit, fail, Net):
        setattr(module, code.__name__, code)
    return module


def _student(exchange: Callable[..., wire.Frame]) -> Student:
    return Student(exchange, dict.fromkeys(vars(_submission()), True), ["submission.py"], {})


@functools.cache
def recorded(name: str) -> tuple[bytes, ...]:
    """Run a scenario honestly, and keep the answers as bytes."""
    torch.manual_seed(0)
    service = Service(_Ground(), [_submission()])
    answers: list[bytes] = []

    def exchange(body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
        request = decode(b"".join(wire.pack(body, blocks)))
        answers.append(b"".join(wire.pack(*service.answer(request.body, request.blocks))))
        return decode(answers[-1])

    with contextlib.suppress(StudentError):
        CHECKS[name](_student(exchange))
    return tuple(answers)


@dataclass(frozen=True)
class Forgery:
    """A scenario, and the answers that its questions get."""

    name: str
    answers: tuple[bytes, ...]
    is_bare: bool  # Read by a table without a call, instead of through the proxy.


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
            result = CHECKS[forgery.name](_student(exchange))
    except REFUSALS as error:
        kind = next(kind for kind in REFUSALS if isinstance(error, kind))
        return f"{kind.__name__}: {' '.join(str(error).split()[:9])}"
    kinds = _walk(result)
    try:
        _student(_take).square(result)
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


# Forging

NUMBERS = (0, 1, 2, -1, 3, 5, 255, *(1 << bits for bits in (31, 40, 58, 62, 63, 64, 99)), -9)
FLOATS = (0.0, -0.0, 1e308, float("nan"), float("inf"), -1.5)
WORDS = (
    "", "@", "t", "l", "d", "s", "m", "O", "g", "f", "u", "z", "fs", "c", "b", "dt", "dv", "x",
    "ok", "raised", "params", "lr", "cpu", "meta", "cuda", "cuda:300", "xla", "mps", "mkldnn",
    "cpu:0", "privateuseone", "\ud800", "a\0b", "no such thing", "zz", "float32", "float64",
    "bool", "complex128", "float8_e5m2", "uint64", "onnx", "_dynamo", "manual_seed", "Tensor",
    "Linear", "Sequential", "Module", "LazyLinear", "GRU", "MultiheadAttention", "DataParallel",
    "Conv2d", "Net", "Parameter", "SGD", "Adam", "LBFGS", "Muon", "Adagrad", "Optimizer",
    "forward", "__class__", "__dict__", "_parameters", "_modules", "training", "handle",
    "_student", "weight", "0", "in_features", "state", "ValueError", "ExceptionGroup",
)  # fmt: skip
TAGS = ("@", "t", "l", "d", "s", "m", "O", "g", "f", "u", "z", "fs", "c", "b", "dt", "dv", "x")


def forge(rng: random.Random) -> Forgery:
    """Choose a scenario, and change one of its answers in one to five places."""
    name = rng.choice(list(CHECKS))
    answers = list(recorded(name))
    which = rng.randrange(len(answers))
    is_bare = which == 0 and rng.random() < 0.3
    header, payload = _split(answers[which])
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        _mutate(header, rng)
    if rng.random() < 0.9:
        payload = _fitting(header[-1], payload)
    answers[which] = _joined(header, payload, rng)
    return Forgery(name, tuple(answers), is_bare)


def _split(data: bytes) -> tuple[list, bytes]:
    _, length, _ = frames.PREFIX.unpack_from(data)
    start = frames.PREFIX.size
    return json.loads(data[start : start + length]), data[start + length :]


def _joined(header: list, payload: bytes, rng: random.Random) -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    data = bytearray(frames.PREFIX.pack(frames.MAGIC, len(text), len(payload)) + text + payload)
    if rng.random() < 0.15:
        for _ in range(rng.choice((1, 1, 4))):
            # Anywhere, or in the prefix.
            place = rng.randrange(rng.choice((len(data), frames.PREFIX.size)))
            data[place] ^= 1 << rng.randrange(8)
    return bytes(data)


def _fitting(table: object, payload: bytes) -> bytes:
    """Cut or stretch a payload to what its tensors announce, so that more than lengths is tried."""
    wanted = 0
    for entry in table if isinstance(table, list) else []:
        with contextlib.suppress(WireError):
            dtype, shape, has_data = frames._entry(entry)
            size = frames.size_of(dtype, shape) if has_data else 0
            wanted += size + -size % frames.ALIGNMENT
    return (payload + bytes(wanted))[:wanted] if wanted <= MIB else payload


def _lists(node: object) -> Iterator[list]:
    if isinstance(node, list):
        yield node
        for child in node:
            yield from _lists(child)


def _mutate(header: list, rng: random.Random) -> None:
    """Change one place of a header."""
    part = header[-1] if rng.random() < 0.15 else header[0]
    places = [node for node in _lists(part) if node]
    if places:
        place = rng.choice(places)
        rng.choice(CHANGES)(place, rng.randrange(len(place)), places, rng)


def _set_any(place: list, at: int, _: list[list], rng: random.Random) -> None:
    kinds = (NUMBERS, WORDS, (*FLOATS, None, True, False))
    place[at] = rng.choice(rng.choice(kinds))


def _set_alike(_: list, __: int, places: list[list], rng: random.Random) -> None:
    """Put a word in the place of a word, or a number in the place of a number."""
    kind, others = rng.choice(((str, WORDS), (int, NUMBERS)))
    spots = [(p, i) for p in places for i, child in enumerate(p) if type(child) is kind]
    if spots:
        place, at = rng.choice(spots)
        place[at] = rng.choice(others)


def _set_list(place: list, at: int, _: list[list], rng: random.Random) -> None:
    place[at] = _some_list(rng)


def _copy(place: list, at: int, places: list[list], rng: random.Random) -> None:
    """Put another node here: a copy, since a list that held itself could not be written."""
    place[at] = copy.deepcopy(rng.choice(rng.choice(places)))


def _drop(place: list, at: int, _: list[list], __: random.Random) -> None:
    del place[at]


def _repeat(place: list, at: int, _: list[list], rng: random.Random) -> None:
    """Repeat a node, no more often than the cap on a header lets through."""
    most = (CAPS.header_bytes >> 3) // len(json.dumps(place[at]))
    copies = min(rng.choice((1, 1, 2, 50, 2000)), most)
    place[at:at] = [copy.deepcopy(place[at]) for _ in range(copies)]


def _retag(place: list, _: int, __: list[list], rng: random.Random) -> None:
    place[0] = rng.choice(TAGS)


def _count(place: list, _: int, __: list[list], rng: random.Random) -> None:
    """Alter a number, or turn a truth value around."""
    spots = [i for i, child in enumerate(place) if type(child) in (int, bool)]
    if spots:
        at = rng.choice(spots)
        place[at] = rng.choice((place[at] + 1, place[at] - 1, -place[at], not place[at]))


def _graft(place: list, at: int, _: list[list], rng: random.Random) -> None:
    """Put a part of another scenario's answer here."""
    donor, _ = _split(rng.choice(recorded(rng.choice(list(CHECKS)))))
    place[at] = rng.choice([node for node in _lists(donor[0]) if node])


CHANGES = (_set_any, _set_any, _set_alike, _set_alike, _set_alike, _set_list, _copy, _drop,
           _repeat, _retag, _count, _count, _graft)  # fmt: skip


def _some_list(rng: random.Random) -> object:
    deep: object = rng.choice(NUMBERS)
    tag = rng.choice(TAGS)
    for _ in range(rng.choice((1, 1, 2, 40, 90, 200))):
        deep = [tag, deep]
    collided = [tag, *(k * ((1 << 61) - 1) for k in range(rng.choice((3, 600))))]
    return rng.choice(([], deep, ["@", rng.randrange(12)], ["x", "T"], collided, [[], []]))


# Running


def _case(seed: int, number: int) -> Forgery:
    return forge(random.Random(f"{seed}/{number}"))


def _peak_bytes() -> int:
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
        _try(_case(seed, number))
    start, before = time.monotonic(), _peak_bytes()
    for number in range(cases):
        peak, started = _peak_bytes(), time.perf_counter()
        outcome, found = _try(_case(seed, number))
        slowest = max(slowest, (time.perf_counter() - started, number))
        largest = max(largest, (_peak_bytes() - peak, number))
        outcomes[outcome] += 1
        if found:
            failures += 1
            print(f"case {number}: {outcome}")
    accepted = sum(count for outcome, count in outcomes.items() if outcome.startswith("accepted"))
    print(
        f"{cases} cases with seed {seed} in {time.monotonic() - start:.0f} s: {failures} escaped; "
        f"{accepted} accepted; {len(outcomes)} distinct outcomes\n"
        f"slowest {slowest[0] * 1000:.0f} ms (case {slowest[1]}); peak memory grew by "
        f"{(_peak_bytes() - before) / MIB:.1f} MiB, at most {largest[0] / MIB:.1f} MiB in one "
        f"case ({largest[1]})"
    )
    return int(failures > 0)


def _try(forgery: Forgery) -> tuple[str, bool]:
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
        print(play(_case(words.seed, words.only)))
        return 0
    return run(words.cases, words.seed)


if __name__ == "__main__":
    sys.exit(main())
