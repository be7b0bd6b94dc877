"""forge_orders_to_zygote

Tries: orders in the zygote's own words, on every socket that can be found, also among live objects.
Verdict: nothing passes; the zygote's socket is closed here.
"""

import gc
import json
import os
import socket

order = json.dumps({"do": "fork", "plan": {"mode": "none"}}).encode()
for number in range(3, 256):
    try:
        with socket.socket(fileno=os.dup(number)) as end:
            end.send(order)
    except OSError:
        continue
for thing in gc.get_objects():
    if type(thing) is socket.socket:
        try:
            thing.send(order)
        except OSError:
            continue
