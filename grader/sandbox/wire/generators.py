"""Random generators as the bytes of their state."""

from typing import TYPE_CHECKING

import torch

from grader.errors import WireError
from grader.sandbox.wire.frames import Node
from grader.sandbox.wire.plain import device, expect, refusing

if TYPE_CHECKING:  # The table calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

# Of the Mersenne Twister, whose state lies in the bytes 8 to 24 of torch's: how many words are left
# (int32), whether it is seeded (int32) and which word is next (int64).
WORDS = 624


def describe(generator: torch.Generator, table: "Table") -> list[Node]:
    """Describe a generator: ["g", block, device]."""
    return ["g", table.block(generator.get_state()), str(generator.device)]


def build(fields: list[Node], table: "Table") -> torch.Generator:
    """Build the generator that a description tells of."""
    _, block, name = expect(fields, list, 3)
    place, state = device(name), table.take(block)
    with refusing("a generator cannot be rebuilt"):
        generator = torch.Generator(place)
        generator.set_state(state)
    if generator.device.type == "cpu":
        left, _ = state.flatten()[8:16].view(torch.int32).tolist()
        (next_word,) = state.flatten()[16:24].view(torch.int64).tolist()
        # torch checks either number by itself; both together would read behind the last word.
        if left + next_word > WORDS + 1:
            raise WireError(f"a generator has {left} of {WORDS} words left from {next_word} on")
    return generator


def write(generator: torch.Generator, fields: list[Node], table: "Table") -> None:
    """Bring a generator's state up to date, in place."""
    fresh = build(fields, table)
    with refusing("a generator cannot be brought up to date"):
        generator.set_state(fresh.get_state())
