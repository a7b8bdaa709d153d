#!/bin/sh
# Pages are tested in a real browser. Where Chromium is missing, this installs Debian's if it may.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
run=""
[ "$(id -u)" -eq 0 ] || run="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium, which tests of pages need …"
    $run apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
            chromium >/dev/null && exit 0
fi
echo "Tests of pages need Chromium and will fail without it. Install it (Debian: chromium)." >&2
