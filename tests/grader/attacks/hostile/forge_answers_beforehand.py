"""forge_answers_beforehand

Tries: answers to the coming requests are sent before they are asked, also to the start of a check.
Verdict: the first check loses; an answer to another question ends the child.
"""


def make_vector():
    send_all = globals()["send"]
    for number in (1, 0, 1, 2, 0):
        header = b'[["ok",%d,[],null,[]],[]]' % number
        send_all(b"GRW1" + len(header).to_bytes(4, "little") + bytes(8) + header)
