"""What a result depends on, across the wall: what each expectation catches and accepts."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader import expect
from grader.errors import CourseError, Mismatch
from grader.sandbox.proxy import Student

Submitted = Callable[..., Student]

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
ATTENTION = """
def attend(q, k, v):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    past = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    scores = scores.masked_fill(~past, float("-inf"))
    return scores.softmax(-1) @ v

def model(x):
    return attend(x, x, x)
"""
LOSS = """
def loss(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=0)
"""


def draw(*shape: int) -> torch.Tensor:
    """Draw the same numbers in every test."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def refusal(expectation: Callable[..., object], *args: object, **options: object) -> str:
    """Return the sentence with which an expectation refuses."""
    with pytest.raises(Mismatch) as caught:
        expectation(*args, **options)
    assert caught.value.evidence is not None
    assert caught.value.evidence.asked in ("invariance", "finite", "shape")
    return str(caught.value)


OTHERS = "Is the dimension of the batch mixed up with another one?"
LATER = "Hide later positions with -inf before the softmax."
PAST = (
    "The first position does not change the result of any later one. "
    "Does the mask hide the past instead of the future?"
)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        # M76, M77, M28; a mask after the softmax hides the future as well (M75, below).
        (
            'scores.masked_fill(~past, float("-inf"))',
            "scores * past",
            f"Position 1 changes the result of earlier ones, first at [0, 0, 0]. {LATER}",
        ),
        ("masked_fill(~past", "masked_fill(past.triu(1) | past.tril(-1)", PAST),
        ("~past, float", "past.tril(-1), float", PAST),
        (
            "scores.softmax(-1) @ v",
            "(scores.softmax(-1) @ v).transpose(1, 2).reshape(v.shape)",
            f"Position 1 changes the result of earlier ones, first at [0, 0, 1]. {LATER}",
        ),
    ],
    ids=["M76", "no past", "M77", "M28"],
)
def test_causal(old: str, new: str, sentence: str, submitted: Submitted) -> None:
    """The future must not matter, and the past must."""
    x = draw(2, 5, 3)
    expect.causal(submitted(HEAD + ATTENTION).model, x)
    assert old in ATTENTION

    student = submitted(HEAD + ATTENTION.replace(old, new))

    assert refusal(expect.causal, student.model, x) == sentence


def test_causal_with_tokens(submitted: Submitted) -> None:
    """Whole numbers are exchanged for others that occur."""
    student = submitted(
        f"{HEAD}TABLE = torch.rand(100)\n"
        "def right(tokens): return TABLE[tokens].cumsum(1)\n"
        "def wrong(tokens): return TABLE[tokens].flip(1).cumsum(1).flip(1)\n"
    )
    tokens = torch.tensor([[3, 99, 7, 0, 3], [7, 7, 99, 0, 5]])

    expect.causal(student.right, tokens)
    assert refusal(expect.causal, student.wrong, tokens) == PAST


@pytest.mark.parametrize(
    "body",
    [
        "nn.GRU(3, 4)(x)[0].detach()",
        "(x - x.mean(0)).tanh()",
        "x.softmax(0)",
        "x.transpose(0, 1).reshape(x.shape)",
    ],
    ids=["M34", "batch statistics", "softmax over the batch", "view for transpose"],
)
def test_independent(body: str, submitted: Submitted) -> None:
    """What mixes the samples of a batch is caught (M34)."""
    student = submitted(
        f"{HEAD}def f(x):\n    torch.manual_seed(0)\n    return {body}\n"
        "def g(x):\n    torch.manual_seed(0)\n"
        "    return nn.GRU(3, 4, batch_first=True)(x)[0].detach()\n"
    )

    assert refusal(expect.independent, student.f, draw(5, 4, 3)).endswith(OTHERS)
    expect.independent(student.g, draw(5, 4, 3))


def test_evaluation_in_training_mode(submitted: Submitted) -> None:
    """Without eval() dropout draws and batch norm mixes samples (M57)."""
    student = submitted(f"{HEAD}def right(model, X):\n    return model.eval()(X).detach()\n"
                        "def wrong(model, X):\n    return model.train()(X).detach()\n")  # fmt: skip
    dropout = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5))
    norm = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    X = draw(6, 3)

    for model in (dropout, norm):
        expect.independent(student.right, model, X, argument=1)
    assert refusal(expect.independent, student.wrong, dropout, X, argument=1) == (
        "Two calls with the same arguments give different results. "
        "Is dropout still on, or a layer made anew in each call?"
    )
    assert refusal(expect.independent, student.wrong, norm, X, argument=1) == (
        f"Changing sample 0 changes the result of others, first at [1, 0]. {OTHERS}"
    )


def test_deterministic(submitted: Submitted) -> None:
    """A layer that is made in each call gives another result each time (M63)."""
    student = submitted(
        f"{HEAD}def f(x): return nn.Linear(3, 2)(x)\ndef g(x): return x.sum().item()"
    )

    assert refusal(expect.deterministic, student.f, draw(4, 3)).startswith("Two calls with")
    expect.deterministic(student.g, draw(4, 3))


def test_a_row_that_is_masked_whole(submitted: Submitted) -> None:
    """NaN is named, as of a row whose every position is masked (M78)."""
    student = submitted(
        f"{HEAD}def f(x, keep): return x.masked_fill(~keep, -torch.inf).softmax(-1)"
    )
    keep = torch.ones(4, 3, dtype=torch.bool)
    keep[2] = False

    assert refusal(expect.deterministic, student.f, draw(4, 3), keep) == (
        "The result holds NaN, first at [2, 0]."
    )


