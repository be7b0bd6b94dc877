"""missing_function

Means: a function under another name than the exercise's.
Verdict: matvec raised, with the name that is missing; the rest keeps its points.
"""

mat_vec = globals().pop("matvec")
