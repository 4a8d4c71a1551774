#!/bin/sh
# Install a requirements file into .venv when it changed since the last time.
#
# A copy of the file in .venv says what is installed. A mark says that an install has begun: where it is still there,
# the last one was interrupted, nobody knows what it left, and the environment is made anew.
set -eu
cd "$(dirname "$0")/.."
file=$1
installed=.venv/installed-$(basename "$file")
begun=.venv/install-begun

if [ ! -e "$begun" ] && cmp -s "$file" "$installed" && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi
if [ -e "$begun" ]; then
    echo "The last install was interrupted: starting again." >&2
    rm -rf .venv
fi
scripts/venv.sh
trap 'exit 130' INT TERM
: > "$begun"
echo "Installing $file, a few minutes the first time ..." >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$file" || {
    rm -f "$begun" # pip said no before it changed anything
    echo "The install did not finish (see above). Check the network and run the same command again." >&2
    exit 1
}
cp "$file" "$installed"
rm -f "$begun"
