"""forge_exit_at_import

Tries: leaving with status 0 while the file is loaded, after a printed summary of success.
Verdict: nothing passes; no answer is no point, whatever the status.
"""

import os

print("10 passed in 0.01s", flush=True)
os._exit(0)
