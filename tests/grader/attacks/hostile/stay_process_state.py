"""stay_process_state

Tries: default dtype and device, threads, grad mode, folder, mask, locale, filters, for whoever is next.
Verdict: full marks for the honest answers; each check starts from the same state.
"""

import gc
import locale
import os
import random
import sys
import warnings

import torch

torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
torch.set_num_threads(8)
torch.autograd.set_detect_anomaly(True)
torch.manual_seed(0)
random.seed(0)
os.chdir("/usr/lib")
os.umask(0)
os.environ["OMP_NUM_THREADS"] = "64"
sys.setrecursionlimit(60)
sys.path.insert(0, "/tmp")
warnings.simplefilter("error")
locale.setlocale(locale.LC_ALL, "C")
gc.disable()
