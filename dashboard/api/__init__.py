"""The JSON API: predictions and runs for a portal's own code, with the identity and the limits of the pages."""

from __future__ import annotations

from dashboard.api.views import install

__all__ = ["install"]