def test_ignores(submitted: Submitted) -> None:
    """Padding that counts in a loss is caught, also where the loss is a number (M56)."""
    right = submitted(HEAD + LOSS)
    wrong = submitted(HEAD + LOSS.replace(", ignore_index=0)", ").item()"))
    logits, targets = draw(2, 4, 5), torch.tensor([[1, 2, 0, 0], [4, 3, 2, 0]])

    expect.ignores(right.loss, logits, targets, where=targets == 0)
    assert refusal(expect.ignores, wrong.loss, logits, targets, where=targets == 0) == (
        "Positions that are masked, as padding is, change the result. Leave them out."
    )


def test_ignores_within_a_sequence(submitted: Submitted) -> None:
    """The result of masked positions may change, unless the check says otherwise."""
    student = submitted(f"{HEAD}def f(x, pad): return x.tanh()\n"
                        "def g(x, pad): return x.tanh() + x.mean(1, keepdim=True)\n")  # fmt: skip
    x, pad = draw(2, 4, 3), torch.tensor([[False, False, True, True], [False, False, False, True]])

    expect.ignores(student.f, x, pad, where=pad)
    assert refusal(expect.ignores, student.g, x, pad, where=pad) == (
        "Positions that are masked, as padding is, change the result, first at [0, 0, 0]. "
        "Leave them out."
    )
    with pytest.raises(Mismatch):
        expect.ignores(student.f, x, pad, where=pad, masked=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # M75 and M79.
        ('scores.masked_fill(~past, float("-inf"))', "scores"),
        ("softmax(-1)", "softmax(-2)"),
    ],
    ids=["M75", "M79"],
)
def test_averages(old: str, new: str, submitted: Submitted) -> None:
    """Weights that do not sum to one are caught."""
    q, k, v = draw(2, 5, 3), draw(2, 5, 3) + 1, draw(2, 5, 4)
    expect.averages(submitted(HEAD + ATTENTION).attend, q, k, v, argument=2)
    source = ATTENTION.replace(old, new)
    if "masked_fill" in old:
        source = source.replace("scores.softmax(-1) @ v", "(scores.softmax(-1) * past) @ v")

    said = refusal(expect.averages, submitted(HEAD + source).attend, q, k, v, argument=2)

    assert said.startswith("The weights sum to ")
    assert said.endswith("Mask before the softmax, and take it over what is averaged.")


def test_order(submitted: Submitted) -> None:
    """Attention without positions moves with its positions, and knows no order (M81)."""
    student = submitted(f"{HEAD}def bare(x): return (x @ x.mT).softmax(-1) @ x\n"
                        "def placed(x): return bare(x + torch.arange(x.shape[1])[:, None])\n"
                        "def pooled(x): return bare(x).mean(1)\n"
                        "def around(x): return x + x.roll(1, 1)\n")  # fmt: skip
    x = draw(2, 5, 3)

    expect.equivariant(student.bare, x)
    expect.equivariant(student.pooled, x, moves=False)
    expect.ordered(student.placed, x)
    expect.ordered(student.around, x)
    for function in (student.bare, student.pooled):
        assert refusal(expect.ordered, function, x) == (
            "The order of the positions makes no difference to the result: "
            "nothing tells one position from another. Are positions added?"
        )
    assert refusal(expect.equivariant, student.placed, x) == (
        "Put into another order, the positions of argument 1 give a result that does not move "
        "with them."
    )


def test_shift_free(submitted: Submitted) -> None:
    """A softmax without its maximum is infinite; one over another dimension is another."""
    student = submitted(f"{HEAD}def right(x): return x.softmax(-1)\n"
                        "def naive(x): return x.exp() / x.exp().sum(-1, keepdim=True)\n"
                        "def rows(x): return x.softmax(0)\n")  # fmt: skip
    x = draw(4, 3)

    expect.shift_free(student.right, x)
    assert refusal(expect.shift_free, student.naive, x) == (
        "Adding the same number to argument 1 along dimension -1 changes the result. "
        "Subtract the largest number before exp."
    )
    assert refusal(expect.shift_free, student.rows, x) == (
        "Adding the same number to argument 1 along dimension -1 changes the result. "
        "Only differences along dimension -1 may count."
    )


def test_a_result_of_another_shape(submitted: Submitted) -> None:
    """A result that lacks the dimension is refused by its shape."""
    student = submitted("def f(x): return x.sum(1)")

    assert refusal(expect.causal, student.f, draw(2, 5, 3)) == (
        "The result has shape (2, 3); 5 along dimension 1 are expected."
    )


@pytest.mark.parametrize(
    ("expectation", "args", "options", "said"),
    [
        (expect.causal, (draw(2, 1, 3),), {}, "give at least two positions"),
        (expect.causal, (draw(2, 3),), {"argument": 4}, "which is missing"),
        (expect.independent, (3,), {}, "which is int"),
        (expect.causal, (torch.ones(2, 3, dtype=torch.int64),), {}, "that are all the same"),
        (expect.ignores, (draw(2, 3),), {"where": torch.ones(3)}, "write a bool tensor"),
        (expect.ignores, (draw(2, 3),), {"where": torch.zeros(2) > 0}, "with True somewhere"),
    ],
)
def test_a_check_that_cannot_see_anything_is_at_fault(
    expectation: Callable[..., object],
    args: tuple[object, ...],
    options: dict[str, object],
    said: str,
) -> None:
    """One position, the wrong argument or marks that do not fit are the author's to repair."""
    with pytest.raises(CourseError, match=said):
        expectation(lambda x: x * 1.0, *args, **options)
