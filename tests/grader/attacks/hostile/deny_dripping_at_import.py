"""deny_dripping_at_import

Tries: as deny_dripping_output, while the file is loaded.
Verdict: every check timed out, once.
"""

import os
import time

for number in range(990):
    open(str(number), "w").close()
while True:
    os.write(1, b".")
    time.sleep(0.002)
