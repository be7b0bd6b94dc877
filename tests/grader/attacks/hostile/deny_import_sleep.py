"""deny_import_sleep

Tries: the file sleeps while it is loaded.
Verdict: everything timed out, once and not ten times.
"""

import time

time.sleep(3600)
