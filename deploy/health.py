"""Exit 0 where the web server of this container answers /healthz, else 1."""

import http.client
import os
import sys


def healthy() -> bool:
    """Asked as the proxy asks, under the first trusted host name."""
    host = os.environ.get("TRUSTED_HOSTS", "localhost").replace(",", " ").split()[0]
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("WEB_PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(not healthy())
