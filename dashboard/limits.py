"""The limits of training, out of the settings."""

from __future__ import annotations

from dataclasses import fields

from core.runs.model import Limits
from dashboard.settings import Settings


def limits_of(settings: Settings) -> Limits:
    """Give the limits: each has the name of its setting."""
    return Limits(**{field.name: getattr(settings, field.name) for field in fields(Limits)})
