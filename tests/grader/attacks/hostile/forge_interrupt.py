"""forge_interrupt

Tries: Control-C is raised inside each call: some runners then report what there was as passed.
Verdict: every check raised.
"""


def make_vector(*_):
    raise KeyboardInterrupt


matvec = loss_fn = train = build_ff = make_vector
