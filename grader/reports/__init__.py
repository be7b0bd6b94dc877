"""The renderings of what happened, one module each: they know the records and nothing else.

The same record gives the same text, whoever asks. No report runs code, opens a file of a course,
or asks for the time.
"""
