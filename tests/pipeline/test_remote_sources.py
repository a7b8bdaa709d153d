"""A run from a server publishes what a run from the folder does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from orchestration.assets.common import Installation
from orchestration.assets.mirroring import mirrored_exports
from orchestration.assets.names import MIRROR_OP
from orchestration.cli import main
from tests.pipeline.installation import AS_OF, Place
from tests.sftp_server import PASSWORD, SftpServer, sftp_server


@pytest.fixture
def server(sample_run: Place) -> Iterator[SftpServer]:
    with sftp_server(sample_run.sources) as running:
        yield running


@pytest.fixture
def place(server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An installation whose sources lie on the server."""
    place = Place(tmp_path)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(server.known_hosts)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DATASPOR_HOME", str(place.home))
    monkeypatch.setenv("DATASPOR_SOURCES", server.url())
    monkeypatch.delenv("DATASPOR_OPENING_HOURS_URL", raising=False)
    return place


def test_a_run_from_a_server_publishes_the_figures_of_the_folder(
    sample_run: Place, server: SftpServer, place: Place
) -> None:
    ran = CliRunner().invoke(main, ["run", "--as-of", AS_OF])
    assert ran.exit_code == 0, ran.stderr
    assert place.figures() == sample_run.figures()
    ledger = "select * from marts.meta_source_file order by all"
    assert place.rows(ledger) == sample_run.rows(ledger)
    assert "SYNTHETIC DATA" in ran.stdout
    assert server.listings.count("/") == 1  # asked once in the whole run

    again = CliRunner().invoke(main, ["run", "--as-of", AS_OF])
    assert "Nothing new since the last published run." in again.stdout
    logs = [path.read_bytes() for path in place.home.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in content for content in logs)
    assert PASSWORD not in ran.output + again.output


def test_dagster_asks_the_server_unless_the_command_line_has_just_done_so(
    server: SftpServer, place: Place
) -> None:
    for ask, asked in ((False, 0), (True, 1)):
        done = dg.materialize(
            [mirrored_exports],
            resources={"installation": Installation()},
            run_config={"ops": {MIRROR_OP: {"config": {"ask": ask}}}},
        )
        assert done.success
        assert server.listings.count("/") == asked
    assert (place.home / "archive" / "mirror" / "presence").is_dir()


def test_a_run_from_a_server_that_is_gone_ends_in_a_sentence(
    sample_run: Place, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sftp_server(sample_run.sources) as gone:
        monkeypatch.setenv("DATASPOR_SOURCES", gone.url())
    ran = CliRunner().invoke(main, ["run", "--as-of", AS_OF])
    assert ran.exit_code == 1
    assert "cannot be read" in ran.stderr
    assert "Nothing was changed" in ran.stderr
    assert PASSWORD not in ran.output
    assert not place.settings.published_warehouse.exists()
