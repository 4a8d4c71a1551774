#!/bin/sh
# Compile requirements.txt and requirements-dev.txt again from pyproject.toml: every version and every hash.
# `scripts/lock.sh --upgrade` takes the newest versions that fit.
# One version of each package for all supported Pythons and platforms; no address of any registry is written down.
set -eu
cd "$(dirname "$0")/.."

compile() {
    "${UV:-.venv/bin/uv}" pip compile --quiet --universal --generate-hashes --python-version 3.11 \
        --constraints scripts/lock.constraints --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" "$@"
}

compile "$@" pyproject.toml --extra boosters --output-file requirements.txt
compile "$@" pyproject.toml --extra boosters --extra onnx --extra dev --constraints requirements.txt --no-annotate --output-file requirements-dev.txt
