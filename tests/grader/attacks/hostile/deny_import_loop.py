"""deny_import_loop

Tries: the file never finishes loading.
Verdict: everything timed out, once and not ten times.
"""

while True:
    pass
