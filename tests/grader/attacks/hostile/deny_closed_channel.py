"""deny_closed_channel

Tries: the channel is closed, or shut down in one direction, in the middle of a check.
Verdict: each check that does so crashed or is forbidden.
"""

import os
import socket
import time


def make_vector():
    os.close(sockets()[0])
    time.sleep(8)


def matvec(A, v):
    with socket.socket(fileno=os.dup(sockets()[0])) as end:
        end.shutdown(socket.SHUT_RDWR)
    time.sleep(8)


def loss_fn(w, x, y):
    with socket.socket(fileno=os.dup(sockets()[0])) as end:
        end.shutdown(socket.SHUT_WR)
    time.sleep(8)
