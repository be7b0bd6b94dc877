"""How the fuzzer forges an answer: it changes its header in a few places, or flips its bits."""

import contextlib
import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from scenarios import CAPS, CHECKS, recorded

from grader.errors import WireError
from grader.sandbox.wire import frames

MOST_PAYLOAD = 1 << 20  # bytes

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


@dataclass(frozen=True)
class Forgery:
    """A scenario, and the answers that its questions get."""

    name: str
    answers: tuple[bytes, ...]
    is_bare: bool  # Read by a table without a call, instead of through the proxy.


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
    return (payload + bytes(wanted))[:wanted] if wanted <= MOST_PAYLOAD else payload


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
