"""Python numbers and plain values: what is accepted, and the sentence of what is not."""

import math

import pytest
import torch

from grader import expect
from grader.errors import Evidence

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_number_accepts():
    """A float or an int near the right number is right."""
    expect.number(30.001, 30.0)
    expect.number(30, 30.0)
    expect.number(math.inf, math.inf)


def test_number_refuses_a_tensor(refusal):
    """A tensor is no number, and how it becomes one is said."""
    assert (
        refusal(expect.number, torch.tensor(30.0), 30.0)
        == "The result is a tensor; a Python number is expected. Use .item()."
    )


def test_number_refuses_a_rigged_float(refusal):
    """A float that answers every comparison with yes is no number."""

    class Rigged(float):
        def __eq__(self, other):
            return True

        def __rsub__(self, other):
            return 0.0

        __hash__ = float.__hash__

    assert (
        refusal(expect.number, Rigged(1.0), 30.0)
        == "The result is a Rigged; a Python number is expected."
    )
    assert "is a bool" in refusal(expect.number, True, 1.0)


def test_number_refuses(refusal):
    """Another number is told with its distance; NaN and infinity are told as such."""
    assert (
        refusal(expect.number, 2.5, 2.0, atol=1e-5)
        == "The result is 2.5: off by 0.5 (allowed 1e-05)."
    )
    assert (
        refusal(expect.number, math.nan, 2.0) == "The result is nan; a finite number is expected."
    )
    assert refusal(expect.number, 10**400, 2.0) == "The result is inf; a finite number is expected."


def test_equal_accepts():
    """A plain value equals itself, and a torch.Size is the tuple it looks like."""
    expect.equal(8, 8)
    expect.equal((2, 3), (2, 3))
    expect.equal(A.shape, (2, 3))
    expect.equal(torch.tensor(1.0).shape, ())
    expect.equal([1, [2, "a"]], [1, [2, "a"]])


@pytest.mark.parametrize(
    ("got", "want", "sentence"),
    [
        ((3, 2), (2, 3), "The result is (3, 2); another value is expected."),
        ([2, 3], (2, 3), "The result is a list; a tuple is expected."),
        (torch.Size([2, 3]), [2, 3], "The result is a Size; a list is expected."),
        (8.0, 8, "The result is a float; an int is expected."),
        (True, 1, "The result is a bool; an int is expected."),
        ((True, 3), (1, 3), "The result is (True, 3); another value is expected."),
        ((2, 3, 1), (2, 3), "The result is (2, 3, 1); another value is expected."),
    ],
)
def test_equal_refuses(refusal, got, want, sentence):
    """Another type, length or value is refused, and what was got is told."""
    assert refusal(expect.equal, got, want) == sentence


def test_equal_cuts_long_values(refusal):
    """A long answer is not repeated whole, and one that Python does not write is no error."""
    assert len(refusal(expect.equal, "a" * 10**6, "b")) < 200
    assert refusal(expect.equal, 10**5000, 8) == (
        "The result is a number of thousands of digits; another value is expected."
    )


def test_evidence_of_numbers(refused):
    """A number is kept with its distance, a plain value as it is written."""
    number = refused(expect.number, 2.5, 2.0, atol=1e-5).evidence
    plain = refused(expect.equal, (3, 2), (2, 3)).evidence

    assert number == Evidence("values", "the result", "2.5", "2", "", off=0.5, allowed=1e-5)
    assert plain == Evidence("values", "the result", "(3, 2)", "(2, 3)")
    assert refused(expect.equal, 1.0, 1).evidence == Evidence(
        "type", "the result", "a float", "an int"
    )
    assert refused(expect.number, True, 1.0).evidence.asked == "type"
    assert refused(expect.number, math.nan, 1.0).evidence == Evidence("finite", "the result", "nan")
