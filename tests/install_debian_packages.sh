#!/bin/sh
# Pages are tested in a real browser, units by systemd itself; with "long" as argument, files in
# LibreOffice, and faults by a library that is compiled. What of them is missing is installed from
# Debian, if this may.
missing=""
{ command -v chromium || command -v chromium-browser || command -v google-chrome; } \
    >/dev/null 2>&1 || missing="chromium"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
if [ "${1:-}" = long ]; then
    command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc"
    command -v gcc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
fi
[ -n "$missing" ] || exit 0
run=""
[ "$(id -u)" -eq 0 ] || run="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing $missing, which tests need …"
    # shellcheck disable=SC2086
    $run apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
            $missing >/dev/null && exit 0
fi
echo "Tests need $missing and will fail without; install what Debian calls so." >&2
