"""The status page: what is installed, which table is in use, what a training may use; no place, no secret."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output
from dash.development.base_component import Component

from core.families import FAMILIES, ModelFamily, loading
from core.families.installed import installed_version
from core.runs.making import cores, versions
from layouts import status
from layouts.ids import Status
from layouts.status import Availability, Facts, StatusValues

OF_THE_PAGE = ("dash", "plotly")
OF_MODELS = ("tensorflow", "xgboost", "lightgbm", "catboost", "optuna", "shap")


def register(app: Dash, services: Any) -> None:
    """Attach what looks whether libraries load: only once somebody wants to know, as it takes seconds of a core."""

    @app.callback(
        Output(Status.SAID, "children"),
        Output(Status.MODELS, "children"),
        Output(Status.TICK, "max_intervals"),
        Input(Status.TICK, "n_intervals"),
        prevent_initial_call=True,
    )
    def look(_tick: Any) -> tuple[Any, Any, int]:
        loading.probe_soon(name for family in FAMILIES.values() for name in family.requires)
        families = availabilities()
        return status.missing(families), status.models(families), 0 if status.is_known(families) else -1


def page(services: Any, owner: str, query: str = "") -> Component:
    """Build the page."""
    return status.layout(status_values(services, owner))


def status_values(services: Any, owner: str) -> StatusValues:
    """Collect what the page shows."""
    store = services.tracks_for(owner)
    return StatusValues(
        families=availabilities(),
        data=data_in_words(store.digest.facts, is_own=store.table is not None),
        limits=limits_in_words(services.settings, cores()),
        versions=versions_in_words(),
    )


def availabilities() -> tuple[Availability, ...]:
    """Say of each family whether it can be trained here, as far as that is known."""
    return tuple(_availability(family) for family in FAMILIES.values() if not family.is_baseline)


def data_in_words(facts: Any, *, is_own: bool = False) -> Facts:
    """Name the table an owner works with."""
    kind = "generated, not real" if facts.is_synthetic else "your own" if is_own else "real"
    return (
        ("Name", facts.source_name),
        ("Kind", kind),
        ("Tracks", f"{facts.tracks:,} of {facts.rows_read:,} rows"),
        ("SHA-256", facts.sha256[:16] + "…"),
    )


def limits_in_words(settings: Any, n_cores: int) -> Facts:
    """Say what a training may use."""
    slots = settings.run_slots
    threads = max(1, n_cores // slots)
    return (
        ("At the same time", _count(slots, "training job")),
        ("Waiting", f"at most {_count(settings.queue_limit, 'job')}"),
        ("Each person", f"{_count(settings.jobs_per_user, 'job')} at a time"),
        ("Longest time of a model", _duration(settings.run_seconds)),
        ("Most memory of a model", f"{settings.run_memory_mb / 1024:.3g} GB"),
        ("Deleted runs", f"removed after {settings.bin_days:g} days" if settings.bin_days else "kept"),
        ("Processor", f"{_count(n_cores, 'core')}, {_count(threads, 'core')} for each model"),
    )


def versions_in_words() -> Facts:
    """Give the version of what is installed, by name."""
    found = versions()
    for name in (*OF_THE_PAGE, *OF_MODELS):
        found[name] = installed_version(name) or "not installed"
    return tuple(found.items())


def _availability(family: ModelFamily) -> Availability:
    library = " and ".join(family.requires) or "scikit-learn"
    command = family.install_hint if family.missing else ""
    return Availability(family.label, library, command, family.trouble, loading.is_probed(family.requires))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _duration(seconds: int) -> str:
    if seconds % 3600 == 0:
        return _count(seconds // 3600, "hour")
    return _count(round(seconds / 60), "minute") if seconds >= 60 else _count(seconds, "second")
