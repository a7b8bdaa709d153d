#!/bin/sh
# BI tools include DuckDB's Node driver. Where it is missing below the environment, this installs it,
# and Debian's nodejs and npm first if they are missing and it may.
target=.venv/node_duckdb
package=@duckdb/node-api@1.5.6-r.1
[ -d "$target/node_modules/@duckdb/node-api" ] && command -v node >/dev/null 2>&1 && exit 0
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    run=""
    [ "$(id -u)" -eq 0 ] || run="sudo -n"
    if command -v apt-get >/dev/null 2>&1; then
        echo "Installing nodejs and npm, which tests of BI tools need …"
        $run apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
                nodejs npm >/dev/null
    fi
fi
mkdir -p "$target" &&
    npm install --silent --no-audit --no-fund --prefix "$target" "$package" >/dev/null && exit 0
echo "Tests of BI tools need Node with $package below $target and will fail without it." >&2
