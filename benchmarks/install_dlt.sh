#!/bin/sh
# dlt, which benchmarks/scale.py puts beside Dataspor, in an environment of its own.
target=.venv/dlt
needs="dlt[duckdb]==1.31.0 duckdb==2.0.1"
[ "$(cat "$target/installed.txt" 2>/dev/null)" = "$needs" ] && exit 0
echo "Installing dlt, which the bench needs …" >&2
# shellcheck disable=SC2086
.venv/bin/python -m venv "$target" &&
    "$target/bin/pip" install --quiet --disable-pip-version-check $needs &&
    echo "$needs" >"$target/installed.txt" && exit 0
echo "The bench needs dlt below $target and fails without it." >&2
exit 1
