"""The domain: models, validation, runs and figures; knows neither Dash nor Flask."""

from __future__ import annotations

__version__ = "0.1.0"
