#!/bin/sh
# Exports in S3 and Azure are read with clients that have an environment of their own, which sees
# this one's packages, beside the stores themselves: moto for S3, Azurite for Azure (needs Node).
target=.venv/stores
needs="s3fs==2026.9.0 adlfs==2026.8.0 moto[s3]==5.2.5 flask==3.1.3 flask-cors==6.0.5"
azurite=azurite@3.35.0
[ "$(cat "$target/installed.txt" 2>/dev/null)" = "$needs $azurite" ] && exit 0
echo "Installing clients and servers of S3 and Azure, which tests of stores need …"
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    run=""
    [ "$(id -u)" -eq 0 ] || run="sudo -n"
    if command -v apt-get >/dev/null 2>&1; then
        $run apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
                nodejs npm >/dev/null
    fi
fi
# shellcheck disable=SC2086
.venv/bin/python -m venv "$target" &&
    main=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
    own=$("$target/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
    echo "import site; site.addsitedir('$main')" >"$own/main.pth" &&
    "$target/bin/pip" install --quiet --disable-pip-version-check $needs &&
    npm install --silent --no-audit --no-fund --prefix "$target/azurite" "$azurite" >/dev/null &&
    echo "$needs $azurite" >"$target/installed.txt" && exit 0
echo "Tests of stores need what this installs below $target and will fail without it." >&2
exit 1
