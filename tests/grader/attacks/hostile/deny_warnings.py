"""deny_warnings

Tries: a million warnings, and a filter that turns each into an error for whoever comes next.
Verdict: full marks or time: the filters are those of the start again.
"""

import warnings

honest_vector = globals()["make_vector"]


def make_vector():
    for number in range(2_000):
        warnings.warn(f"warning {number} " + "x" * 1000)
    warnings.simplefilter("error")
    warnings.showwarning = warnings.warn_explicit = warnings.warn = None
    return honest_vector()
