"""Wrong attention."""

import math

import torch

from grader.mistakes import mistake


@mistake(of="attention", loses="attention")
def not_scaled(queries, keys, values, visible=None):
    """The scores are too large: they are not divided by the square root of d."""
    scores = queries @ keys.transpose(-2, -1)
    if visible is not None:
        scores = scores.masked_fill(~visible, -torch.inf)
    return scores.softmax(-1).nan_to_num() @ values


@mistake(of="attention", loses="attention")
def softmax_over_queries(queries, keys, values, visible=None):
    """The weights of a query do not sum to one: the softmax runs over the queries."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if visible is not None:
        scores = scores.masked_fill(~visible, -torch.inf)
    return scores.softmax(-2).nan_to_num() @ values


@mistake(of="attention", loses="causal")
def zeros_before_the_softmax(queries, keys, values, visible=None):
    """Hidden keys still have weight: their scores are set to 0, and exp(0) is 1."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if visible is not None:
        scores = scores * visible
    return scores.softmax(-1) @ values


@mistake(of="attention", loses="causal")
def mask_turned_round(queries, keys, values, visible=None):
    """What should be seen is hidden, and the other way round."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if visible is not None:
        scores = scores.masked_fill(visible, -torch.inf)
    return scores.softmax(-1) @ values


@mistake(of="attention", loses=("causal", "weights"))
def masked_after_the_softmax(queries, keys, values, visible=None):
    """The weights sum to less than one: hidden keys are taken out after the softmax."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    weights = scores.softmax(-1)
    return (weights if visible is None else weights * visible) @ values


@mistake(of="attention", loses="hidden_row")
def nan_without_keys(queries, keys, values, visible=None):
    """A query that sees no key gives NaN: a softmax of nothing but -inf."""
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if visible is not None:
        scores = scores.masked_fill(~visible, -torch.inf)
    return scores.softmax(-1) @ values
