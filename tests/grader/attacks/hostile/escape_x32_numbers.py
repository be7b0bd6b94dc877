"""escape_x32_numbers

Tries: calls with the bit of the x32 table set.
Verdict: forbidden or refused.
"""


def matvec(A, v):
    attempt("x32 socket", call, 0x40000000 | 41, 2, 1, 0)
    attempt("x32 open", call, 0x40000000 | 2, b"/etc/hostname", 0, 0)
    if GOT:
        raise RuntimeError("ESCAPED " + str(GOT))
    return A @ v
