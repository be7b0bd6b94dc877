"""deny_import_by_seed

Tries: the seed tells one check from another: the file keeps the first one in a module that outlives
a check, and hangs under any other.
Verdict: nothing is lost. Every check of an attempt begins under the same seed.
"""

import colorsys
import time

import torch

if vars(colorsys).setdefault("seed", torch.initial_seed()) != torch.initial_seed():
    time.sleep(60)
