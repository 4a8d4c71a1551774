#!/bin/sh
# See that there is a Chromium for the browser tests; say loudly what is left out where there is none.
set -eu
cd "$(dirname "$0")/.."
. scripts/apt.sh

works() { "${CHROMIUM:-chromium}" --version >/dev/null 2>&1; }

works && exit 0
echo "There is no Chromium for the browser tests: installing Debian's package ..." >&2
apt_install chromium fonts-dejavu-core || true
works && exit 0
cat >&2 <<'TEXT'

!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
!!  NO BROWSER TESTS: there is no Chromium here, and it could not be installed.
!!  Install the package chromium, or name one: CHROMIUM=/path/to/chromium make test
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!

TEXT
exit 1
