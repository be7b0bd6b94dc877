"""deny_letters

Tries: messages of letters that stack, join, hide or take two places each, and of none but line
ends.
Verdict: each check raised; the report stays short and keeps its lines.
"""


def make_vector():
    raise ValueError("Z" + "\u0300\u0489\u20dd" * 20_000)


def matvec(A, v):
    raise ValueError("\ufdfd\U0001f469\U0001f52c" * 10_000)


def loss_fn(w, x, y):
    raise ValueError("\n" * 100_000 + "\u3164\u115f\u2800" * 5_000)


def train(*_):
    raise ValueError("\U000e0041" * 30_000 + "\ufff9\ufffa\ufffb\u061c\u180e")


def build_ff():
    raise ValueError("\ud83d" * 5_000 + "\ude00" * 5_000)
