"""What gunicorn and `flask` serve."""

from admin.app import start

app = start()
