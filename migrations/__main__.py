"""`python -m migrations upgrade|downgrade [REVISION]`, with MIGRATION_DATABASE_URL."""

import os
import sys

from alembic import command

from migrations import configuration


def main(arguments: list[str]) -> None:
    """Run one Alembic command as the owner's role."""
    url = os.environ.get("MIGRATION_DATABASE_URL", "")
    if not url or not arguments or arguments[0] not in {"upgrade", "downgrade"}:
        sys.exit("usage: MIGRATION_DATABASE_URL=… python -m migrations upgrade|downgrade [REVISION]")
    target = arguments[1] if len(arguments) > 1 else ("head" if arguments[0] == "upgrade" else "-1")
    getattr(command, arguments[0])(configuration(url), target)


if __name__ == "__main__":
    main(sys.argv[1:])
