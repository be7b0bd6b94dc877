"""Two sides of the wire in one process: what a value becomes when it has crossed as bytes."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox import wire
from grader.sandbox.wire import frames

FUZZER = Path(__file__).parents[2] / "fuzz" / "wire.py"


class Refused(Exception):  # noqa: N818  An answer, no error.
    """A value that could not cross, with the reason."""


class Mirror(nn.Module):
    """What stands for a module of another class."""

    def __init__(self, name):
        super().__init__()
        self.name = name


class Side:
    """One side: keeps what has a handle, refuses what cannot cross."""

    def __init__(self, is_owner):
        self.is_owner = is_owner
        self.kept = {}
        self.handles = {}
        self.joined = []

    def handle(self, thing):
        """Number each thing on the side of the student, and only what came from there here."""
        known = self.handles.get(id(thing), 0)
        if known or not self.is_owner:
            return known
        self.adopt(len(self.kept) + 1, thing)
        return self.handles[id(thing)]

    def resolve(self, handle):
        """Find what was kept."""
        return self.kept.get(handle)

    def adopt(self, handle, thing):
        """Keep."""
        self.kept[handle] = thing
        self.handles[id(thing)] = handle

    def join(self, graph):
        """Remember which tensors are within a graph."""
        self.joined += graph
        return {}

    def mirror(self, class_name):
        """Make an empty module."""
        return Mirror(class_name)

    def function(self, handle, name):
        """Make something with the name."""
        return f"function {name}"

    def refuse(self, value, why):
        """Raise where a host would."""
        raise Refused(f"{type(value).__name__}: {why}")

    def refused(self, type_name):
        """Raise where a host would."""
        raise Refused(type_name)


def receive(data, caps=None):
    """Receive one frame from bytes, which must be exactly as long as the decoder wants."""
    decoder = wire.receive(caps or wire.Caps())
    wanted, rest = next(decoder), data
    while True:
        # Memory of its own for each part, as both sides take it.
        part, rest = bytearray(rest[:wanted]), rest[wanted:]
        if len(part) < wanted:
            raise EOFError
        try:
            wanted = decoder.send(memoryview(part))
        except StopIteration as done:
            assert not rest
            return done.value


class Exchange:
    """A call and its answer: `send` takes values there, `answer` brings changes back."""

    def __init__(self, is_owner=False):
        self.here = wire.Table(Side(is_owner))
        self.there = wire.Table(Side(not is_owner))
        self.changed = []

    def send(self, value):
        """Take a value to the other side."""
        node = self.here.node(value)
        things, blocks = self.here.sent()
        frame = receive(b"".join(wire.pack([node, things], blocks)))
        self.there.extend(frame.body[1], frame.blocks)
        return self.there.value(frame.body[0])

    def answer(self, value=None):
        """Bring back what was changed over there, and a value; `changed` lists the things."""
        node = self.there.node(value)
        changes = self.there.changes()
        things, blocks = self.there.sent()
        frame = receive(b"".join(wire.pack([node, things, changes], blocks)))
        self.here.extend(frame.body[1], frame.blocks)
        self.here.write(frame.body[2])
        self.changed = [self.here.values[number] for number, _ in frame.body[2]]
        return self.here.value(frame.body[0])


@pytest.fixture(scope="session")
def exchange():
    """Begin a call from the host to the student's side."""
    return Exchange


@pytest.fixture(scope="session")
def cross():
    """Take one value across, from the student's side to the host."""
    return lambda value: Exchange(is_owner=True).send(value)


@pytest.fixture(scope="session")
def refused(cross):
    """Give the reason why a value does not cross."""

    def reason(value):
        with pytest.raises(Refused) as caught:
            cross(value)
        return str(caught.value)

    return reason


@pytest.fixture(scope="session")
def read():
    """Read descriptions and a value as the host reads a forged frame."""

    def read(things, node=None, blocks=(), changes=()):
        frame = receive(b"".join(wire.pack([things, node, list(changes)], blocks)))
        table = wire.Table(Side(is_owner=False))
        table.extend(frame.body[0], frame.blocks)
        table.write(frame.body[2])
        return table.value(frame.body[1])

    return read


@pytest.fixture(scope="session")
def complaint(read):
    """Give the WireError that a forged frame is answered with."""

    def said(*arguments, **named):
        with pytest.raises(WireError) as caught:
            read(*arguments, **named)
        return str(caught.value)

    return said


@pytest.fixture(scope="session")
def block():
    """Lay out a tensor as a block."""

    def make(tensor):
        return wire.Block(
            str(tensor.dtype).removeprefix("torch."),
            tuple(tensor.shape),
            memoryview(bytearray(tensor.numel() * tensor.element_size())),
        )

    return make


@pytest.fixture(scope="session")
def frame():
    """Make a frame's bytes from the text of its header."""

    def make(header, payload=b"", length=None, magic=frames.MAGIC):
        data = header if isinstance(header, bytes) else header.encode()
        length = len(data) if length is None else length
        return frames.PREFIX.pack(magic, length, len(payload)) + data + payload

    return make


@pytest.fixture(scope="session")
def fuzzer() -> ModuleType:
    """Load the fuzzer, which is no test and no package."""
    sys.path.append(str(FUZZER.parent))
    spec = importlib.util.spec_from_file_location("wire_fuzzer", FUZZER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.set_num_threads(1)
    for name in module.CHECKS:
        module.recorded(name)
    return module
