"""Memory for large answers: the same again, as soon as nobody looks at it."""

import ctypes

import torch

from grader.sandbox import room

MIB = 1 << 20


def place(view: memoryview) -> int:
    """Tell where memory lies."""
    return ctypes.addressof(ctypes.c_char.from_buffer(view))


def test_a_large_answer_comes_where_the_one_before_came() -> None:
    """Memory that nobody looks at any more is taken again, for as much or less."""
    before = place(room.take(9 * MIB))

    assert place(room.take(9 * MIB)) == before
    assert place(room.take(9 * MIB - 100)) == before
    assert len(room.take(2 * MIB + 1)) == 2 * MIB + 1


def test_what_somebody_looks_at_stays() -> None:
    """A part of an answer, or a tensor that shows it, keeps its memory from the next one."""
    first = room.take(4 * MIB)
    first[:4] = b"mine"
    part = first[:4]
    del first
    second = room.take(4 * MIB)
    second[:4] = b"next"
    shown = torch.frombuffer(second, dtype=torch.uint8, count=4)
    del second
    room.take(4 * MIB)[:4] = b"last"

    assert bytes(part) == b"mine"
    assert bytes(shown.tolist()) == b"next"


def test_a_very_large_answer_is_given_back() -> None:
    """No more than 16 MiB stay with the process."""
    room.take(40 * MIB)

    assert all(len(kept) <= 16 * MIB for kept in room._kept)


def test_it_is_given_back_where_something_else_needs_room() -> None:
    """What is kept goes when somebody says so."""
    room.take(9 * MIB)

    room.give_back()

    assert room._kept == []


def test_small_answers_have_memory_of_their_own() -> None:
    """Up to a mebibyte nothing is kept."""
    kept = list(map(id, room._kept))
    one, other = room.take(MIB), room.take(MIB)

    assert place(one) != place(other)
    assert list(map(id, room._kept)) == kept
