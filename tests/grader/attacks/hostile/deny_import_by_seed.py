"""deny_import_by_seed

Tries: the seed tells one check from another, also in a new process: there the file hangs, in the
old process and in the new one, each time for as long as may be waited.
Verdict: the checks of such a seed are lost, within the limit of one wait.
"""

import time

import torch

if torch.initial_seed() % 3 == 0:
    time.sleep(60)
