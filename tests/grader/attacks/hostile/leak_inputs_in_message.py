"""leak_inputs_in_message

Tries: a hidden check's arguments are told in the text of an exception.
Verdict: matvec raised. What a submission is given it can tell; expected values it is not given.
"""


def matvec(A, v):
    raise ValueError(f"the check called me with {A.tolist()} and {v.tolist()}")
