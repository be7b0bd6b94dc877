"""The state of the process, across the wall: what `settings` catches and accepts."""

from collections.abc import Callable

import pytest
import torch

from grader import expect
from grader.errors import Mismatch
from grader.sandbox.proxy import Student

Beside = Callable[[str, str], Student]
Refused = Callable[..., Mismatch]

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
STEP = HEAD + "def step(x):\n    return F.dropout(x)\n"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "torch.manual_seed(7)",
            "The call sets the random seed, so every call draws the same numbers. "
            "Leave the seed to whoever starts the program.",
        ),
        (
            "__import__('random').seed(7)",
            "The call sets the random seed, so every call draws the same numbers. "
            "Leave the seed to whoever starts the program.",
        ),
        (
            "torch.set_grad_enabled(False)",
            "The call changes torch's grad mode: it was on and is off. "
            "Set it back, or do without it.",
        ),
        (
            "torch.set_default_dtype(torch.float64)",
            "The call changes torch's default dtype: it was torch.float32 and is torch.float64. "
            "Set it back, or do without it.",
        ),
        (
            "torch.set_default_device('meta')",
            "The call changes torch's default device: it was cpu and is meta. "
            "Set it back, or do without it.",
        ),
        (
            "torch.autograd.set_detect_anomaly(True)",
            "The call changes torch's anomaly detection: it was off and is on. "
            "Set it back, or do without it.",
        ),
    ],
)
def test_settings(line: str, sentence: str, beside: Beside, refused: Refused) -> None:
    """Whatever a call sets for the whole process is named (M70)."""
    source = STEP.replace("return F.dropout(x)", f"out = F.dropout(x)\n    {line}\n    return out")

    caught = refused(expect.settings, beside(source, STEP).step, torch.ones(3))

    assert str(caught) == sentence
    assert caught.evidence.asked == "purity"


def test_settings_that_are_put_back_are_right(beside: Beside) -> None:
    """What is set for a while, and what the reference does too, is accepted."""
    within = STEP.replace(
        "    return F.dropout(x)",
        "    with torch.random.fork_rng(), torch.no_grad():\n"
        "        torch.manual_seed(3)\n        torch.rand(3)\n"
        "    own = torch.rand(3, generator=torch.Generator().manual_seed(5))\n"
        "    return F.dropout(x)",
    )
    seeding = HEAD + "def step(x):\n    torch.manual_seed(1)\n    return torch.rand(3)\n"

    expect.settings(beside(STEP, STEP).step, torch.ones(3))
    expect.settings(beside(within, STEP).step, torch.ones(3))
    expect.settings(beside(seeding, seeding).step, torch.ones(3))


def test_numbers_drawn_for_nothing(beside: Beside, refused: Refused) -> None:
    """A call that draws where the reference does not is told so."""
    plain = HEAD + "def step(x):\n    return x\n"
    drawing = HEAD + "def step(x):\n    torch.rand(3)\n    return x\n"

    assert str(refused(expect.settings, beside(drawing, plain).step, torch.ones(3))) == (
        "The call draws random numbers; nothing in it needs any."
    )
