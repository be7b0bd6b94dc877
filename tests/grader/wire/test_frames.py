"""Frames as bytes: what is packed is received, and whatever breaks a rule is refused early."""

import json
import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.errors import WireError
from grader.sandbox import wire
from grader.sandbox.wire import frames

# A busy machine is no failure.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
NODES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=20)


@st.composite
def blocks(draw):
    """Draw a block with as many bytes as its dtype and shape have, or without data."""
    dtype = draw(st.sampled_from(sorted(frames.ITEM_BYTES)))
    shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
    size = frames.size_of(dtype, shape)
    data = draw(st.none() | st.binary(min_size=size, max_size=size).map(memoryview))
    return wire.Block(dtype, shape, data)


def receive(data, caps=None):
    """Receive a frame from bytes that are long enough."""
    decoder = wire.receive(caps or wire.Caps())
    wanted, at = next(decoder), 0
    while True:
        chunk = memoryview(data)[at : at + wanted]
        assert len(chunk) == wanted
        at += wanted
        try:
            wanted = decoder.send(chunk)
        except StopIteration as done:
            return done.value


def complaint(data, caps=None):
    """Give the sentence with which a frame is refused."""
    with pytest.raises(WireError) as caught:
        receive(data, caps)
    return str(caught.value)


@PATIENT
@given(st.lists(NODES), st.lists(blocks(), max_size=4))
@example([float("inf"), -0.0, "\ud800", 1 << 8191], [])
def test_round_trip(body, sent):
    """A message arrives as it was packed: its body, and each block with its bytes."""
    frame = receive(b"".join(wire.pack(body, sent)))

    assert repr(frame.body) == repr(body)
    assert list(frame.blocks) == sent


def test_tensors_are_aligned():
    """Every tensor begins at a multiple of 64 bytes of the payload."""
    parts = [bytes([size]) * size for size in (1, 64, 65, 0, 3)]
    sent = [wire.Block("uint8", (len(part),), memoryview(part)) for part in parts]
    data = b"".join(wire.pack([], sent))
    _, header_length, length = frames.PREFIX.unpack_from(data)
    payload = data[frames.PREFIX.size + header_length :]

    assert length == len(payload) == 64 + 64 + 128 + 0 + 64
    assert [payload[at] for at in (0, 1, 64, 128, 192, 256, 259)] == [1, 0, 64, 65, 65, 3, 0]


def test_decoder_asks_for_each_part_by_its_size(frame):
    """The decoder wants the prefix, then the header, then the payload, each to the byte."""
    data = frame('[[1],[["uint8",[3],true]]]', bytes(64))
    decoder = wire.receive(wire.Caps())

    assert next(decoder) == 16
    assert decoder.send(memoryview(data)[:16]) == 26
    assert decoder.send(memoryview(data)[16:42]) == 64


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("{}", "a header holds a JSON object; only lists may stand there"),
        ('[[{"a":1}],[]]', "a header holds a JSON object; only lists may stand there"),
        ("[[],[]", "a header is not JSON: JSONDecodeError"),
        ("", "a header is not JSON: JSONDecodeError"),
        (b"\xff", "a header is not JSON: UnicodeDecodeError"),
        ("[[],[]]".encode("utf-16"), "a header is not JSON: UnicodeDecodeError"),
        ('[["é"],[]]', "a header is not JSON: UnicodeDecodeError"),
        (f"[[{'9' * 5000}],[]]", "a header is not JSON: ValueError"),
        ("[" * 5000 + "]" * 5000, "a header is not JSON: RecursionError"),
        ("[[]]", "a header is not a pair of lists"),
        ("[[],[],[]]", "a header is not a pair of lists"),
        ("[[],1]", "a header is not a pair of lists"),
        ('"text"', "a header is not a pair of lists"),
        ("NaN", "a header is not a pair of lists"),
    ],
)
def test_headers(frame, header, sentence):
    """A header that is anything but a pair of lists of plain JSON is refused."""
    assert complaint(frame(header)) == sentence


