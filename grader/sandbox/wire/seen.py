"""What a witness saw of one call, as plain data, and how it crosses: counts, flags, names.

The child writes it beside its answer when a call is watched. It is the child's own word. Every
field is held to its type and to a cap when it is read, so that a forged one is a `WireError`; a
plausible lie is not noticed, so what stands here may cost points and must never be all that earns
them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.errors import WireError
from grader.sandbox.wire.frames import Node
from grader.sandbox.wire.plain import MAX_NAME, expect

MAX_NAMES = 1000  # of functions, and of classes; further names are not counted
MAX_FORWARDS = 10_000  # of outermost forward passes; further ones are not listed
MAX_COUNT = 1 << 62

# What torch or Python are set to, apart from the random numbers.
SETTINGS = (
    "grad mode",
    "default dtype",
    "default device",
    "thread count",
    "deterministic algorithms",
    "anomaly detection",
)


@dataclass(frozen=True)
class Forward:
    """One forward pass of a module that no other module called."""

    is_training: bool
    is_recording: bool  # gradients were switched on


@dataclass(frozen=True)
class Seen:
    """What one call did.

    `functions` counts what the code itself called of torch, by the bare name: "softmax" for
    `torch.softmax`, `F.softmax` and `x.softmax`, "matmul" for `@`, "T" for the attribute. `modules`
    counts forward passes by class, its bases included; `skipped` those of them that were called as
    `module.forward(x)`. `calls` are operations of torch at its lowest level, also those of a
    backward pass; `operations` their multiply-adds and the elements they wrote; `allocated` the
    bytes of the tensors they made; `recorded` the results that remember how they were computed.
    `seeded` counts calls that seed torch's or Python's generator for good; `is_drawn` says whether
    torch's generator stands elsewhere than before; `changed` names settings with what they were and
    what they are.
    """

    functions: Mapping[str, int]
    modules: Mapping[str, int]
    skipped: Mapping[str, int]
    forwards: tuple[Forward, ...]
    calls: int
    operations: int
    allocated: int
    recorded: int
    seeded: int
    is_drawn: bool
    changed: Mapping[str, tuple[str, str]]
    cpu_s: float

    def manner(self) -> object:
        """Give what two codes that do the same share, however they are written."""
        is_seen = (self.recorded > 0, self.seeded > 0, self.is_drawn, bool(self.skipped))
        return is_seen, frozenset(self.forwards), dict(self.changed)


def write(seen: Seen) -> Node:
    """Write what was seen."""
    return [
        _pairs(seen.functions),
        _pairs(seen.modules),
        _pairs(seen.skipped),
        [each.is_training + 2 * each.is_recording for each in seen.forwards],
        seen.calls,
        seen.operations,
        seen.allocated,
        seen.recorded,
        seen.seeded,
        seen.is_drawn,
        [[name, *values] for name, values in seen.changed.items()],
        seen.cpu_s,
    ]


def read(node: Node) -> Seen:
    """Read what the child says that it saw.

    Raises:
        WireError: a field is of another type, or larger than it can be.
    """
    fields = expect(node, list, 12)
    functions, modules, skipped, forwards, *counts, is_drawn, changed, cpu_s = fields
    flags = _listed(forwards, MAX_FORWARDS)
    calls, operations, allocated, recorded, seeded = map(_count, counts)
    return Seen(
        _counts(functions),
        _counts(modules),
        _counts(skipped),
        tuple(map(_forward, flags)),
        calls,
        operations,
        allocated,
        recorded,
        seeded,
        expect(is_drawn, bool),
        dict(map(_change, _listed(changed, len(SETTINGS)))),
        _seconds(cpu_s),
    )


def _pairs(counts: Mapping[str, int]) -> list[Node]:
    return [[name, count] for name, count in counts.items()]


def _listed(node: Node, most: int) -> Iterable[Node]:
    items = expect(node, list)
    if len(items) > most:
        raise WireError(f"a report of a call lists {len(items)} where {most} can be")
    return items


def _counts(node: Node) -> dict[str, int]:
    found = {}
    for item in _listed(node, MAX_NAMES):
        name, count = expect(item, list, 2)
        found[_name(name)] = _count(count)
    return found


def _name(node: Node) -> str:
    name = expect(node, str)
    if len(name) > MAX_NAME:
        raise WireError(f"a report of a call has a name of {len(name)} characters")
    return name


def _count(node: Node) -> int:
    count = expect(node, int)
    if not 0 <= count <= MAX_COUNT:
        raise WireError("a report of a call counts more than can be, or less than nothing")
    return count


def _forward(node: Node) -> Forward:
    flags = _count(node)
    if flags > 3:
        raise WireError(f"a report of a call has the flags {flags}")
    return Forward(bool(flags & 1), bool(flags & 2))


def _change(node: Node) -> tuple[str, tuple[str, str]]:
    name, before, after = map(_name, expect(node, list, 3))
    if name not in SETTINGS:
        raise WireError("a report of a call names a setting that there is not")
    return name, (before, after)


def _seconds(node: Node) -> float:
    seconds = expect(node, float)
    # Written so that NaN is refused.
    if not 0 <= seconds < MAX_COUNT:
        raise WireError("a report of a call took no time that can be")
    return seconds
