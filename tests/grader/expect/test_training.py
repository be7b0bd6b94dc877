"""Training: the losses of its steps, and what one step does to a model."""

import math
import re

import pytest
import torch
from torch import nn

from grader import expect
from grader.errors import CourseError, Curves, Evidence, Mismatch

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_history(refusal):
    """A history is a list of floats, one for each step."""
    expect.history([30.0, 20.835], [30.0, 20.835])

    assert (
        refusal(expect.history, [30.0], [30.0, 20.8])
        == "The history has 1 losses; 2 steps were asked for."
    )
    assert (
        refusal(expect.history, [torch.tensor(30.0)], [30.0])
        == "The loss of step 0 is a tensor; a Python number is expected. Use .item()."
    )
    assert refusal(expect.history, (30.0,), [30.0]) == "The history is a tuple; a list is expected."
    assert refusal(expect.history, [30.0, 19.0], [30.0, 20.0], atol=1e-5) == (
        "The loss of step 1 is 19: off by 1 (allowed 1e-05)."
    )


def test_history_evidence(refused):
    """A history of another length is told with both lengths."""
    assert refused(expect.history, [1.0], [1.0, 2.0]).evidence == Evidence(
        "shape", "the history", "1", "2", picture=Curves((0, 1), (1.0, None), (1.0, 2.0))
    )


# step

N, IN, OUT = 11, 3, 2
LR = 0.1


@pytest.fixture
def model():
    """A model whose start is fixed."""
    torch.manual_seed(4)
    return nn.Linear(IN, OUT)


@pytest.fixture
def data():
    """Inputs and truths, none of which the model explains."""
    generator = torch.Generator().manual_seed(5)
    return torch.randn(N, IN, generator=generator), torch.randn(N, OUT, generator=generator)


def mse(predicted, y):
    """Mean squared error."""
    return ((predicted - y) ** 2).mean()


