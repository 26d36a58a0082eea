"""Commands on files alone: they need neither settings nor a database, so `flask` does not ask for any."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import click
from flask import Flask

from admin.cli_plan_files import PLAN_FILE_COMMANDS
from admin.cli_rotation_files import ROTATION_FILE_COMMANDS

FILE_COMMANDS: Final[Mapping[str, Sequence[click.Command]]] = {
    "plan": PLAN_FILE_COMMANDS,
    "rotation": ROTATION_FILE_COMMANDS,
}
"""By group, its commands on files; the rest of the group needs a tenant."""


def without_database(words: Sequence[str]) -> Flask | None:
    """An application with these commands alone when the command line asks for one of them, else None."""
    asked = {(group, command.name) for group, commands in FILE_COMMANDS.items() for command in commands}
    if not any(pair in asked for pair in pairwise(words)):
        return None
    app = Flask(__name__)
    for group, commands in FILE_COMMANDS.items():
        app.cli.add_command(click.Group(group, commands=commands))
    return app
