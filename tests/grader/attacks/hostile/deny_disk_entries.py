"""deny_disk_entries

Tries: thousands of small files, folders inside folders, and a sparse file of a tebibyte.
Verdict: each check that does so is forbidden or raised, or its folder is emptied after it.
"""

import os
import time


def make_vector():
    for number in range(5000):
        open(str(number), "w").close()
    time.sleep(1)


def matvec(A, v):
    for number in range(300):
        os.mkdir("d")
        os.chdir("d")
    time.sleep(1)
    return A @ v


def loss_fn(w, x, y):
    with open("sparse", "wb") as file:
        file.truncate(1 << 40)
    return (w * x - y) ** 2
