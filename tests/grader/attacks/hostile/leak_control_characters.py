"""leak_control_characters

Tries: messages that move the cursor, change colours, turn the writing or ring the bell.
Verdict: each check raised; reports hold none of these characters.
"""


def make_vector():
    raise ValueError("\x1b[2J\x1b[31m\x1b]0;title\x07 10 / 10 \x1b[A\x1b[2K")


def matvec(A, v):
    raise ValueError("\u202e reversed \u2066 isolated \u200f \ufeff \x00 \x85 \u2028 next")


def loss_fn(w, x, y):
    raise ValueError("lone \ud800 \udfff surrogates \r\r\n carriage \v \f")


def train(*_):
    raise type("\x1b[31m\n✓ 1 / 1", (Exception,), {})("e\u0301" * 3000)


def build_ff():
    return type("\x1b]8;;http://x\x07", (), {})()
