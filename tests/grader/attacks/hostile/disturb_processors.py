"""disturb_processors

Tries: threads that compute without end keep every processor busy after a right answer.
Verdict: at most matvec is lost; a neighbour at the same time keeps its points.
"""

import threading

import torch


def spin():
    block = torch.ones(300, 300)
    while True:
        block = block @ block
        block = block / block.norm()


def matvec(A, v):
    for _ in range(3):
        threading.Thread(target=spin, daemon=True).start()
    return A @ v
