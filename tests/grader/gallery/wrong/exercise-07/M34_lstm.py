"""M34: batch_first is forgotten in a class of its own.

Named: signature:samples_mixed
"""

from torch import nn


class Recurrent(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden)

    def forward(self, x):
        return self.lstm(x)


def recurrent(inputs, hidden):
    return Recurrent(inputs, hidden)
