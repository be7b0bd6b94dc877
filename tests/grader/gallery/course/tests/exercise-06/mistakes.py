"""Wrong shapes, and numbers in wrong places."""

from grader.mistakes import mistake


@mistake(of="linear", loses="linear")
def not_transposed(x, weight, bias):
    """The weight is not transposed: it is stored as (out, in)."""
    return x @ weight + bias


@mistake(of="linear", loses="linear")
def transposed_by_reshape(x, weight, bias):
    """The numbers of the weight are read on in order: reshape does not swap axes."""
    return x @ weight.reshape(weight.shape[1], weight.shape[0]) + bias


@mistake(of="pixels", loses="pixels")
def batch_flattened(images):
    """All images are in one row: the axis of the batch is gone."""
    return images.flatten()


@mistake(of="scores", loses="score_of_one")
def batch_of_one_gone(x, w):
    """A batch of one example comes back without its axis: squeeze() takes every one of length 1."""
    return (x @ w).squeeze()


@mistake(of="shares", loses=("shares", "shares_of_a_square"))
def sum_without_keepdim(x):
    """The sums of the rows have met the columns: without keepdim=True they are a row."""
    return x / x.sum(1)


@mistake(of="shares", loses=("shares", "shares_of_a_square"))
def columns_sum_to_one(x):
    """The columns sum to one, and the rows should."""
    return x / x.sum(0)
