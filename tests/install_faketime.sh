#!/bin/sh
# A daemon is tested on another day: libfaketime moves its clock. Where it is missing, this installs
# Debian's package if it may.
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 && exit 0
run=""
[ "$(id -u)" -eq 0 ] || run="sudo -n"
if command -v apt-get >/dev/null 2>&1; then
    $run apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
            faketime >/dev/null && exit 0
fi
echo "The test of the daemon needs libfaketime; install what Debian calls faketime." >&2
exit 1
