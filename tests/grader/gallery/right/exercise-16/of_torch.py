"""Torch's own attention, and the empty rows set to zero."""

from torch.nn import functional as F


def attention(queries, keys, values, visible=None):
    out = F.scaled_dot_product_attention(queries, keys, values, attn_mask=visible)
    if visible is None:
        return out
    return out.masked_fill(~visible.any(-1, keepdim=True), 0.0)
