"""The one room that knows Alembic; `connect` loads it when tables have to be changed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from grader.gradebook.schema import HEAD


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision, within the transaction of this connection."""
    config = Config()
    # Alembic splits no path here, and expands no %.
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
