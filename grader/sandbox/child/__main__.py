"""Starting a zygote, or a single child where fork is not to be had.

    python -P -m grader.sandbox.child zygote CONTROL
    python -P -m grader.sandbox.child single CHANNEL OUTPUT PLAN

CONTROL, CHANNEL and OUTPUT are inherited descriptors; PLAN is the walls' plan as JSON.
"""

import json
import socket
import sys

from grader.sandbox.child import warm

warm.import_torch()

from grader.sandbox.child import zygote  # noqa: E402  It imports torch, with what is set above.

if sys.argv[1] == "zygote":
    zygote.serve(socket.socket(fileno=int(sys.argv[2])), zygote.ready())
else:
    words = sys.argv[2:]
    zygote.settle()
    zygote.become(int(words[0]), int(words[1]), json.loads(words[2]), zygote.prepare())
