#!/bin/sh
# The dashboard is tested in a real Superset, which has an environment of its own below this one.
# Where it is missing, this installs it (some minutes, half a gigabyte).
target=.venv/superset
needs=dashboards/superset/requirements.txt
cmp -s "$needs" "$target/installed.txt" && exit 0
echo "Installing Superset, which tests of the dashboard need …"
.venv/bin/python -m venv "$target" &&
    "$target/bin/pip" install --quiet --disable-pip-version-check -r "$needs" &&
    cp "$needs" "$target/installed.txt" && exit 0
echo "Tests of the dashboard need Superset below $target and will fail without it." >&2
exit 1
