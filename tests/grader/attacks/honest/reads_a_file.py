"""reads_a_file

Means: data are read from a file that lay beside the notebook.
Verdict: make_vector is forbidden or raised; the rest keeps its points.
"""

import torch


def make_vector():
    with open("data/vector.txt") as file:
        return torch.tensor([float(word) for word in file.read().split()])
