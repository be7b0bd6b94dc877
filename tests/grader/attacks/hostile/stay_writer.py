"""stay_writer

Tries: a thread goes on filling, swapping and renaming in the scratch while the host empties it.
Verdict: full marks for the honest answers; the process is replaced, and its folder is removed.
"""

import os
import threading

honest_vector = globals()["make_vector"]


def scribble():
    while True:
        for act in (
            lambda: os.mkdir("swap"),
            lambda: os.mkdir("swap/inner"),
            lambda: open("swap/file", "w").close(),
            lambda: os.rename("swap", "swapped"),
            lambda: open("swap", "w").close(),
            lambda: os.unlink("swap"),
            lambda: os.unlink("swapped/file"),
            lambda: os.rmdir("swapped/inner"),
            lambda: os.rmdir("swapped"),
        ):
            try:
                act()
            except OSError:
                continue


def make_vector():
    threading.Thread(target=scribble, daemon=True).start()
    return honest_vector()
