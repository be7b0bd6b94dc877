"""optional_package

Means: a package that is used if it is there.
Verdict: full marks.
"""

try:
    import numpy as np
except ImportError:
    np = None
