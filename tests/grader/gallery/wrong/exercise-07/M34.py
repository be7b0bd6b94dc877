"""M34: batch_first is forgotten.

Named: time_first
"""

import torch


def recurrent(inputs, hidden):
    rnn = torch.nn.GRU(input_size=inputs, hidden_size=hidden, num_layers=1)
    return rnn
