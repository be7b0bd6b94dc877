"""Numbers as short texts: all of a few, or those about a difference, and only that differs."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.expect import excerpts


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2.0, "2.0"),
        (-0.0, "-0.0"),
        (1 / 3, "0.33333"),
        (1e-5, "1e-05"),
        (1e30, "1e+30"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (3, "3"),
        (True, "True"),
        (1 + 2j, "1+2j"),
    ],
)
def test_a_number_is_written_as_python_writes_it(number, text):
    """A float has a point or an exponent, to five digits; anything else is itself."""
    assert excerpts.numeral(number) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (torch.tensor(2.0), "2.0"),
        (torch.tensor([[2.0, 0.5], [1.0, 3.0]]), "[[2.0, 0.5], [1.0, 3.0]]"),
        (torch.tensor([], dtype=torch.float32), "[]"),
        (torch.tensor([True, False]), "[True, False]"),
    ],
)
def test_few_numbers_are_written_whole(values, text):
    """A tensor of few numbers is written with its brackets."""
    assert excerpts.whole(values) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (torch.ones(2), "(2,) [1.0, 1.0]"),
        (torch.ones(3, 4), "(3, 4)"),
        (torch.ones(2, device="meta"), "(2,)"),
    ],
)
def test_a_form_has_its_numbers_where_they_are_few(values, text):
    """The shape comes first; many numbers, and those of the meta device, are left out."""
    assert excerpts.formed(values) == text


def test_a_part_of_a_row_shows_the_first_difference_second():
    """Of many numbers those about the first difference are written, with what is left out."""
    want = torch.arange(300.0).reshape(3, 100)
    got = want.clone()
    got[1, 40] = 7.5

    assert excerpts.around(got, want, got != want) == (
        "[..., 139.0, 7.5, 141.0, 142.0, 143.0, ...]",
        "[..., 139.0, 140.0, 141.0, 142.0, 143.0, ...]",
    )


@pytest.mark.parametrize(("place", "first", "last"), [(0, "[", ", ...]"), (99, "[..., ", "]")])
def test_what_is_cut_is_said(place, first, last):
    """Dots stand only where something of the row is left out."""
    want = torch.zeros(100)
    got = want.clone()
    got[place] = 1.0
    text, _ = excerpts.around(got, want, got != want)

    assert text.startswith(f"{first}{'1.0' if place == 0 else '0.0'}")
    assert text.endswith(f"{'0.0' if place == 0 else '1.0'}{last}")


def test_a_small_difference_gets_more_digits():
    """Numbers that differ are written so that they do, and those that do not are written alike."""
    got, want = torch.tensor([1.00001, 2.0000001]), torch.tensor([1.0, 2.0])
    texts = excerpts.around(got.double(), want.double(), torch.tensor([True, False]))

    assert texts == ("[1.00001001, 2.0]", "[1.0, 2.0]")


def test_what_is_allowed_is_not_hidden():
    """A number that may be off, beside a far larger one, is written as it is."""
    got, want = torch.tensor([5.0, 9.0]), torch.tensor([4.0, 6.0])

    assert excerpts.around(got, want, torch.tensor([True, False])) == ("[5.0, 9.0]", "[4.0, 6.0]")


def test_a_single_number_stands_alone():
    """A tensor without axes is written without brackets."""
    got, want = torch.tensor(2.0), torch.tensor(6.0)

    assert excerpts.around(got, want, got != want) == ("2.0", "6.0")


SHAPES = st.lists(st.integers(1, 7), min_size=1, max_size=3)


@settings(deadline=None)
@given(SHAPES, st.integers(0, 2**31), st.floats(0, 1))
def test_what_is_told_apart_is_what_is_marked(shape, seed, share):
    """However two tensors differ, their texts have as many numbers, and differ where marked."""
    generator = torch.Generator().manual_seed(seed)
    want = torch.randn(shape, generator=generator, dtype=torch.float64)
    wrong = torch.rand(shape, generator=generator) < share
    wrong.view(-1)[0] = True
    got = torch.where(wrong, want + 1e-7, want + 1e-12)
    rows = [text.split(", ") for text in excerpts.around(got, want, wrong)]

    assert len(rows[0]) == len(rows[1]) <= max(excerpts.FEW, 7)
    assert any(one != other for one, other in zip(*rows, strict=True))
    if wrong.numel() <= excerpts.FEW:
        differ = [one != other for one, other in zip(*rows, strict=True)]
        assert differ == wrong.flatten().tolist()
