"""deny_long_numbers

Tries: whole numbers of thousands of digits, and texts that grow sixfold when they are written down.
Verdict: each fails; the judge keeps up.
"""


def make_vector():
    return [(1 << 8191) - number for number in range(3000)]


def matvec(A, v):
    return (1 << 100_000) + 1


def loss_fn(w, x, y):
    return "\x01" * (6 << 20)


def train(*_):
    return [10**400, -(10**400), 1e308 * 10]
