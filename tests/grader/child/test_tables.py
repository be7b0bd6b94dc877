"""Dictionaries that are compared without a look at what they hold."""

import json
import os
import resource
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.child import tables
from grader.sandbox.child.tables import Table, Tables, of_class


class Thing:
    """Something that is equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


def filled():
    """Give a dictionary that has seen removals, as those of modules have."""
    table = {f"name{n}": Thing() for n in range(20)}
    del table["name3"], table["name19"]
    return table


@pytest.mark.parametrize("own", [None, 18])
def test_untouched(own):
    """A dictionary that nobody touched is the same."""
    assert Table(filled(), own).is_same()


@pytest.mark.parametrize("own", [None, 18])
@pytest.mark.parametrize("name", ["name0", "name7", "name18"])
def test_replaced(own, name):
    """A value that was replaced by one that claims to be equal is a change."""
    table = filled()
    kept = Table(table, own)
    table[name] = Thing()

    assert not kept.is_same()


@pytest.mark.parametrize("own", [None, 18])
def test_removed(own):
    """A value that was removed is a change."""
    table = filled()
    kept = Table(table, own)
    del table["name7"]

    assert not kept.is_same()


def test_added():
    """A value that was added is a change, unless only the first ones have to stay."""
    table = filled()
    whole, first = Table(table), Table(table, len(table))
    table["new"] = 1

    assert not whole.is_same()
    assert first.is_same()


def test_moved():
    """A dictionary whose rows have moved, and hold what they held, is the same."""
    table = filled()
    whole, first = Table(table), Table(table, len(table))
    for n in range(1000):
        table[f"more{n}"] = n
    is_first_same = first.is_same()
    for n in range(1000):
        del table[f"more{n}"]

    assert is_first_same
    assert whole.is_same()


def test_put_back():
    """A value that was replaced and put back is no change."""
    table = filled()
    kept = Table(table)
    before, table["name7"] = table["name7"], 1
    table["name7"] = before

    assert kept.is_same()


def test_excepted():
    """A value whose key is excepted may be another one."""
    table = filled()
    kept = Table(table, len(table))
    table["name7"] = Thing()

    assert kept.is_same(but=frozenset({"name7"}))


def test_other_keys():
    """A dictionary with keys other than texts is compared as well."""
    table = {1: "a", (2, 3): "b", "c": 4.5}
    kept = Table(table)
    is_same = kept.is_same()
    table[1] = "A"

    assert is_same
    assert not kept.is_same()


def test_classes():
    """A method that was replaced is a change of its class."""

    class Layer(torch.nn.Module):
        def forward(self, x):
            return x

    kept = Table(of_class(Layer))
    is_same = kept.is_same()
    Layer.forward = lambda self, x: x

    assert is_same
    assert not kept.is_same()


def test_copies_no_pages():
    """After a fork, comparing copies next to no page of memory, unlike a look at the values."""
    tables = [Table(vars(torch)), Table(sys.modules), Table(of_class(torch.Tensor))]
    read, write = os.pipe()
    if os.fork() == 0:
        faults = [resource.getrusage(resource.RUSAGE_SELF).ru_minflt]
        is_same = all(table.is_same() for table in tables)
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
        seen = [value for module in (torch, sys) for value in vars(module).values()]
        seen += sys.modules.values()
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
        os.write(write, json.dumps([is_same, faults]).encode())
        os._exit(0)
    os.wait()
    is_same, (before, compared, looked_at) = json.loads(os.read(read, 1000))

    assert is_same
    assert compared - before < (looked_at - compared) / 5


def test_rows_are_found():
    """Here the rows of torch, of a class and of the modules lie where they are looked for."""
    tables = [vars(torch), of_class(torch.nn.Module), sys.modules]

    assert all(Table(table)._rows is not None for table in tables)


@given(st.dictionaries(st.text(), st.integers()), st.lists(st.tuples(st.text(), st.integers())))
def test_agrees_with_the_values(table, writes):
    """Whatever is written, the answer is that of comparing the values one by one."""
    kept, before = Table(table), list(table.values())
    for key, value in writes:
        table[key] = value

    now = list(table.values())
    is_same = len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))

    assert kept.is_same() == is_same


CHANGES = {
    "replaced": lambda table: table.update(name7=Thing()),
    "removed": lambda table: table.pop("name0"),
    "added": lambda table: table.update(new=1),
    "cleared": lambda table: table.clear(),
}


@pytest.mark.parametrize("has_tags", [True, False])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_one_of_many(monkeypatch, has_tags, change):
    """A change of one of many dictionaries is seen, whether or not they have tags."""
    if not has_tags:
        monkeypatch.setattr(tables, "_has_tags", lambda: False)
    many = [filled() for _ in range(5)]
    kept = Tables(many)
    before = kept.are_same()
    change(many[3])

    assert before
    assert not kept.are_same()
    assert not kept.are_same()


def test_put_back_among_many():
    """What was replaced and put back is the same, as often as one looks."""
    many = [filled() for _ in range(5)]
    kept, old = Tables(many), many[3]["name7"]
    many[3]["name7"] = 1
    many[3]["name7"] = old

    assert kept.are_same()
    assert kept.are_same()
    many[3]["name7"] = 1
    assert not kept.are_same()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="dictionaries have no tags any more")
def test_tags_are_used():
    """On these releases a dictionary tells that it was not changed."""
    assert tables._has_tags()
