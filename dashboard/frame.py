"""The HTML document around the app: styles in order, the theme set before anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from dash import Dash

STYLES: Final = (
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/bootstrap-icons/bootstrap-icons.min.css",
    "app.css",
)

LAZY: Final = ("dash_ag_grid",)
"""Component libraries too big for pages without them: ``assets/requests.js`` loads one with its first component."""

_DOCUMENT: Final = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <meta name="color-scheme" content="light dark">
        <title>{%title%}</title>
        <link rel="icon" type="image/svg+xml" href="ICON">
        <script src="BOOT"></script>
        LINKS
        {%css%}
    </head>
    <body>
        <noscript>This dashboard needs JavaScript. Please switch it on and load the page again.</noscript>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            {%renderer%}
        </footer>
    </body>
</html>"""


def index_string(asset_url: Callable[[str], str], version: str) -> str:
    """Write the document with the addresses of our own assets.

    Parameters
    ----------
    asset_url : callable
        From a path in the assets folder to its address.
    version : str
        Joins the addresses, so that a browser keeps a file until the next version.
    """
    links = "\n        ".join(f'<link rel="stylesheet" href="{asset_url(name)}?v={version}">' for name in STYLES)
    boot, mark = (f"{asset_url(name)}?v={version}" for name in ("theme-boot.js", "favicon.svg"))
    return _DOCUMENT.replace("LINKS", links).replace("BOOT", boot).replace("ICON", mark)


class LazyDash(Dash):
    """Dash whose document names the big component libraries without loading them."""

    def interpolate_index(self, **parts: Any) -> str:
        """Turn the script tags of the libraries in ``LAZY`` into notes of their addresses."""
        for name in LAZY:
            tag = rf'<script src="([^"]*/_dash-component-suites/{name}/[^"]*)"></script>'
            found = re.findall(tag, parts["scripts"])
            notes = "".join(f'<meta name="lazy-script" data-lazy="{name}" content="{address}">' for address in found)
            parts["scripts"] = re.sub(tag, "", parts["scripts"])
            parts["metas"] += notes
        return super().interpolate_index(**parts)
