"""What `grade` can be told to do, a module for each verb; none of them imports torch.

`grader.cli` loads the one that is asked for.
"""

# What confining and watching are made of, and Windows does not have.
LACKING = ("fcntl", "resource", "termios")
