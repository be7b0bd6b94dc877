"""What a forging attack needs: frames of its own on the channel, in place of the honest answer."""

import json
import os
import stat
import struct
import sys
import time


def sockets():
    """Find the descriptors that are sockets: the channel is the only one."""
    found = []
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            continue
    return found


def sequence():
    """Read the number of the request that is being answered."""
    frame = sys._getframe()
    while "sequence" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["sequence"]


def send(data):
    """Write bytes to the channel, all of them."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(sockets()[0], rest) :]


def forge(body, table=(), payload=b"", announced=None):
    """Answer with a frame of our own, and never with another."""
    header = body if isinstance(body, bytes) else json.dumps([body, list(table)]).encode()
    length = len(payload) if announced is None else announced
    send(struct.pack("<4sIQ", b"GRW1", len(header), length) + header + payload)
    time.sleep(8)