@pytest.mark.parametrize(
    "entry",
    [
        ["int128", [1], False],
        ["__class__", [1], False],
        [1, [1], False],
        ["uint8", [-1], False],
        ["uint8", [True], False],
        ["uint8", [1.0], False],
        ["uint8", ["1"], False],
        ["uint8", [[1]], False],
        ["uint8", 1, False],
        ["uint8", [1], 1],
        ["uint8", [1]],
        ["uint8", [1] * 65, False],
        ["uint8", [1 << 62], False],
        ["uint8", [1 << 31, 1 << 31], False],
        ["uint8", [0, 1 << 31, 1 << 31], False],
        ["complex128", [1 << 58], False],
        "uint8",
        [],
    ],
)
def test_entries(frame, entry):
    """A tensor of an unknown dtype, or with a shape that torch could not hold, is refused."""
    header = json.dumps([[], [entry]])

    assert complaint(frame(header)) == "a tensor's entry is not [known dtype, shape, has_data]"


@pytest.mark.parametrize(
    ("caps", "sentence"),
    [
        (wire.Caps(header_bytes=31), "a frame announces 32 header bytes; the cap is 31"),
        (wire.Caps(payload_bytes=63), "a frame announces 64 payload bytes; the cap is 63"),
        (wire.Caps(nodes=11), "a frame announces 12 nodes; the cap is 11"),
        (wire.Caps(depth=3), "a frame announces 4 levels; the cap is 3"),
        (wire.Caps(blocks=0), "a frame announces 1 tensors; the cap is 0"),
    ],
)
def test_caps(frame, caps, sentence):
    """What exceeds a cap is refused, with the number that was announced."""
    data = frame('[[[1,[2]]],[["uint8",[2],true]]]', bytes(64))

    assert complaint(data, caps) == sentence
    assert receive(data, wire.Caps(32, 64, 1, 12, 5)).body == [[1, [2]]]


@pytest.mark.parametrize("announced", [0, 63, 65, 128])
def test_payload_length(frame, announced):
    """The payload is as long as its tensors need, padding included, or the frame is refused."""
    data = frame('[[],[["uint8",[3],true],["uint8",[9],false]]]', bytes(announced))
    sentence = f"the tensors need 64 bytes, the frame announces {announced}"

    assert complaint(data) == sentence


def test_magic(frame):
    """A stream that is not one of ours is refused by its first bytes."""
    sentence = "a frame starts with b'HTTP'; expected b'GRW1'"

    assert complaint(frame("[[],[]]", magic=b"HTTP")) == sentence


def test_lengths_are_refused_before_anything_is_wanted():
    """A length above its cap is refused on the prefix alone: nothing is allocated for it."""
    for lengths in [(1 << 31, 0), (10, 1 << 63)]:
        decoder = wire.receive(wire.Caps())
        next(decoder)
        with pytest.raises(WireError, match=r"^a frame announces \d+ (header|payload) bytes"):
            decoder.send(memoryview(frames.PREFIX.pack(frames.MAGIC, *lengths)))


@pytest.mark.parametrize("part", ["[],", '"",', "1e9,", "null,", '{"a":1},', '"[",', "[[],[]],"])
def test_nodes_are_counted_before_they_are_built(frame, part):
    """A header of a megabyte with too many nodes costs little more than its own text."""
    header = "[[" + part * ((1 << 20) // len(part)) + "0],[]]"
    data, caps = frame(header), wire.Caps(nodes=50_000)
    tracemalloc.start()
    complaint(data, caps)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3 << 20


@pytest.mark.parametrize(
    "header", ['"' + '\\"' * 500_000, '"\\' * 500_000, "[" * 900_000, "-" * 999]
)
def test_headers_are_read_in_linear_time(frame, header):
    """A megabyte of anything is refused within a second."""
    started = time.process_time()
    complaint(frame(header))

    assert time.process_time() - started < 1


@settings(deadline=None, max_examples=500)
@given(st.data())
def test_altered_bytes(data):
    """Bytes with some bits flipped are a frame, an unfinished one, or a WireError; nothing else."""
    sent = [wire.Block("uint8", (3,), memoryview(b"abc")), wire.Block("int64", (2, 9), None)]
    honest = bytearray(b"".join(wire.pack([1, [None, "text", -2.5], ["@", 0]], sent)))
    for place in data.draw(st.lists(st.integers(0, len(honest) - 1), min_size=1, max_size=4)):
        honest[place] ^= 1 << data.draw(st.integers(0, 7))
    decoder = wire.receive(wire.Caps(header_bytes=1 << 20))
    wanted, rest = next(decoder), memoryview(honest)
    try:
        while wanted <= len(rest):
            wanted, rest = decoder.send(rest[:wanted]), rest[wanted:]
    except WireError:
        pass
    except StopIteration as done:
        assert type(done.value) is wire.Frame  # noqa: PT017  The generator's answer.
