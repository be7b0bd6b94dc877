"""What the fuzzer forges: a small submission, the checks that question it, its honest answers."""

import contextlib
import functools
import types
from collections.abc import Callable, Sequence

import torch
from torch import nn

from grader.sandbox import wire
from grader.sandbox.child.service import Service
from grader.sandbox.proxy import Student
from grader.sandbox.raised import StudentError

CAPS = wire.Caps(header_bytes=1 << 20, payload_bytes=64 << 20)


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


# Recording


class _Ground:
    """A service's ground without a process of its own."""

    module_names: frozenset[str] = frozenset()

    def remains(self) -> str:
        """Find nothing."""
        return ""

    def reset(self, seed: int) -> None:
        """Set nothing but the generator."""
        torch.manual_seed(seed)


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


def student_of(exchange: Callable[..., wire.Frame]) -> Student:
    """Make the student that a check sees, with an exchange behind it."""
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
        CHECKS[name](student_of(exchange))
    return tuple(answers)
