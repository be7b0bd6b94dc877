"""missing_package

Means: a package that is not installed.
Verdict: everything raised, with the package's name.
"""

import a_package_that_nobody_has  # noqa: F401
