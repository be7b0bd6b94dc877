"""Things and their identity: containers, references, changes; and frames that were forged."""

import random
import subprocess
import sys
from collections import OrderedDict, defaultdict
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from grader.errors import WireError
from grader.sandbox import wire

ROOT = Path(__file__).parents[3]
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    KEYS | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(KEYS, max_size=4)
    ),
    max_leaves=20,
)


def nested(levels):
    """Nest lists, dicts and tuples in turn."""
    value = 0.5
    for level in range(levels):
        value = [[value], {"k": value}, (value,)][level % 3]
    return value


@PATIENT
@given(VALUES)
def test_round_trip(cross, value):
    """Nested containers arrive with the types, the order and the values they were sent with."""
    assert repr(cross(value)) == repr(value) or cross(value) == value


@PATIENT
@given(VALUES)
def test_nothing_changed(exchange, value):
    """What was sent and not touched is not named as changed."""
    call = exchange()
    call.send([value, float("nan"), (float("nan"), complex("nan"))])
    call.answer()

    assert call.changed == []


@PATIENT
@given(VALUES, VALUES)
def test_changed_lists(exchange, value, other):
    """A list, a dict and a set that were changed come back into the very objects."""
    call = exchange()
    sent = [value], {"a": value}, {1}, [other], {"b": other}
    before = repr(sent[3:])
    first, second, third, _, _ = call.send(sent)
    first.append(other)
    second["new"] = first
    third |= {2, "x"}
    call.answer()

    assert repr(sent[0]) == repr([value, other]) or sent[0] == [value, other]
    assert sent[1]["new"] is sent[0]
    assert sent[2] == {1, 2, "x"}
    assert repr(sent[3:]) == before
    assert [id(thing) for thing in call.changed] == [id(sent[0]), id(sent[1]), id(sent[2])]


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, True), (1, 1.0), (0.0, -0.0), (0, False), ((1,), (True,)), ("1", 1), (None, False)],
)
def test_values_that_are_equal(exchange, before, after):
    """A value that became an equal one of another type, or of another sign, is a change."""
    call, sent = exchange(), [before]
    call.send(sent)[0] = after
    call.answer()

    assert repr(sent) == repr([after])


def test_identity(exchange):
    """An object that is sent in several places is one object there, and comes back as itself."""
    call, shared = exchange(), [1]
    sent = {"a": shared, "b": (shared, {"c": shared})}
    there = call.send(sent)
    back = call.answer((there["a"], there, [there["b"][0]]))

    assert there["a"] is there["b"][0] is there["b"][1]["c"]
    assert back[0] is shared
    assert back[1] is sent
    assert back[2][0] is shared


def test_equal_objects_stay_apart(cross):
    """Two equal lists are two lists on the other side."""
    first, second = cross(([1], [1]))

    assert first == second
    assert first is not second


def test_new_things_in_old_ones(exchange):
    """A new thing that two changed ones hold is one thing on this side."""
    call, sent = exchange(), ([], {})
    there = call.send(sent)
    new = torch.ones(2)
    there[0].append(new)
    there[1]["new"] = new
    back = call.answer(new)

    assert sent[0] == [back]
    assert sent[1]["new"] is sent[0][0] is back


def test_other_dicts(cross):
    """A dict of another class arrives as a dict, in its own order."""
    ordered = OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    arrived = cross((ordered, defaultdict(list, {"x": []})))

    assert list(arrived[0].items()) == [("b", 2), ("a", 1)]
    assert [type(value) for value in arrived] == [dict, dict]


@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: (v,), lambda v: {"a": v}], ids=str)
def test_lists_that_hold_themselves(refused, wrap):
    """A list that holds itself, however indirectly, is refused."""
    own = []
    own.append(wrap(own))

    assert refused(own) == "list: it holds itself"
    assert refused({"a": [own]}) == "list: it holds itself"


def test_arguments_that_come_to_hold_themselves(exchange):
    """An argument that was put into itself is refused on its way back."""
    call, sent = exchange(), [1]
    there = call.send(sent)
    there.append([there])

    with pytest.raises(Exception, match=r"^list: it holds itself$"):
        call.answer()


def test_depth(cross, refused):
    """Values nest sixty levels deep and no deeper."""
    assert cross(nested(60)) == nested(60)
    assert refused(nested(61)) == "list: it is nested deeper than 60 levels"
    assert refused(nested(5000)) == "dict: it is nested deeper than 60 levels"


def test_functions(exchange):
    """A function and a class of the student's arrive as what stands for them, by their names."""
    call = exchange(is_owner=True)

    assert call.send((len, nn.Linear, nested)) == (
        "function len",
        "function Linear",
        "function nested",
    )
    assert list(call.here.foreign.kept.values()) == [len, nn.Linear, nested]


def test_handles(exchange):
    """A thing with a handle that comes again is the same object, brought up to date."""
    module = nn.Linear(1, 1)
    first = exchange(is_owner=True)
    arrived = first.send(module)
    with torch.no_grad():
        module.weight.fill_(5)
    second = exchange(is_owner=True)
    second.here.foreign, second.there.foreign = first.here.foreign, first.there.foreign

    assert second.send(module) is arrived
    assert arrived.weight.item() == 5


# Forged descriptions


