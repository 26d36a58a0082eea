"""The web application, put together in one readable order."""

import gc
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, url_for
from flask_babel import Babel
from flask_wtf import CSRFProtect
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from admin import account, cli, database, errors, headers, health, menu, platform, security, signin
from admin.backoffice import VIEWS
from admin.pages import BLUEPRINTS
from admin.views import open_backoffice
from jobs import queue
from tenants import clock, logs, scope
from tenants.db import engine as make_engine
from tenants.isolation import UnsafeRole, require_safe_role
from tenants.settings import Settings, SettingsError, from_environment

ROOT = Path(__file__).resolve().parent.parent
LARGEST_BODY = 10 * 1024 * 1024
PRODUCT = {"name": "Sinh hoạt chi bộ", "version": "0.1.0"}


def create_app(settings: Settings | None = None) -> Flask:
    """The application on a database whose role cannot pass row-level security.

    Raises SettingsError, UnsafeRole, or LookupError for a page that declares no permission.
    """
    settings = settings or from_environment(os.environ)
    logs.configure(settings.log_level)
    engine = _safe_engine(settings)
    scope.connect(engine)
    queue.connect(settings)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "admin/static"))
    app.config.from_mapping(_config(settings))
    app.extensions["settings"] = settings
    _protect(app, settings)
    _serve(app)
    security.require_declarations(app)
    menu.require_served(app)
    return app


def _safe_engine(settings: Settings) -> Engine:
    engine = make_engine(settings.database_url, statement_timeout_seconds=settings.statement_timeout_seconds)
    try:
        require_safe_role(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def start() -> Flask:
    """`create_app` for a process: what is wrong with its surroundings ends it, in clear words.

    What stands when it starts is left out of garbage collection: a full one took 0.2 s of some request.
    """
    try:
        app = create_app()
    except SettingsError as error:
        sys.exit(f"The settings are not safe to start with:\n{error}")
    except UnsafeRole as error:
        sys.exit(f"DATABASE_URL names a role that could read past row-level security:\n{error}")
    except OperationalError as error:
        sys.exit(f"The database of DATABASE_URL does not answer:\n{error.orig}")
    gc.freeze()
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "SESSION_COOKIE_NAME": settings.cookie_name,
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TEMPLATES_AUTO_RELOAD": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_DEFAULT_TIMEZONE": str(clock.LOCAL),
    }


def _protect(app: Flask, settings: Settings) -> None:
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0, x_host=0)  # type: ignore[method-assign]
    headers.keep(app, settings)
    database.keep(app)
    security.guard(app)
    CSRFProtect(app)
    Babel(app)
    errors.register(app)


def _serve(app: Flask) -> None:
    for blueprint in (signin.pages, account.pages, health.pages, *platform.PAGES, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    open_backoffice(app, VIEWS)
    for group in cli.GROUPS:
        app.cli.add_command(group)
    app.context_processor(_frame)
    app.add_template_filter(_moment, "moment")


def _moment(at: datetime) -> str:
    return f"{clock.local(at):%H:%M %d/%m/%Y}"


def _frame() -> dict[str, Any]:
    """What the frame of every page shows."""
    visitor = g.get("visitor")
    shown = {"product": PRODUCT, "printed_at": _moment(clock.now())}
    if visitor is None:
        return shown
    return shown | {
        "tenant": {"name": visitor.tenant_name, "read_only": visitor.read_only}
        if visitor.tenant_code
        else None,
        "person": {"name": visitor.actor.name, "title": visitor.title},
        "menu": [] if visitor.must_enrol else menu.menu_for(visitor.actor),
        "home_url": url_for("signin.home"),
        "sign_out_url": url_for("signin.sign_out"),
    }
