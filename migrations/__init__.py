"""The schema's history (Alembic), run by the owner's role, never by the app's."""

from pathlib import Path

from alembic.config import Config

FOLDER = Path(__file__).parent


def configuration(url: str) -> Config:
    """Alembic's configuration for the database at `url` (the owner's role)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config