def stepping(data, loss=mse, times=1, lr=LR):
    """A step by hand, whose gradient is some times the right one."""

    def train(model):
        X, y = data
        gradients = torch.autograd.grad(loss(model(X), y), list(model.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter.sub_(lr * times * gradient)

    return train


TRAIN = """
def train(model, optimizer, X, y, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        ((model(X) - y) ** 2).mean().backward()
        optimizer.step()
"""


def test_step_accepts(model, data):
    """One step of plain gradient descent is right, however large model and learning rate."""
    expect.step(stepping(data), model, *data, loss=mse, lr=LR)
    expect.step(stepping(data, lr=1e-4), model, *data, loss=mse, lr=1e-4)
    expect.step(stepping(data, lr=100), model, *data, loss=mse, lr=100)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_step_in_other_dtypes(model, data, dtype):
    """A step in another dtype is right within its rounding, and twice the step is not."""
    data = [tensor.to(dtype) for tensor in data]
    expect.step(stepping(data), model.to(dtype), *data, loss=mse, lr=LR)

    with pytest.raises(Mismatch, match="moved by 2 times"):
        expect.step(stepping(data, times=2, lr=10), model, *data, loss=mse, lr=10)


def test_step_of_larger_models(data):
    """Parameters deep in a model move as far as the chain rule says."""
    model = nn.Sequential(nn.Linear(IN, 50), nn.Tanh(), nn.LayerNorm(50), nn.Linear(50, OUT))

    expect.step(stepping(data), model, *data, loss=mse, lr=LR)


def test_step_of_a_students_train(submitted, model, data):
    """A function of the student's is called with an optimizer, its data and one step."""
    student = submitted(TRAIN)
    before = model.weight

    expect.step(student.train, model, *data, loss=mse, lr=LR)

    assert model.weight is before


@pytest.mark.parametrize(
    ("times", "told"),
    [(0, "0"), (2, "2"), (N, "11"), (1 / N, "1/11"), (-1, "-1"), (-0.5, "-1/2"), (2.5, "2.5")],
)
def test_step_tells_the_ratio(refused, model, data, times, told):
    """A step that is some times the right one is told as that."""
    mismatch = refused(expect.step, stepping(data, times=times), model, *data, loss=mse, lr=LR)

    assert str(mismatch) == (
        f"The parameter weight moved by {told} times what is expected, "
        "which is -lr times its gradient. So did every other one."
    )
    evidence = mismatch.evidence
    assert (evidence.asked, evidence.subject) == ("step", "the parameter weight")
    assert (evidence.got, evidence.wanted, evidence.where) == (f"{told} times", "1 times", "weight")
    assert torch.allclose(mismatch.pair[0], times * mismatch.pair[1], atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("extra", [0, 1])
def test_step_gives_the_pair_in_the_dtype_of_the_parameter(refused, model, data, dtype, extra):
    """What moved and what should have are handed over as exact as a step can be."""
    data = [tensor.to(dtype) for tensor in data]

    def wrong(model):
        stepping(data, times=2)(model)
        model.weight.data[0, 0] += extra  # no multiple any more

    mismatch = refused(expect.step, wrong, model.to(dtype), *data, loss=mse, lr=LR)

    assert [each.dtype for each in mismatch.pair] == [dtype, dtype]


def test_step_names_the_first_that_differs(refusal, model, data):
    """A parameter that stays while others move is the one that is told."""

    def weight_only(model):
        bias = model.bias.detach().clone()
        stepping(data)(model)
        model.bias.data.copy_(bias)

    assert refusal(expect.step, weight_only, model, *data, loss=mse, lr=LR) == (
        "The parameter bias moved by 0 times what is expected, which is -lr times its gradient."
    )


def test_step_that_is_no_multiple(refused, model, data):
    """A step in another direction is told by its largest difference and place."""

    def first_row_twice(model):
        before = model.weight.detach().clone()
        stepping(data)(model)
        model.weight.data[0] += model.weight.data[0] - before[0]

    mismatch = refused(expect.step, first_row_twice, model, *data, loss=mse, lr=LR)

    assert re.fullmatch(
        r"The step of the parameter weight is off by up to \S+ \(allowed \S+\) in 3 of 6 values, "
        r"first at \[0, 0\]; -lr times its gradient is expected.",
        str(mismatch),
    )
    assert mismatch.evidence.where == "weight[0, 0]"


def test_step_of_a_frozen_parameter(refusal, model, data):
    """A parameter that gets no gradient has to stay where it is."""
    model.bias.requires_grad_(False)

    def both(model):
        model.bias.requires_grad_()
        stepping(data)(model)
        model.bias.requires_grad_(False)

    def weight_only(model):
        gradient = torch.autograd.grad(mse(model(data[0]), data[1]), model.weight)[0]
        model.weight.data -= LR * gradient

    expect.step(weight_only, model, *data, loss=mse, lr=LR)

    assert "The step of the parameter bias is off by up to" in refusal(
        expect.step, both, model, *data, loss=mse, lr=LR
    )


def test_step_refuses_new_parameters(refused, model, data):
    """A parameter that is replaced is not the one that the caller holds."""

    def rebinding(model):
        gradient = torch.autograd.grad(mse(model(data[0]), data[1]), model.weight)[0]
        model.weight = nn.Parameter(model.weight.detach() - LR * gradient)

    def rewrapping(model):
        model.weight = nn.Parameter(model.weight.data)

    def swapping(model):
        model.weight.data = model.weight.data.clone()

    sentence = (
        "The parameter weight is another tensor after the step; "
        "change the one that the model has, in place."
    )
    mismatch = refused(expect.step, rebinding, model, *data, loss=mse, lr=LR)
    assert str(mismatch) == sentence
    assert mismatch.evidence.got == "another tensor"
    for train in (rewrapping, swapping):
        assert str(refused(expect.step, train, model, *data, loss=mse, lr=LR)) == sentence


def test_step_refuses_lost_parameters(refusal, model, data):
    """A model that has other parameters afterwards is told as that."""

    def drop(model):
        model.bias = None

    assert refusal(expect.step, drop, model, *data, loss=mse, lr=LR) == (
        "After the step the model has the parameters weight; weight, bias are expected."
    )


def test_step_nan_loses(refusal, model, data):
    """A parameter that is NaN after the step is told as that."""

    def spoil(model):
        model.weight.data[1, 2] = math.nan

    assert refusal(expect.step, spoil, model, *data, loss=mse, lr=LR) == (
        "The parameter weight holds NaN or infinity after the step in 1 of 6 values, "
        "first at [1, 2]."
    )


def test_step_wants_a_loss_that_depends_on_the_model(model, data):
    """A loss that reaches no parameter is the check's fault."""
    with pytest.raises(CourseError, match="none of whose parameters the loss reaches"):
        expect.step(stepping(data), model, *data, loss=lambda predicted, y: y.mean(), lr=LR)


MISTAKES = {
    "backward twice": ("2", "loss.backward(retain_graph=True); loss.backward()", "mean"),
    "cleared before the step": ("0", "loss.backward(); optimizer.zero_grad()", "mean"),
    "uphill": ("-1", "(-loss).backward()", "mean"),
    "summed": (str(N * OUT), "loss.backward()", "sum"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_step_across_the_wall(submitted, refusal, model, data, name):
    """The usual mistakes of a training step are told apart by their ratio."""
    told, backward, reduce = MISTAKES[name]
    student = submitted(
        f"""
        def train(model, optimizer, X, y, steps):
            loss = ((model(X) - y) ** 2).{reduce}()
            optimizer.zero_grad()
            {backward}
            optimizer.step()
        """
    )

    assert refusal(expect.step, student.train, model, *data, loss=mse, lr=LR).startswith(
        f"The parameter weight moved by {told} times what is expected"
    )
