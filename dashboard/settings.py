"""Every setting in one place: name, default, bounds and help. Only the dashboard package reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen settings, read from the environment with the prefix ``DASHBOARD_`` (``DASHBOARD_HOME``, ...)."""

    model_config = SettingsConfigDict(env_prefix="DASHBOARD_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = Field(Path("var"), description="Folder where state is kept: registry, models, cache, downloads.")
    data: Path | None = Field(None, description="CSV table to load instead of the public one.")
    download: bool = Field(True, description="Let `data --fetch` download the public table once.")
    download_timeout: Annotated[float, Field(gt=0, le=300)] = Field(
        10.0, description="Seconds to wait for the download before going on without it."
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy address of the run registry; default is SQLite in the home folder."
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8050, description="Port the server listens on.")
    base_path: str = Field("/", description="Path under which a portal serves the dashboard, with slashes around it.")
    strip_base_path: bool = Field(False, description="True where the proxy in front removes the base path itself.")
    run_slots: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description="Jobs (training, scoring a file) that run at the same time."
    )
    queue_limit: Annotated[int, Field(ge=0, le=1000)] = Field(
        8, description="Jobs that may wait beside those that run."
    )
    jobs_per_user: Annotated[int, Field(ge=1, le=100)] = Field(1, description="Active training jobs a user may have.")
    run_seconds: Annotated[int, Field(ge=1, le=7 * 86400)] = Field(
        3600, description="Longest time one run started from the page may take, in seconds."
    )
    run_memory_mb: Annotated[int, Field(ge=256)] = Field(
        8192, description="Most memory one run started from the page may use, in MiB."
    )
    bin_days: Annotated[float, Field(ge=0, le=3650)] = Field(
        30, description="Days after which deleted runs are removed for good, with their files; 0 keeps them."
    )
    identity: Literal["browser", "shared", "header"] = Field(
        "browser",
        description=(
            "Who owns a run: each browser by a signed cookie, everybody together, or the user a trusted proxy names."
        ),
    )
    identity_header: str = Field("X-Forwarded-User", description="Header in which the trusted proxy names the user.")
    proxy_hops: Annotated[int, Field(ge=0, le=10)] = Field(0, description="Number of trusted proxies in front.")
    proxy_secret: SecretStr | None = Field(
        None, description="Secret the proxy sends as X-Proxy-Secret; without it no identity header is believed."
    )
    exchange_key: SecretStr | None = Field(
        None,
        description=(
            "Key that signs exported runs; only runs signed with it are imported. Dashboards that exchange runs have "
            "the same one, of 16 characters or more. Without it, exports can be imported in the same home only."
        ),
    )
    frame_ancestors: str = Field("'self'", description="Sites that may embed the dashboard (CSP frame-ancestors).")
    mlflow_tracking_uri: SecretStr | None = Field(
        None, description="MLflow server (http or https) that finished runs are logged to, too; may hold a password."
    )
    mlflow_experiment: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "track-popularity", description="Experiment of the MLflow server to which runs are logged; made when missing."
    )
    mlflow_token: SecretStr | None = Field(None, description="Bearer token for the MLflow server.")
    eda: bool = Field(True, description="Offer the Explore view; off means that nothing of it is computed.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much the server logs.")
