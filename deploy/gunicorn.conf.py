"""gunicorn's settings, for the image and for `make demo`; the buffering proxy is in front in production."""

import os
import re
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = "wsgi:app"
bind = f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ.get('WEB_PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5_000
max_requests_jitter = 500
limit_request_line = 4_094
limit_request_fields = 64
forwarded_allow_ips = os.environ.get("PROXY_ADDRESSES", "127.0.0.1")
control_socket_disable = True
accesslog = "-"
# Without the query: a search may hold a name (design: security 89).
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'


class AccessLogger(Logger):  # type: ignore[misc]  # untyped package
    """Access lines in which an invitation's secret is left out: who reads logs must not sign in with it."""

    def atoms(self, *answered: Any) -> dict[str, Any]:
        """What a line is made of."""
        said: dict[str, Any] = super().atoms(*answered)
        return said | {"U": re.sub(r"^(/invitation/[^/]*/).+", r"\1…", said["U"])}


logger_class = AccessLogger
