"""The command line as tests call it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from tests.conftest import ROOT

Command = Callable[..., tuple[int, str, str]]
"""Arguments of the program to its exit code, stdout and stderr."""
AUDIO = "danceability,energy,loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms"


def as_text(csv: str | Path) -> pd.DataFrame:
    """Read a CSV, every cell as it stands."""
    return pd.read_csv(csv, dtype=str, keep_default_na=False)


def start(*argv: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the program in a process of its own."""
    command = [sys.executable, "-m", "dashboard", *argv]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ.copy(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )
