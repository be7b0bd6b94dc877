"""Plain values: each arrives as what it is, and nothing of a subclass comes along."""

import collections
import enum
import math
import sys
import time

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
M61 = (1 << 61) - 1  # Integers that differ by this have the same hash.

DTYPES = sorted(
    {value for value in vars(torch).values() if isinstance(value, torch.dtype)}, key=str
)
SIZES = st.lists(st.integers(0, (1 << 62) - 1), max_size=4).map(torch.Size)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(0, 8191).map(lambda bits: -(1 << bits)),
    st.floats(),
    st.text(st.characters()),
    st.complex_numbers(),
    st.binary(),
    st.sampled_from(DTYPES),
    st.sampled_from(["cpu", "meta", "cuda", "cuda:1", "mps"]).map(torch.device),
    SIZES,
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3) | st.tuples(inner),
    max_leaves=12,
)


def same(left, right):
    """Compare by type and value: 1 is not True, a NaN is itself, -0.0 is not 0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, frozenset):
        return sorted(map(repr, left)) == sorted(map(repr, right)) or repr(left).count("frozen") > 1
    return repr(left) == repr(right)


@PATIENT
@given(VALUES)
def test_round_trip(cross, value):
    """A plain value arrives with its type and its every bit."""
    assert same(cross(value), value)


def test_nested_frozensets(cross):
    """A set within a set arrives, whatever order it is written in."""
    value = frozenset({frozenset({1, 2, "a"}), frozenset(), (frozenset({None}),)})

    assert cross(value) == value


@pytest.mark.parametrize("number", [1 << 8192, -(1 << 8192), 1 << 100_000], ids=int.bit_length)
def test_huge_integers(refused, number):
    """An integer of more than 8192 bits is refused."""
    assert refused(number) == "int: it has more than 8192 bits"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (range(3), "range: "),
        (object(), "object: "),
        (iter([]), "list_iterator: "),
        (bytearray(b"a"), "bytearray: "),
        (Ellipsis, "ellipsis: "),
        (torch.device("xla"), "device: xla"),
        (torch.strided, "layout: "),
    ],
)
def test_other_values(refused, value, reason):
    """A value of any other type is refused by the name of its type."""
    assert refused(value) == reason
    assert refused((1, [value])) == reason


def hostile(base):
    """Make a subclass whose every method lies."""

    def lie(*_):
        raise SystemExit("called")

    names = ["__eq__", "__hash__", "__iter__", "__repr__", "__str__", "__len__", "__bool__"]
    names += ["__pos__", "__int__", "__index__", "__float__", "__getitem__", "__contains__"]
    names += ["__reduce__", "__reduce_ex__", "__getstate__", "real", "items", "keys", "hex"]
    names += ["bit_length", "__format__", "__getattribute__"]
    return type("Hostile", (base,), dict.fromkeys(names, lie))


@pytest.mark.parametrize(
    "plain",
    [7, 2.5, "text", (1, 2), [1, 2], {"a": 1}, {1}, frozenset({1}), 1 + 2j, b"b"],
    ids=lambda value: type(value).__name__,
)
def test_hostile_subclasses(cross, plain):
    """A subclass arrives as its base, and no method that it replaced is called."""
    kind = hostile(type(plain))
    value = kind.__new__(kind, plain)
    if isinstance(plain, list | dict | set):
        type(plain).__init__(value, plain)
    arrived = cross(value)

    assert type(arrived) is type(plain)
    assert arrived == plain


@pytest.mark.parametrize("claimed", [int, str, tuple, list, dict, torch.Tensor, torch.nn.Module])
@pytest.mark.parametrize("base", [object, list])
def test_lying_class(exchange, claimed, base):
    """An object that calls itself something else crosses as what it is, or not at all."""
    liar = type("Liar", (base,), {"__class__": property(lambda _: claimed)})()
    send = exchange(is_owner=True).send

    if base is list:
        assert send(liar) == []
    else:
        with pytest.raises(Exception, match=r"^Liar: $"):
            send(liar)


def test_named_tuples_and_enums(cross):
    """A named tuple arrives as a tuple, a number of an enumeration as its number."""
    point = collections.namedtuple("Point", "x y")(1, 2)
    colour = enum.IntEnum("Colour", "RED GREEN").GREEN

    assert same(cross((point, colour)), ((1, 2), 2))


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        ([], "a frame holds a value of an unknown kind: []"),
        (["q", 1], "a frame holds a value of an unknown kind: ['q']"),
        ([["u"]], "a frame holds a value of an unknown kind: [['u']]"),
        ([None], "a frame holds a value of an unknown kind: [None]"),
        (["c", 1, 2.0], "a frame holds a int where a float belongs"),
        (["c", 1.0], "a frame holds a value of an unknown kind: ['c']"),
        (["b", 1], "a frame holds a value of an unknown kind: ['b']"),
        (["b", "é"], "a frame holds bytes that are not hexadecimal: "),
        (["b", "abc"], "a frame holds bytes that are not hexadecimal: "),
        (["z", -1], "a frame holds a shape with the size -1"),
        (["z", 1 << 62], f"a frame holds a shape with the size {1 << 62}"),
        (["z", True], "a frame holds a bool where a int belongs"),
        (["fs", ["@", 0]], "a frame names thing 0 of 0"),
        (["dt", "Tensor"], "a frame holds a value of an unknown kind: ['dt']"),
        (["dt", "onnx"], "a frame holds a value of an unknown kind: ['dt']"),
        (["dt", ["float32"]], "a frame holds a value of an unknown kind: ['dt']"),
        (["dv", "xla"], "a frame names the device 'xla'"),
        (["dv", "mkldnn"], "a frame names the device 'mkldnn'"),
        (["dv", ""], "a frame names the device ''"),
        (["dv", "cuda:300"], "a frame names the device 'cuda:300'"),
        (["dv", "cuda:01"], "a frame names the device 'cuda:01'"),
        (["dv", "cpu\n"], "a frame names the device 'cpu\\n'"),
        (["dv", 0], "a frame names the device 0"),
        (["@", 0], "a frame names thing 0 of 0"),
        (["@", -1], "a frame names thing -1 of 0"),
        (["@", "0"], "a frame names thing '0' of 0"),
        (["@"], "a frame holds a value of an unknown kind: ['@']"),
        (["@", 0, 0], "a frame holds a value of an unknown kind: ['@']"),
        (["x"], "a frame holds a value of an unknown kind: ['x']"),
    ],
)
def test_forged_values(complaint, node, sentence):
    """A value of no kind, or not of the form of its kind, is refused."""
    assert complaint([], node).startswith(sentence)


def test_unhashable_members(complaint):
    """A list as a member of a set is refused."""
    said = complaint([["l"]], ["fs", ["@", 0]])

    assert said == ("a frame uses a value as a key that cannot be one: unhashable type: 'list'")


def test_names_are_not_looked_up_in_torch(complaint):
    """A dtype that names a part of torch which is imported when it is asked for imports nothing."""
    before = set(sys.modules)
    for name in ("onnx", "_inductor", "_export", "compiler", "_dynamo", "__path__"):
        complaint([], ["dt", name])

    assert set(sys.modules) == before


COLLIDING = {
    "integers": [k * M61 for k in range(20_000)],
    "complex": [["c", -1000003.0 * k, float(k)] for k in range(20_000)],
    "tuples": [["u", k * M61] for k in range(20_000)],
}


@pytest.mark.parametrize("members", COLLIDING.values(), ids=COLLIDING)
def test_colliding_hashes(complaint, members):
    """Forged keys of one hash are refused before a set compares each with all the others."""
    pairs = [[member, None] for member in members]
    started = time.process_time()
    said = {
        complaint([], ["fs", *members]),
        complaint([["s", *members]]),
        complaint([["d", *pairs]]),
    }

    assert said == {"a frame holds more than 256 keys with the same hash"}
    assert time.process_time() - started < 3


def test_large_sets(cross):
    """A large set of ordinary members is nothing to complain about."""
    members = frozenset(range(-30_000, 30_000)) | {str(k) for k in range(3000)} | {math.nan}

    assert len(cross(members)) == 63_001
