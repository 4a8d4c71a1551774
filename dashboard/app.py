"""Joins the parts: pages, services, security, background jobs."""

from __future__ import annotations

from typing import Any

from dash import Dash
from dash.development.base_component import Component
from flask import Response, jsonify, request

import callbacks.errors
import callbacks.shell
from callbacks import jobs, tray
from core import __version__
from dashboard import api, payload, scored_files, security, strict_plotly
from dashboard.background import make_manager
from dashboard.compression import compress
from dashboard.frame import LazyDash, index_string
from dashboard.pages import Page, find_page, offered_pages
from dashboard.secret import load_secret
from dashboard.services import Services, build_services
from dashboard.serving import run_server
from dashboard.settings import Settings
from dashboard.upkeep import Upkeep
from dashboard.validation import validation_layout
from dashboard.warming import EXTENSION
from layouts.shell import PRODUCT, NavigationItem, shell

__all__ = ["create_app", "run_server"]


def create_app(settings: Settings, services: Services | None = None) -> Dash:
    """Build the dashboard.

    Parameters
    ----------
    settings : Settings
    services : Services, optional
        Built from the settings when absent.

    Returns
    -------
    Dash
        ``app.server`` is the WSGI application.
    """
    services = services or build_services(settings)
    pages = offered_pages(settings)
    manager = make_manager(settings)
    app = _make_dash(settings, manager)
    app.index_string = index_string(app.get_asset_url, __version__)
    frame = shell(_navigation(app, pages), app.get_relative_path("/"))
    app.layout = frame
    callbacks.shell.register(app, services, lambda path: find_page(pages, path))
    tray.register(app, services)
    jobs.register(app, services)
    for page in pages:
        page.view.register(app, services)
    _finish(app, settings, services, pages, frame)
    layout_path = f"{app.config.routes_pathname_prefix}_dash-layout"
    app.server.extensions[EXTENSION] = (services, manager, layout_path, Upkeep(services))
    return app


def _make_dash(settings: Settings, manager: Any) -> Dash:
    prefix = "/" if settings.strip_base_path else settings.base_path
    return LazyDash(
        "dashboard",
        title=PRODUCT,
        update_title=None,
        serve_locally=True,
        routes_pathname_prefix=prefix,
        requests_pathname_prefix=settings.base_path,
        assets_ignore=r"(.*\.min\.css|app\.css|theme-boot\.js|.*\.svg)$",
        # A page that is left while its callback runs is no error; that every id exists is proved by a contract test.
        suppress_callback_exceptions=True,
        background_callback_manager=manager,
    )


def _navigation(app: Dash, pages: tuple[Page, ...]) -> list[NavigationItem]:
    shown = [page for page in pages if page.in_navigation]
    return [
        NavigationItem(
            app.get_relative_path(page.path), page.title, page.icon, page.shortcut, page.reads_query, page.is_quiet
        )
        for page in shown
    ]


def _finish(app: Dash, settings: Settings, services: Services, pages: tuple[Page, ...], frame: Component) -> None:
    app.validation_layout = validation_layout(app, frame)
    callbacks.errors.install(app.server)
    security.install(app, settings, load_secret(settings.home))
    payload.install(app)
    strict_plotly.install(app.server)
    api.install(app, services)
    scored_files.install(app, services)
    compress(app.server)
    _add_health(app, services)
    _mark_unknown_paths(app, pages)


def _add_health(app: Dash, services: Services) -> None:
    prefix = app.config.routes_pathname_prefix

    def healthz() -> Response:
        source = services.tracks.source_name
        return jsonify(status="ok", version=__version__, data=source)

    app.server.add_url_rule(f"{prefix}healthz", security.HEALTH, healthz)


def _mark_unknown_paths(app: Dash, pages: tuple[Page, ...]) -> None:
    prefix = app.config.routes_pathname_prefix

    @app.server.after_request
    def mark(response: Response) -> Response:
        is_document = request.method in {"GET", "HEAD"} and response.status_code == 200
        if is_document and request.endpoint and request.endpoint.endswith("<path:path>"):
            path = "/" + request.path.removeprefix(prefix)
            if find_page(pages, path) is None:
                response.status_code = 404
        return response
