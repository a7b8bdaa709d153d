#!/bin/sh
# Spark and PostgreSQL as engines have an environment of their own, which sees this one's packages:
# what they bring would make every ordinary run slower. Spark's Java comes from Debian.
target=.venv/engines
needs="dbt-spark[session]==1.11.0 pyspark==4.3.0 dbt-postgres==1.11.0"
if ! command -v java >/dev/null 2>&1; then
    run=""
    [ "$(id -u)" -eq 0 ] || run="sudo -n"
    echo "Installing Java, which Spark needs …"
    $run apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends \
            openjdk-17-jre-headless >/dev/null
fi
[ "$(cat "$target/installed.txt" 2>/dev/null)" = "$needs" ] && exit 0
echo "Installing Spark and dbt's adapters for it and PostgreSQL (some minutes) …"
# shellcheck disable=SC2086
.venv/bin/python -m venv "$target" &&
    main=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
    own=$("$target/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
    echo "import site; site.addsitedir('$main')" >"$own/main.pth" &&
    "$target/bin/pip" install --quiet --disable-pip-version-check $needs &&
    echo "$needs" >"$target/installed.txt" && exit 0
echo "Tests of engines need Spark and dbt's adapters below $target and will fail without them." >&2
exit 1
