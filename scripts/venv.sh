#!/bin/sh
# Make .venv with a Python between 3.11 and 3.14, also where Debian or Ubuntu came without the venv module.
set -eu
cd "$(dirname "$0")/.."
. scripts/apt.sh

works() { .venv/bin/python -m pip --version >/dev/null 2>&1; }

# First a Python that TensorFlow has a release for, then one that it has none for yet.
find_python() {
    for newest in 13 14; do
        for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python; do
            [ -n "$name" ] || continue
            if "$name" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $newest))" 2>/dev/null; then
                command -v "$name"
                return 0
            fi
        done
    done
    return 1
}

make_venv() {
    rm -rf .venv
    "$1" -m venv .venv >/dev/null 2>&1 && works && return 0
    rm -rf .venv
    "$1" -m virtualenv --quiet .venv >/dev/null 2>&1 && works && return 0
    rm -rf .venv
    command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --python "$1" .venv && works
}

if works; then exit 0; fi

if ! python=$(find_python); then
    echo "There is no Python 3.11 to 3.14 yet: installing one ..." >&2
    apt_install python3 python3-venv python3-pip || apt_install python3.11 python3.11-venv || true
    python=$(find_python) || {
        echo "The dashboard needs Python 3.11 or newer. Install it, or name one: make run PYTHON=/path/to/python3" >&2
        exit 1
    }
fi

if ! make_venv "$python"; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python $version lacks its venv module: installing it ..." >&2
    apt_install "python$version-venv" python3-pip || apt_install python3-venv python3-pip || true
    make_venv "$python" || {
        rm -rf .venv
        echo "Cannot make a virtual environment with $python. On Debian or Ubuntu, do this and try again:" >&2
        echo "    sudo apt-get install python3-venv python3-pip" >&2
        exit 1
    }
fi
echo "Made .venv with $(.venv/bin/python --version)." >&2
