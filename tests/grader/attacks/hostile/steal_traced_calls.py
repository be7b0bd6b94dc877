"""steal_traced_calls

Tries: a trace function stays behind and looks into every frame that runs later.
Verdict: full marks for the honest answers; what runs later in this process is the child's own loop.
"""

import sys
import threading

mark = "CANA" + "RY-"


def look(frame, event, arg):
    for value in list(frame.f_locals.values()):
        if type(value) is str and mark in value and len(value) < 2000:
            GOT.append("traced " + value[:60])
    return look


def matvec(A, v):
    sys.settrace(look)
    threading.settrace(look)
    frame = sys._getframe(1)
    while frame:
        frame.f_trace = look
        frame = frame.f_back
    if GOT:
        raise RuntimeError("ESCAPED " + str(GOT))
    return A @ v
