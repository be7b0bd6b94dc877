"""forge_racing_list

Tries: a list that a thread goes on changing while it is written down and after it was sent.
Verdict: nothing passes; one state of it is judged.
"""

import threading

import torch


def racing(answer, values):
    def work():
        while True:
            for value in values:
                answer[:] = value

    threading.Thread(target=work, daemon=True).start()
    return answer


def train(model, X, y, steps, lr):
    return racing([], [[], [0.1], [float("nan")] * steps, [0.5] * steps])


def make_vector():
    answer = torch.zeros(3)
    threading.Thread(target=lambda: [answer.fill_(n) for n in range(10**6)], daemon=True).start()
    return answer
