#!/bin/sh
# Makes sure that there is a Chromium for the browser tests, and says in one line which it is.
# In this order: $CHROME; one on the PATH; Debian's package, when root; Playwright's own.
set -u

PYTHON=${PYTHON:-.venv/bin/python}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Ubuntu's `chromium-browser` may be a stub that only says where to get a snap: it must answer.
works() { command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1; }

found() {
    for name in chromium chromium-browser google-chrome chrome; do
        if works "$name"; then
            echo "Chromium: $(command -v "$name") ($1)"
            return 0
        fi
    done
    return 1
}

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

install_package() {
    can_apt || return 1
    export DEBIAN_FRONTEND=noninteractive
    apt-get update && apt-get install -y --no-install-recommends chromium
}

install_own() {
    # Its system libraries can only be added by root, from Debian's packages.
    if can_apt; then
        "$PYTHON" -m playwright install --with-deps chromium && return 0
    fi
    "$PYTHON" -m playwright install chromium
}

if [ -n "${CHROME:-}" ]; then
    works "$CHROME" && echo "Chromium: $CHROME (from \$CHROME)" && exit 0
    echo "CHROME=$CHROME does not start: point it at a Chromium or Chrome, or unset it." >&2
    exit 2
fi
found "on the PATH" && exit 0
if install_package >>"$log" 2>&1 && found "just installed by apt-get"; then
    exit 0
fi
if install_own >>"$log" 2>&1; then
    echo "Chromium: Playwright's own"
    exit 0
fi
tail -n 20 "$log" >&2
echo "No Chromium, and none could be installed: install one, or set CHROME to its path." >&2
exit 2
