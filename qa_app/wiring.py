"""The app put together: blueprints, job handlers, panels, may-see rules, error pages, template helpers."""

from __future__ import annotations

import importlib
from typing import Any

from flask import Flask, g, request, url_for
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import (
    ChoiceLoader,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from sqlalchemy.exc import SQLAlchemyError

from qa_app import config
from qa_app.base import db as database
from qa_app.base import text, web
from qa_app.config import Settings
from qa_app.ports import Ports

csrf = CSRFProtect()

# Every feature that has tables; imported once, so that the metadata is whole.
MODELS = (
    "jobs", "audit", "accounts", "providers", "notifications", "homes", "question_sets", "photos",
    "certificates", "visits", "defects", "actions", "safeguarding", "inspections",
)  # fmt: skip

# Every module with a blueprint called ``bp``.
BLUEPRINTS = (
    "accounts.views", "providers.views", "homes.views", "certificates.views", "photos.views", "visits.views",
    "inspections.views", "defects.views", "actions.views", "safeguarding.views", "sync.api", "desk.views",
)  # fmt: skip

# Every module with a function ``connect()`` that registers job handlers, panels and may-see rules.
CONNECTED = (
    "photos.tasks", "homes.tasks", "homes.panels", "notifications.tasks", "defects.tasks", "visits.panels",
    "defects.panels", "actions.panels", "certificates.panels", "inspections.panels",
)  # fmt: skip

# What stands in the navigation: endpoint, words, the permission that shows it.
NAVIGATION = (
    ("desk.index", "My day", "self"),
    ("desk.provider", "What we owe", "provider.desk"),
    ("visits.index", "Visits", "visits.read"),
    ("homes.index", "Homes", "homes.read"),
    ("defects.index", "Repairs", "defects.read"),
    ("actions.index", "Actions", "actions.read"),
    ("safeguarding.index", "Safeguarding", "safeguarding.read"),
    ("providers.index", "Providers", "providers.list"),
    ("desk.attention", "Needs a look", "attention"),
)


def build_app(settings: Settings | None = None, ports: Ports | None = None) -> Flask:
    """Return the app for these settings (the environment's when None) and doors (the real ones when None)."""
    settings = settings or (ports.settings if ports is not None else config.load())
    app = Flask(
        "qa_app",
        template_folder=str(config.TEMPLATES),
        static_folder=str(config.STATIC),
        instance_path=str(settings.instance),
    )
    settings.instance.mkdir(parents=True, exist_ok=True)
    app.config.update(_flask_config(settings))
    if not settings.is_testing:
        web.set_up_logging(settings.log_level)
    app.extensions["doorstep"] = ports or real_ports(settings)
    for name in MODELS:
        importlib.import_module(f"qa_app.{name}.models")
    database.init_app(app)
    Migrate(
        app, database.db, directory=str(config.ROOT / "qa_app" / "migrations"), render_as_batch=True
    )
    web.init_app(app)
    csrf.init_app(app)
    _access(app)
    _templates(app, settings)
    _features(app)
    return app


def real_ports(settings: Settings) -> Ports:
    """Return the adapters that the settings name."""
    from qa_app.adapters.clock import SystemClock
    from qa_app.adapters.geocoder import postcode_geocoder
    from qa_app.adapters.mail import LoggedMail
    from qa_app.adapters.storage import FilePhotoStore

    return Ports(
        clock=SystemClock(),
        photos=FilePhotoStore(settings.photos),
        geocoder=postcode_geocoder(settings.postcodes),
        mailer=LoggedMail(),
        settings=settings,
    )


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "doorstep",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "WTF_CSRF_TIME_LIMIT": None,  # forms filled offline outlive any limit (stack.md C.3)
        "WTF_CSRF_CHECK_DEFAULT": False,  # accounts.access checks, after it knows how large the body may be
        "WTF_CSRF_SSL_STRICT": False,  # accounts.access checks Origin instead
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "MAX_CONTENT_LENGTH": 2 * config.MIB,
        "MAX_FORM_PARTS": 10_000,
        "MAX_FORM_MEMORY_SIZE": 4 * config.MIB,
        "TESTING": settings.is_testing,
        "JSON_SORT_KEYS": False,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True}  # addresses and words never reach a log
    if settings.is_sqlite:
        options["connect_args"] = {"timeout": 30, "check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
    return options


def _access(app: Flask) -> None:
    from qa_app.accounts import access

    access.init_app(app, csrf)


def _templates(app: Flask, settings: Settings) -> None:
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(str(config.TEMPLATES)),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    if not settings.is_testing:
        compiled = settings.instance / "templates"  # the first page after a start need not compile
        compiled.mkdir(exist_ok=True)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(csrf_token=generate_csrf)
    app.jinja_env.filters.update(
        day=text.day,
        weekday=text.weekday,
        moment=text.moment,
        pounds=text.pounds,
        plural=text.plural,
        iso=text.iso,
        local=text.local,
    )

    @app.context_processor
    def _page() -> dict[str, Any]:
        person = g.get("person")
        return {
            "person": person,
            "is_demo": _holds_demonstration(app),
            "nav_items": _nav(app, person),
        }


def _holds_demonstration(app: Flask) -> bool:
    """Whether the database holds demonstration data, whatever the settings say; every page then says so."""
    from qa_app.accounts import queries

    if not app.extensions.get("doorstep_demo"):
        try:
            app.extensions["doorstep_demo"] = queries.holds_demonstration(database.db.session())
        except SQLAlchemyError:  # a page that says the database is away must still be drawn
            return False
    return bool(app.extensions["doorstep_demo"])


def _nav(app: Flask, person: Any) -> list[dict[str, Any]]:
    if person is None:
        return []
    here = request.endpoint or ""
    return [
        {
            "text": words,
            "href": url_for(endpoint),
            "active": here == endpoint
            or (here.split(".")[0] == endpoint.split(".")[0] and not endpoint.startswith("desk.")),
        }
        for endpoint, words, permission in NAVIGATION
        if endpoint in app.view_functions and person.can(permission)
    ]


def _features(app: Flask) -> None:
    for name in BLUEPRINTS:
        app.register_blueprint(importlib.import_module(f"qa_app.{name}").bp)
    for name in CONNECTED:
        importlib.import_module(f"qa_app.{name}").connect()
    importlib.import_module("qa_app.cli.commands").init_app(app)
