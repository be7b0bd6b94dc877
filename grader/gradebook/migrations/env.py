"""What Alembic executes to run revisions: within the connection that it is given, and its turn."""

from alembic import context

from grader.gradebook.schema import METADATA

# SQLite changes tables by copying them: a batch.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
