"""steal_sources

Tries: the source of every caller is read, by its frame and by linecache.
Verdict: nothing is told; the callers are the child's own loop.
"""

import inspect
import linecache


def matvec(A, v):
    mark = "CANA" + "RY"
    for info in inspect.stack():
        text = "".join(linecache.getlines(info.filename))
        if mark in text and info.filename != __file__:
            raise RuntimeError("STOLEN " + text)
    for name, entry in linecache.cache.items():
        if name != __file__ and mark in "".join(entry[2] if len(entry) > 2 else ()):
            raise RuntimeError("STOLEN " + name)
    return A @ v
