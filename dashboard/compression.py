"""Compressed answers, for when no proxy in front does it; the big bundles are compressed once a process."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

from flask import Flask, Request
from flask_compress import Compress

MAX_BUNDLES: Final = 64


class _Bundles(dict[str, bytes]):
    """The cache behind Flask-Compress; its keys read "algorithm;key", and an empty key means: not a bundle."""

    def set(self, key: str, value: bytes) -> None:
        """Keep a compressed bundle; start anew when a visitor makes up addresses without end."""
        if key.endswith(";"):
            return
        if len(self) >= MAX_BUNDLES:
            self.clear()
        self[key] = value


def compress(server: Flask) -> MutableMapping[str, bytes]:
    """Compress text answers of a server with gzip; give the cache of its bundles."""
    bundles = _Bundles()
    server.config["COMPRESS_ALGORITHM"] = ["gzip"]
    server.config["COMPRESS_LEVEL"] = 6
    server.config["COMPRESS_MIN_SIZE"] = 1000
    server.config["COMPRESS_CACHE_BACKEND"] = lambda: bundles
    server.config["COMPRESS_CACHE_KEY"] = _bundle_key
    Compress(server)
    return bundles


def _bundle_key(request: Request) -> str:
    return request.path if "/_dash-component-suites/" in request.path else ""
