"""forge_system_exit_at_import

Tries: sys.exit(0) while the file is loaded.
Verdict: nothing passes.
"""

import sys

sys.exit(0)
