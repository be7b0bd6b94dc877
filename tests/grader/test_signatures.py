"""Signatures: each is found where it was applied, and nothing is said of any other wrong answer.

`SIGNATURE_TRIALS=2000` raises the number of random trials of each property.
"""

import math
import os
import re

import pytest
import torch

from grader.errors import Evidence
from grader.records import Diagnosis
from grader.signatures import explain

TRIALS = int(os.environ.get("SIGNATURE_TRIALS", "10"))
# Sizes whose roots, products and ratios do not meet, so that each factor has one cause.
SHAPES = [(5, 7), (3, 11), (7, 13)]


def noise(want, generator):
    """Draw numbers that have nothing to do with the right ones."""
    return torch.randn(want.shape, generator=generator)


def shuffled(want, generator):
    """Put the right numbers into random places."""
    order = torch.randperm(want.numel(), generator=generator)
    return want.flatten()[order].reshape(want.shape)


# What is done to the right answer, by the id of its signature. Right answers are standard normal.
SAME_SHAPE = {
    "twice": lambda w, g: 2 * w,
    "half": lambda w, g: w / 2,
    "negated": lambda w, g: -w,
    "size_times": lambda w, g: w * w.shape[0],
    "size_share": lambda w, g: w / w.shape[1],
    "root_times": lambda w, g: w * math.sqrt(w.shape[1]),
    "root_share": lambda w, g: w / math.sqrt(w.shape[0]),
    "variance": lambda w, g: w * (w.shape[0] - 1) / w.shape[0],
    "deviation": lambda w, g: w * math.sqrt(1 - 1 / w.shape[1]),
    "constant_ratio": lambda w, g: w * (4.1 + 0.8 * torch.rand((), generator=g)),
    "zero": lambda w, g: 0 * w,
    "view_as_transpose": lambda w, g: w.T.reshape(w.shape),
    "reversed": lambda w, g: w.flip(0),
    "other_places": shuffled,
    "softmax": lambda w, g: w.softmax(1),
    "log_softmax": lambda w, g: w.log_softmax(0),
    "sigmoid": lambda w, g: w.sigmoid(),
    "tanh": lambda w, g: w.tanh(),
    "exp": lambda w, g: w.exp(),
    "square": lambda w, g: w.square(),
    "absolute": lambda w, g: w.abs(),
    "complement": lambda w, g: 1 - w,
    "reciprocal": lambda w, g: 1 / w,
    "relu": lambda w, g: w.relu(),
    "rounded": lambda w, g: w.round(),
    "truncated": lambda w, g: w.trunc(),
    "shifted": lambda w, g: w + 0.5 + torch.rand((), generator=g),
    "row_shifted": lambda w, g: w + torch.randn(w.shape[1], generator=g),
    "first_repeated": lambda w, g: w[:1].expand_as(w),
    "mean_repeated": lambda w, g: w.mean(0, keepdim=True).expand_as(w),
    "all_equal": lambda w, g: torch.randn((), generator=g).expand_as(w),
    "rows_equal": lambda w, g: torch.randn(1, w.shape[1], generator=g).expand_as(w),
}
OTHER_SHAPE = {
    "transposed": lambda w, g: w.T,
    "flattened": lambda w, g: w.flatten(),
    "flattened_by_columns": lambda w, g: w.T.flatten(),
    "extra_axis": lambda w, g: w.unsqueeze(1),
    "reshaped": lambda w, g: w.reshape(w.shape[1], w.shape[0]),
    "summed": lambda w, g: w.sum(),
    "averaged": lambda w, g: w.mean(),
    "summed_over": lambda w, g: w.sum(0),
    "averaged_over": lambda w, g: w.mean(1, keepdim=True),
    "end_missing": lambda w, g: w[:-1],
    "start_missing": lambda w, g: w[:, 2:],
    "only_first": lambda w, g: w[0],
    "only_last": lambda w, g: w[:, -1],
}
# Where the right answer is not standard normal: the answer and the right one of some scores.
MADE = {
    "softmax_missing": lambda x: (x, x.softmax(1)),
    "softmax_axis": lambda x: (x.softmax(0), x.softmax(1)),
    "log_softmax_missing": lambda x: (x, x.log_softmax(1)),
    "sigmoid_missing": lambda x: (x, x.sigmoid()),
    "log": lambda x: (x.log_softmax(1), x.softmax(1)),
    "exp": lambda x: (x.softmax(1), x.log_softmax(1)),
    "root": lambda x: (x, x.square()),
    "missing_axis": lambda x: (x, x.unsqueeze(-1)),
    "all_pairs": lambda x: (x[0].unsqueeze(1) * x[0], x[0] * x[0]),
    "double_softmax": lambda x: (torch.tensor(math.log(math.e + len(x) - 1) - 1), 1e-9 * x[0, 0]),
    "double_sigmoid": lambda x: (torch.full((4,), math.log(2)), 1e-9 * x[0, :1].expand(4)),
}


