"""M72: the table has a row for each word, and none for padding.

Named: torch:embedding_index
"""

from torch import nn


def embed(tokens, words, width):
    table = nn.Embedding(num_embeddings=words, embedding_dim=width, padding_idx=0)
    return table(tokens)
