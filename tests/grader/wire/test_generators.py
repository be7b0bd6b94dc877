"""Generators: they arrive in their state, and what is drawn from them is drawn on both sides."""

import struct

import pytest
import torch

from grader.sandbox import wire


def test_generators(exchange):
    """A generator arrives in its state, and what was drawn from it is drawn on this side too."""
    call, generator = exchange(), torch.Generator().manual_seed(5)
    torch.rand(700, generator=generator)
    twin = torch.Generator()
    twin.set_state(generator.get_state())
    there = call.send(generator)
    drawn = torch.randn(3, generator=there)
    call.answer()

    assert torch.equal(drawn, torch.randn(3, generator=twin))
    assert call.changed == [generator]
    assert torch.equal(torch.rand(2, generator=generator), torch.rand(2, generator=twin))


@pytest.mark.parametrize("drawn", [0, 1, 2, 623, 624, 625, 5000])
def test_generators_anywhere(cross, drawn):
    """A generator arrives wherever it stands between two rounds of its words."""
    generator = torch.Generator().manual_seed(1)
    for _ in range(drawn):
        torch.randint(9, (1,), generator=generator)
    arrived = cross(generator)

    assert torch.equal(arrived.get_state(), generator.get_state())


def state(left, next_word):
    """Forge a generator's state."""
    data = torch.Generator().get_state()
    data[8:12] = torch.tensor(list(struct.pack("<i", left)))
    data[16:24] = torch.tensor(list(struct.pack("<q", next_word)))
    return wire.Block("uint8", (5056,), memoryview(bytes(data.tolist())))


@pytest.mark.parametrize(("left", "next_word"), [(624, 624), (2, 624), (624, 2), (300, 400)])
def test_generators_behind_their_last_word(complaint, left, next_word):
    """A forged state that would read memory behind the generator's words is refused."""
    said = complaint([["g", 0, "cpu"]], ["@", 0], [state(left, next_word)])

    assert said == f"a generator has {left} of 624 words left from {next_word} on"


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        (["g", 0, "cpu"], "a generator cannot be rebuilt: "),
        (["g", 0, "meta"], "a generator cannot be rebuilt: "),
        (["g", 0, "cuda"], "a generator cannot be rebuilt: "),
        (["g", 0, "hpu"], "a frame names the device 'hpu'"),
        (["g", 1, "cpu"], "a thing names block 1 of 1"),
        (["g", True, "cpu"], "a thing names block True of 1"),
        (["g", 0], "a frame holds a list of 2 where one of 3 belongs"),
        (["g"], "a frame holds a list of 1 where one of 3 belongs"),
    ],
)
@pytest.mark.skipif(torch.cuda.is_available(), reason="names a device that is there")
def test_forged_generators(complaint, block, description, sentence):
    """A generator with another state or on another device is refused."""
    assert complaint([description], None, [block(torch.ones(3))]).startswith(sentence)
