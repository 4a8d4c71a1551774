"""What stands between the network and the pages: identity, origin, limits, headers."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from dash import Dash
from flask import Flask, Response, abort, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.settings import Settings

COOKIE: Final = "dashboard_owner"
COOKIE_SECONDS: Final = 365 * 86400
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
HEALTH: Final = "healthz"
"""Endpoint of the health check, the one place that is answered without asking who is there."""
SECRET_HEADER: Final = "X-Proxy-Secret"
USER_NAME: Final = re.compile(r"[^\s,;\x00-\x1f\x7f]{1,128}")

PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def install(app: Dash, settings: Settings, secret: bytes) -> None:
    """Guard every request of an app; call it after all callbacks are registered.

    Parameters
    ----------
    app : Dash
    settings : Settings
        identity, identity_header, proxy_hops, proxy_secret, frame_ancestors, base_path.
    secret : bytes
        Signs the owner's cookie.
    """
    server = app.server
    server.secret_key = secret
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    server.before_request(refuse_cross_site)
    _install_identity(server, settings, secret)
    _install_headers(app, settings)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    server.wsgi_app = TrustedIdentity(server.wsgi_app, settings)  # type: ignore[method-assign]


def refuse_cross_site() -> None:
    """Refuse what changes something when another site's page sent it (HTTP 403).

    Browsers say where a request comes from in ``Sec-Fetch-Site`` or ``Origin``; programs send neither and pass.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403, "This request came from another site. Open the dashboard itself and try again.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.casefold() != request.host.casefold():
        abort(403, "This request came from another site. Open the dashboard itself and try again.")


class TrustedIdentity:
    """WSGI layer that lets an identity header through only when the configured proxy sent it.

    The proxy proves itself with the shared secret in ``X-Proxy-Secret``; both headers are removed for everybody else,
    and the secret is removed in any case.
    """

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]], settings: Settings) -> None:
        self._wsgi_app = wsgi_app
        self._name = _environ_name(settings.identity_header)
        self._secret = settings.proxy_secret.get_secret_value() if settings.proxy_secret else ""
        self._is_used = settings.identity == "header"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        sent = environ.pop(_environ_name(SECRET_HEADER), "")
        is_proxy = bool(self._secret) and hmac.compare_digest(sent.encode("latin-1"), self._secret.encode())
        if not (self._is_used and is_proxy):
            environ.pop(self._name, None)
        return self._wsgi_app(environ, start_response)


def _environ_name(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")


def _install_identity(server: Flask, settings: Settings, secret: bytes) -> None:
    signer = URLSafeSerializer(secret, salt="dashboard-owner")

    @server.before_request
    def find_owner() -> None:
        if request.endpoint == HEALTH:
            return  # no owner at all: None would be the operator
        if settings.identity == "shared":
            g.owner = "shared"
        elif settings.identity == "header":
            g.owner = _owner_from_header(settings.identity_header)
        else:
            known = _owner_from_cookie(signer)
            g.owner = known or f"browser:{secrets.token_hex(16)}"
            g.is_new_owner = known is None

    @server.after_request
    def keep_owner(response: Response) -> Response:
        if g.get("is_new_owner") and response.mimetype == "text/html":
            _set_cookie(response, signer.dumps(g.owner), settings)
        return response


def _owner_from_cookie(signer: URLSafeSerializer) -> str | None:
    try:
        owner = signer.loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    return owner if isinstance(owner, str) and owner.startswith("browser:") else None


def _owner_from_header(header: str) -> str:
    name = request.headers.get(header, "")
    if USER_NAME.fullmatch(name):
        return f"user:{name}"
    abort(401, "The portal did not say who you are. Open the dashboard through the portal.")


def _set_cookie(response: Response, value: str, settings: Settings) -> None:
    is_embedded = settings.frame_ancestors.strip() not in {"'self'", "'none'"} and request.is_secure
    response.set_cookie(
        COOKIE,
        value,
        max_age=COOKIE_SECONDS,
        path=settings.base_path,
        httponly=True,
        secure=request.is_secure,
        samesite="None" if is_embedded else "Lax",
        partitioned=is_embedded,
    )


def content_security_policy(script_hashes: Iterable[str], frame_ancestors: str) -> str:
    """Write the policy: everything from this server alone, framed by nobody but the named sites.

    Examples
    --------
    >>> content_security_policy([], "'self'").split("; ")[1]
    "script-src 'self'"
    """
    scripts = " ".join(["'self'", *(f"'{value.strip(chr(39))}'" for value in script_hashes)])
    rules = {
        "default-src": "'self'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": re.sub(r"[;,\r\n]", " ", frame_ancestors).strip() or "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _install_headers(app: Dash, settings: Settings) -> None:
    policy = content_security_policy(app.csp_hashes(), settings.frame_ancestors)
    fixed = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers.pop("Server", None)
        _set_caching(response)
        return response


def _set_caching(response: Response) -> None:
    path = request.path
    if "/_dash-component-suites/" in path or "/assets/" in path:
        if response.status_code == 200 and ({"m", "v"} & set(request.args) or response.cache_control.max_age):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif response.status_code == 200:
            response.headers["Cache-Control"] = "no-cache"
        return
    response.headers["Cache-Control"] = "no-store"
