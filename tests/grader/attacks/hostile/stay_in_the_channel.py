"""stay_in_the_channel

Tries: bytes wait in the channel for the next check: half a frame, which its answer would complete.
Verdict: the check that does so is lost; a new process answers the next.
"""


def make_vector():
    send_all = globals()["send"]
    forge_half = b"GRW1" + (100).to_bytes(4, "little") + bytes(8) + b'[["ok",'
    answer = b'[["ok",%d,[],null,[]],[]]' % sequence()
    send_all(b"GRW1" + len(answer).to_bytes(4, "little") + bytes(8) + answer + forge_half)
