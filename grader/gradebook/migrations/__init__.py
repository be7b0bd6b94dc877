"""How a database comes to the tables of `grader.gradebook.schema`, revision by revision.

Alembic reads this folder; `grader.gradebook.migrate` asks it to. A revision that was released is
never edited: what changes after it is a new module in `versions`, and a new entry of `REVISIONS`.
"""
