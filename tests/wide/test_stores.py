"""Exports in S3 and in Azure, read from servers that speak their protocols."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.installation import Place
from tests.wide.stores import PROJECT, PYTHON, Store, store_of

pytestmark = pytest.mark.wide

AS_OF = "2025-11-17"
_MIRROR = """
import dataclasses, json
from orchestration.errors import DatasporError
from orchestration.landing.mirror import mirror
from orchestration.settings import Settings
settings = Settings.from_environment()
settings.prepare()
try:
    told = dataclasses.asdict(mirror(settings))
except DatasporError as error:
    told = {"error": str(error), "kind": type(error).__name__}
files = [path for path in settings.sources.rglob("*") if path.is_file()]
names = {path.relative_to(settings.sources).as_posix(): path.read_text() for path in files}
print(json.dumps(told | {"files": names, "times": [path.stat().st_mtime for path in files]}))
"""


@pytest.fixture(scope="module", params=["s3", "azure"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with store_of(request.param) as running:
        yield running


def installation(folder: Path, url: str) -> dict[str, str]:
    return {"DATASPOR_HOME": str(folder / "home"), "DATASPOR_SOURCES": url}


def mirrored(store: Store, folder: Path, url: str, login: dict[str, str]) -> dict[str, Any]:
    """What mirroring said, and what the mirror holds then."""
    return json.loads(store.ask(_MIRROR, login=login | installation(folder, url)))


def figures(warehouse: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            "select figure_id, value, ci_low, ci_high, evidence, statement_da "
            "from marts.fct_status_figure order by all"
        ).fetchall()


def test_a_run_on_exports_in_a_store_publishes_what_a_run_on_a_folder_does(
    store: Store, sample_run: Place, tmp_path: Path
) -> None:
    store.put_exports(sample_run.sources, "exports/sample")
    run = "from orchestration.cli import main; main()"
    done = subprocess.run(
        [PYTHON, "-c", run, "run", "--as-of", AS_OF],
        env=os.environ | store.login | installation(tmp_path, store.url("exports/sample")),
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    published = "published/warehouse.duckdb"
    assert figures(tmp_path / "home" / published) == figures(sample_run.home / published) != []


def test_what_is_new_changed_or_gone_in_the_store_is_so_in_the_mirror(
    store: Store, tmp_path: Path
) -> None:
    def look() -> dict[str, Any]:
        return mirrored(store, tmp_path, store.url("exports/out"), store.login)

    store.put("exports/out/presence/2025/a.csv", "a;b\n")
    store.put("exports/out/presence/b.csv", "a;b\n")
    store.put("exports/out/presence/notes.txt", "no export")
    store.put("exports/elsewhere/presence/c.csv", "a;b\n")
    first, second = look(), look()
    assert first["files"] == {"presence/2025/a.csv": "a;b\n", "presence/b.csv": "a;b\n"}
    assert (first["copied"], second["copied"]) == (2, 0)
    assert first["times"] == second["times"]
    store.put("exports/out/presence/2025/a.csv", "c;d;e\n")
    store.remove("exports/out/presence/b.csv")
    third = look()
    assert (third["copied"], third["removed"]) == (1, 1)
    assert third["files"] == {"presence/2025/a.csv": "c;d;e\n"}


def test_a_folder_that_has_a_file_of_its_own_is_read_or_told(store: Store, tmp_path: Path) -> None:
    """As browsers of stores make folders: an empty object whose name ends with a slash."""
    store.put("exports/marked/presence/", "")
    store.put("exports/marked/presence/2025/", "")
    store.put("exports/marked/presence/2025/a.csv", "a;b\n")
    told = mirrored(store, tmp_path, store.url("exports/marked"), store.login)
    if store.scheme == "s3":
        assert told["files"] == {"presence/2025/a.csv": "a;b\n"}
    else:  # its client does not list what lies there: no mirror may be emptied by that
        assert told["error"].startswith("On the server, exports/marked/presence is a file")


def test_a_folder_that_azure_marks_as_one_is_read_once(tmp_path: Path) -> None:
    mark = (
        "store.pipe_file(sys.argv[1], b'')\n"
        "import os\n"
        "from azure.storage.blob import BlobServiceClient\n"
        "login = os.environ['AZURE_STORAGE_CONNECTION_STRING']\n"
        "blobs = BlobServiceClient.from_connection_string(login).get_container_client('exports')\n"
        "blobs.get_blob_client(sys.argv[2]).set_blob_metadata({'hdi_isfolder': 'true'})\n"
    )
    with store_of("azure") as store:
        for folder in ("out/presence", "out/presence/2025"):
            store.ask(mark, f"exports/{folder}", folder)
        store.put("exports/out/presence/2025/a.csv", "a;b\n")
        told = mirrored(store, tmp_path, store.url("exports/out"), store.login)
    assert (told["copied"], told["files"]) == (1, {"presence/2025/a.csv": "a;b\n"})


def test_what_is_not_there_is_told_and_empties_no_mirror(store: Store, tmp_path: Path) -> None:
    store.put("exports/kept/presence/a.csv", "a;b\n")
    before = mirrored(store, tmp_path, store.url("exports/kept"), store.login)
    for path in ("exports/renamed", "nowhere/kept"):
        told = mirrored(store, tmp_path, store.url(path), store.login)
        assert told["error"].startswith(f"There is no folder {store.url(path)}, or a file")
        assert told["files"] == before["files"] != {}


def test_a_login_that_is_missing_or_wrong_is_told_and_not_tried_again(
    store: Store, tmp_path: Path
) -> None:
    told = mirrored(store, tmp_path, store.url("exports/out"), store.no_login)
    assert "cannot be read: the server refused the login. Nothing was changed" in told["error"]
    assert told["kind"] == "DatasporError"


@pytest.mark.parametrize("kind", ["s3", "azure"])
def test_a_store_that_is_gone_is_told_as_something_that_may_pass(kind: str, tmp_path: Path) -> None:
    with store_of(kind) as store:
        store.stop()
        told = mirrored(store, tmp_path, store.url("exports/out"), store.login)
    assert "cannot be read: the connection failed (" in told["error"]
    assert told["kind"] == "TransientError"
    assert "hunter2" not in told["error"] and "Eby8" not in told["error"]
