#!/bin/sh
# Try once to download the public table; without it the dashboard shows its built-in sample, and says so.
set -eu
cd "$(dirname "$0")/.."
home=${DASHBOARD_HOME:-var}
if [ -n "${DASHBOARD_DATA:-}" ] || [ -f "$home/downloads/spotify_songs.csv" ]; then exit 0; fi
.venv/bin/python -m dashboard data --fetch >/dev/null || true
