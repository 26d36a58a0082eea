"""What gunicorn and `flask` serve; commands on files need neither settings nor a database."""

import sys

from admin.cli_files import without_database

app = without_database(sys.argv)
if app is None:
    from admin.app import start

    app = start()