def told(got, want, asked="values", subject="the result", shapes=()):
    """Ask for the signature of an answer: its id without the prefix."""
    found = explain(Evidence(asked, subject), (got, want), shapes)
    return found and found.mistake.removeprefix("signature:")


def drawn(seed):
    """Draw a right answer of one of the shapes, and a generator for what is done to it."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(SHAPES[seed % len(SHAPES)], generator=generator), generator


@pytest.mark.parametrize("name", SAME_SHAPE | OTHER_SHAPE)
def test_signature_is_found_where_it_is_applied(name):
    """Each transformation of random numbers is called by its own name, and never by another."""
    apply = (SAME_SHAPE | OTHER_SHAPE)[name]
    found = []
    for seed in range(TRIALS):
        want, generator = drawn(seed)
        got = apply(want, generator)
        asked = "values" if got.shape == want.shape else "shape"
        found.append(told(got * (1 + 1e-6 * noise(got, generator)), want, asked))

    assert set(found) <= {name, None}
    assert found.count(name) >= 0.95 * TRIALS


@pytest.mark.parametrize("name", MADE)
def test_signature_of_scores_is_found(name):
    """What was done to scores and probabilities is called by its own name, and never by another."""
    found = []
    for seed in range(TRIALS):
        made = drawn(seed)[0]
        got, want = MADE[name](made)
        asked = "values" if got.shape == want.shape else "shape"
        found.append(told(got, want, asked, shapes=[tuple(made.shape)]))

    assert set(found) <= {name, None}
    assert found.count(name) >= 0.95 * TRIALS


@pytest.mark.parametrize("shape", [(), (2,), (3,), (5, 7), (2, 2), (3, 3), (2, 3, 5)])
@pytest.mark.parametrize("asked", ["values", "gradient", "step", "learning"])
def test_nothing_is_said_of_noise(shape, asked):
    """Numbers that have nothing to do with the right ones are not explained."""
    generator = torch.Generator().manual_seed(len(shape))
    pairs = [torch.randn(2, *shape, generator=generator) for _ in range(TRIALS)]

    assert {told(*pair, asked, shapes=[(32, 10), (10,)]) for pair in pairs} == {None}


@pytest.mark.parametrize("first", sorted(SAME_SHAPE.keys() - {"zero", "constant_ratio"}))
def test_nothing_is_said_of_a_sum_of_two(first):
    """A sum of two transformations, as two mistakes at once give, is neither of them."""
    linear = {"twice", "half", "negated", "size_times", "size_share", "root_times", "root_share",
              "variance", "deviation", "constant_ratio", "zero"}  # fmt: skip
    same = {"first_repeated", "mean_repeated", "all_equal", "rows_equal"}
    others = SAME_SHAPE.keys() - ({"zero"} | {first})
    others -= linear if first in linear else set()
    # Equal rows and equal rows make equal rows; something added to each row is what a shift is.
    others -= same | {"row_shifted"} if first in same else set()
    for seed in range(TRIALS):
        want, generator = drawn(seed)
        second = sorted(others)[seed % len(others)]
        got = 0.71 * SAME_SHAPE[first](want, generator) + 0.37 * SAME_SHAPE[second](want, generator)

        assert told(got, want) is None, second


@pytest.mark.parametrize("size", [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2])
def test_nothing_is_said_of_nearly_right_answers(size):
    """An answer that is off by a little everywhere, as a tolerance too narrow finds, is silent."""
    for seed in range(TRIALS):
        want, generator = drawn(seed)

        assert told(want * (1 + size * noise(want, generator)), want) is None


@pytest.mark.parametrize("name", ["twice", "negated", "softmax", "sigmoid", "view_as_transpose"])
@pytest.mark.parametrize("size", [3e-4, 3e-3, 1e-2, 1e-1])
def test_nothing_is_said_of_nearly_a_signature(name, size):
    """An answer that is near a transformation, but further away than rounding, is silent."""
    for seed in range(TRIALS):
        want, generator = drawn(seed)
        got = SAME_SHAPE[name](want, generator)

        assert told(got * (1 + size * noise(got, generator)), want) is None


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (torch.zeros(4), torch.zeros(4)),
        (torch.ones(4), torch.zeros(4)),
        (2 * torch.ones(4), torch.ones(4)),
        (torch.tensor(8.0), torch.tensor(4.0)),
        (torch.tensor(16.0), torch.tensor(4.0)),
        (torch.tensor([0.0, 4.0]), torch.tensor([4.0, 0.0])),
        (torch.tensor([2, 0, 1]), torch.tensor([1, 0, 2])),
        (torch.tensor([0.3, 4.1]), torch.tensor([4.1, 0.3])),
        (torch.eye(3) * 0, torch.eye(3) * 0),
        (torch.randn(3, 3).fill_(math.nan), torch.randn(3, 3)),
        (torch.empty(0), torch.empty(0)),
        (torch.ones(3, device="meta"), torch.ones(3, device="meta")),
        (torch.ones(3, dtype=torch.bool), torch.zeros(3, dtype=torch.bool)),
        (torch.ones(3, dtype=torch.complex64), torch.zeros(3, dtype=torch.complex64)),
    ],
)
def test_degenerate_pairs_are_silent(got, want):
    """Zeros, constants, round single numbers, few places and no values give no evidence."""
    assert told(got, want) is None


def test_symmetric_matrix_is_not_transposed():
    """A symmetric matrix has no transpose to be told by."""
    half = drawn(0)[0][:, :5]
    want = half + half.T

    assert told(want.T, want) is None


def test_two_signatures_that_fit_are_silent():
    """Where two transformations give the same answer, neither is told."""
    want = torch.tensor([-2.3, -1.1, 0.0, 1.1, 2.3])

    assert told(-want, want) is None
    assert told(-want[1:], want[1:]) == "negated"


def test_minus_negative_numbers_is_told_as_that():
    """Where all are negative, the absolute value is no other guess than minus."""
    want = -torch.rand(7, generator=torch.Generator().manual_seed(3)) - 0.1

    assert told(-want, want) == "negated"


def test_saturated_softmax_bears_no_witness():
    """Where a softmax gives ones and zeros, any large scores would have given them."""
    want = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    got = torch.tensor([[90.0, 1.0, 3.0], [5.0, 200.0, 2.0]])

    assert told(got, want) is None


def test_factor_with_two_causes_is_told_without_a_cause():
    """Where a factor has several causes, only the factor is told."""
    want = drawn(0)[0]
    found = explain(Evidence("values", "the result"), (4 * want, want), [(4, 16)])

    assert found == Diagnosis(
        "signature:constant_ratio", "Every value of the result is 4 times the right one."
    )


@pytest.mark.parametrize(
    ("asked", "subject", "sentence"),
    [
        (
            "values",
            "the result",
            "Every value of the result is exactly twice the right one: a factor 2 is too many.",
        ),
        (
            "gradient",
            "the gradient of argument 1 (w)",
            "Every value of the gradient of argument 1 (w) is exactly twice the right one: as it "
            "is when backward() runs twice, or when an earlier gradient is not cleared.",
        ),
        (
            "step",
            "the parameter weight",
            "Every value of the step of the parameter weight is exactly twice the right one: as it "
            "is when step() runs twice, or when an earlier gradient is not cleared.",
        ),
    ],
)
def test_sentence_follows_what_is_asked(asked, subject, sentence):
    """Values, gradients and steps are spoken of as what they are."""
    want = drawn(0)[0]

    assert explain(Evidence(asked, subject), (2 * want, want)).text == sentence


def test_gradient_is_never_a_softmax():
    """A gradient that equals a softmax of the right one does so by chance."""
    want = drawn(0)[0]

    assert told(want.softmax(1), want, "gradient") is None


def test_other_questions_are_not_answered_by_values():
    """Two answers that should be equal are no answer and a right one."""
    want = drawn(0)[0]

    assert told(2 * want, want, "invariance") is None


def test_half_precision_has_its_own_tolerance():
    """Answers in bfloat16 are as coarse as bfloat16 is."""
    want = drawn(0)[0].bfloat16()

    assert told(-want, want) == "negated"
    assert told(want * (1 + 0.05 * torch.randn(want.shape)), want) is None


def test_sentences_keep_the_right_values():
    """No sentence quotes a value of the right answer, or of the student's."""
    for name, apply in (SAME_SHAPE | OTHER_SHAPE).items():
        want, generator = drawn(0)
        got = apply(want, generator)
        asked = "values" if got.shape == want.shape else "shape"
        text = explain(Evidence(asked, "the result"), (got, want)).text
        quoted = set(re.findall(r"\d+\.\d+", text))

        assert name == "constant_ratio" or not quoted, text


