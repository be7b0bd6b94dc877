"""What `grade` can be told to do, a module for each verb; none of them imports torch.

`grader.cli` loads the one that is asked for.
"""
