"""prints_much

Means: a forgotten print in a loop.
Verdict: full marks.
"""


def matvec(A, v):
    for number in range(300):
        print("row", number, A[0])
    return A @ v