@pytest.mark.parametrize(
    ("things", "sentence"),
    [
        ([["l", ["@", 0]]], "a frame refers to thing 0 before it is described"),
        ([["l", ["@", 1]], ["l"]], "a frame refers to thing 1 before it is described"),
        ([["l", ["@", 2]], ["l"]], "a frame names thing 2 of 2"),
        ([["d", [["@", 1], 1]], ["l"]], "a frame refers to thing 1 before it is described"),
        ([["d", [["@", 0], 1]]], "a frame refers to thing 0 before it is described"),
        ([["l"], ["d", [["@", 0], 1]]], "a frame uses a value as a key that cannot be one: "),
        ([["l"], ["d", [["u", ["@", 0]], 1]]], "a frame uses a value as a key that cannot be one"),
        ([["d", [1]]], "a frame holds a list of 1 where one of 2 belongs"),
        ([["d", 1]], "a frame holds a int where a list belongs"),
        ([["q"]], "a frame describes a thing of unknown kind ['q']"),
        ([["u"]], "a frame describes a thing of unknown kind ['u']"),
        ([[]], "a frame describes a thing of unknown kind []"),
        ([[["l"]]], "a frame describes a thing of unknown kind [['l']]"),
        ([1], "a frame holds a int where a list belongs"),
        (["l"], "a frame holds a str where a list belongs"),
        (1, "a frame holds a int where a list belongs"),
        (None, "a frame holds a NoneType where a list belongs"),
        ([["f"]], "a frame describes a thing of unknown kind ['f']"),
        ([["f", 0, "name"]], "a frame describes a thing of unknown kind ['f']"),
        ([["f", -1, "name"]], "a frame describes a thing of unknown kind ['f']"),
        ([["f", 1, None]], "a frame describes a thing of unknown kind ['f']"),
        ([["f", True, "name"]], "a frame holds a bool where a int belongs"),
    ],
)
def test_forged_things(complaint, things, sentence):
    """A thing that refers forward or to itself, or is of no kind, is refused."""
    assert complaint(things).startswith(sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ([0, ["d"]], "a list is described as ['d']"),
        ([0, ["t"]], "a list is described as ['t']"),
        ([1, ["l"]], "a dict is described as ['l']"),
        ([1, ["d", [["@", 0], 1]]], "a frame uses a value as a key that cannot be one"),
        ([2, ["s", ["@", 0]]], "a frame uses a value as a key that cannot be one"),
        ([2, ["f", 1, "name"]], None),
        ([3, ["l"]], "a frame names thing 3 of 3"),
    ],
)
def test_forged_changes(read, change, sentence):
    """A change of a list into something else is refused."""
    if sentence is None:
        assert read([["l"], ["d"], ["s"]], ["@", 2], (), [change]) == set()
    else:
        with pytest.raises(WireError, match=f"^{sentence}".replace("[", r"\[")):
            read([["l"], ["d"], ["s"]], None, (), [change])


def test_refused_changes_leave_the_old_contents(exchange):
    """A dict and a set whose forged contents are refused are not emptied."""
    call, sent = exchange(), ({"a": 1}, {2}, [])
    call.send(sent)
    for change in ([0, ["d", [["@", 2], 1]]], [1, ["s", ["@", 2]]]):
        with pytest.raises(WireError):
            call.here.write([change])

    assert sent == ({"a": 1}, {2}, [])


def test_long_chains(read):
    """A chain of a hundred thousand lists, each within the next, is read without recursion."""
    things = [["l"], *(["l", ["@", number]] for number in range(100_000))]
    value = read(things, ["@", 100_000])
    for _ in range(100_000):
        (value,) = value

    assert value == []


@pytest.mark.parametrize("name", ["values", "graph", "altered", "learned", "kit", "module"])
def test_honest_answers(fuzzer, name):
    """The answers that the fuzzer starts from are accepted as they are."""
    forgery = fuzzer.Forgery(name, fuzzer.recorded(name), is_bare=False)

    assert fuzzer.play(forgery).startswith("accepted ")


@settings(
    deadline=None,
    max_examples=500,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms())
def test_forged_frames(fuzzer, choices):
    """An answer that was altered anywhere is refused by name, or accepted and usable."""
    assert fuzzer.play(fuzzer.forge(choices))


def test_many_forged_frames(fuzzer):
    """Thousands of other altered answers leave no exception and no memory behind."""
    for number in range(200):
        fuzzer.play(fuzzer.forge(random.Random(f"11/{number}")))
    before = fuzzer.peak_bytes()
    for number in range(200, 3000):
        assert fuzzer.play(fuzzer.forge(random.Random(f"11/{number}")))

    assert fuzzer.peak_bytes() - before < 64 << 20


def test_fuzzer_is_a_program():
    """The fuzzer runs by itself and says what it found."""
    done = subprocess.run(
        [sys.executable, "tests/fuzz/wire.py", "--cases", "9", "--seed", "5"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("9 cases with seed 5 in ")
    assert ": 0 escaped; " in done.stdout


def test_fuzzer_finds_what_escapes(fuzzer, monkeypatch):
    """A reader that lets an exception of torch through is found, and named by its case."""
    monkeypatch.setattr(wire.Table, "value", lambda *_: {}["gone"])
    outcome, found = fuzzer.attempt(fuzzer.case(1, 2))

    assert found
    assert outcome.startswith("ESCAPED KeyError('gone') at ")


def test_fuzzer_is_no_test():
    """No file of the fuzzer has a name that pytest collects."""
    names = {path.name for path in (ROOT / "tests" / "fuzz").glob("*.py")}

    assert names == {"wire.py", "forging.py", "scenarios.py", "kills.py"}
