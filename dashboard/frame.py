"""The HTML document around the app: styles in order, the theme set before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

STYLES: Final = (
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/bootstrap-icons/bootstrap-icons.min.css",
    "app.css",
)

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