@pytest.mark.parametrize(
    ("asked", "got", "wanted", "name"),
    [
        ("type", "None (a function without return gives None)", "a tensor", "nothing_returned"),
        ("type", "a float", "a tensor", "number_for_tensor"),
        ("type", "a tensor", "a Python number", "tensor_for_number"),
        ("type", "a list", "a tensor", "list_for_tensor"),
        ("type", "a tuple", "a tensor", "tuple_for_tensor"),
        ("type", "a list", "a tuple", "list_for_tuple"),
        ("type", "a function", "a tensor", "not_called"),
        ("type", "a dict", "a tensor", None),
        ("dtype", "torch.float64", "torch.float32", "double_precision"),
        ("dtype", "torch.float32", "torch.float64", "single_precision"),
        ("dtype", "torch.int64", "torch.float32", "whole_numbers"),
        ("dtype", "torch.bool", "torch.float32", "truth_for_number"),
        ("dtype", "torch.float32", "torch.int64", "number_for_whole"),
        ("dtype", "torch.int32", "torch.int64", None),
        ("graph", "no graph", "a graph", "detached"),
        ("graph", "a graph", "no graph", "graph_kept"),
        ("graph", "12 recorded results", "none", "graph_recorded"),
        ("gradient", "None", "a gradient", "no_gradient"),
        ("invariance", "depends on other samples", "depends on its own sample", "samples_mixed"),
        ("purity", "set 2 times", "left alone", "reseeded"),
        ("shape", "(1, 4)", "(4,)", "extra_axis"),
        ("shape", "(4,)", "(4, 1)", "missing_axis"),
        ("shape", "()", "(4, 2)", "one_number"),
        ("shape", "(8,)", "(4, 2)", "flattened"),
        ("shape", "(2, 4)", "(4, 2)", "axes_reversed"),
        ("shape", "(2, 5)", "(4, 2)", None),
        ("shape", "3", "4", None),
        ("purity", "its values are not what they were", "no change", None),
    ],
)
def test_kinds_are_named_by_the_evidence(asked, got, wanted, name):
    """Another type, shape, dtype or graph is named without values."""
    found = explain(Evidence(asked, "the result", got, wanted))

    assert (found and found.mistake) == (name and f"signature:{name}")


@pytest.mark.parametrize(
    ("off", "allowed", "wanted", "name"),
    [
        (1.0, 0.05, "at most 5 %", "signature:nothing_learned"),
        (0.9, 0.05, "at most 5 %", None),
        (1.0, 1.0, "at most 100 %", None),
        (1.0, 0.5, "at least 50 %", None),
    ],
)
def test_nothing_learned(off, allowed, wanted, name):
    """An error that is that of a constant answer is told as such, where far less is asked for."""
    evidence = Evidence("learning", "the model", "100 %", wanted, "", off, allowed)
    found = explain(evidence)

    assert (found and found.mistake) == name


@pytest.mark.parametrize(
    ("off", "wanted", "name"),
    [
        (0.002, "at least 50 %", "signature:sees_the_answer"),
        (0.4, "at least 50 %", None),
        (-0.1, "at least 50 %", None),
        (0.002, "at most 50 %", None),
    ],
)
def test_a_loss_far_below_what_can_be_known_has_seen_the_answer(off, wanted, name):
    """A loss that is a tenth of the least that is possible, or less, is told as such."""
    found = explain(Evidence("learning", "the loss", "0.2 %", wanted, "", off, 0.5))

    assert (found and found.mistake) == name
