#!/bin/sh
# polars, pyarrow and pandas with it read what is published in an environment of their own: where
# pyarrow is installed, pandas loads it at every start, which a run would pay for.
target=.venv/frames
needs="pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1"
[ "$(cat "$target/installed.txt" 2>/dev/null)" = "$needs" ] && exit 0
echo "Installing polars and pyarrow, which tests of BI tools need …"
# shellcheck disable=SC2086
.venv/bin/python -m venv "$target" &&
    "$target/bin/pip" install --quiet --disable-pip-version-check $needs &&
    echo "$needs" >"$target/installed.txt" && exit 0
echo "Tests of BI tools need polars and pyarrow below $target and will fail without them." >&2
exit 1
