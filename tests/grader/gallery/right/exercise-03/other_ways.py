"""Joining with cat, writing into a tensor, and a dot product all keep the graph."""

import torch


def squared_error(w, X, y):
    error = torch.einsum("nf,f->n", X, w) - y
    return error.dot(error) / error.numel()


def norms(tensors):
    result = torch.zeros(len(tensors))
    for i, t in enumerate(tensors):
        result[i] = t.flatten().dot(t.flatten()) ** 0.5
    return result


def soft_errors(scores, y):
    parts = [(1 / (1 + torch.exp(a * b))).unsqueeze(0) for a, b in zip(scores, y)]
    return torch.cat(parts).sum() / len(parts)
