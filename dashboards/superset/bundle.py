"""Makes the file that `superset import-dashboards` reads: the YAML beside this, with a database.

    DATASPOR_BI_URI=postgresql+psycopg2://bi_reader:PASSWORD@HOST:5432/dataspor \
        python dashboards/superset/bundle.py /tmp/dataspor.zip

It needs the standard library only, so that Superset's own Python can run it. The file holds the
password: it is readable by its owner only, and is to be removed after the import.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

EXPORT = Path(__file__).parent / "dataspor"
DATABASE = "databases/Dataspor.yaml"
PLACEHOLDER = "postgresql+psycopg2://bi_reader@db.example:5432/dataspor"
VARIABLE = "DATASPOR_BI_URI"


def bundle(uri: str, target: Path) -> None:
    """Write the export to ``target``, a zip, with ``uri`` in the placeholder's stead.

    Raises:
        ValueError: the export's database does not hold the placeholder.
    """
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(EXPORT.rglob("*.yaml")):
            name = path.relative_to(EXPORT).as_posix()
            text = path.read_text(encoding="utf-8")
            if name == DATABASE:
                if PLACEHOLDER not in text:
                    raise ValueError(f"{path} does not hold {PLACEHOLDER}.")
                # a JSON string is a YAML string, whatever a password holds
                text = text.replace(PLACEHOLDER, json.dumps(uri, ensure_ascii=False))
            packed.writestr(f"{EXPORT.name}/{name}", text)


def main(arguments: list[str]) -> int:
    """Bundle for the database that the environment names."""
    uri = os.environ.get(VARIABLE, "")
    if not uri or len(arguments) != 1:
        print(
            f"Set {VARIABLE} to the database's URI and name the zip to write:\n"
            f"  {VARIABLE}=postgresql+psycopg2://bi_reader:PASSWORD@HOST:5432/dataspor "
            "python bundle.py dataspor.zip",
            file=sys.stderr,
        )
        return 2
    bundle(uri, Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
