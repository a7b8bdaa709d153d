from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import DBT_PROJECT, PROJECT

BIN = Path(sys.executable).parent
HISTORY = PROJECT / "tests" / "static" / "secrets_in_history.sh"


def told_by(*command: str | Path, folder: Path = PROJECT) -> tuple[int, str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_models_are_written_in_their_style() -> None:
    assert told_by(BIN / "sqlfluff", "lint", DBT_PROJECT / "models")[0] == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("SELECT 1 as one", "CP01"),
        ("select Twelve from {{ ref('dim_library') }}", "CP02"),
        ("select one from (select 1 as one) as inside", "ST05"),
        ("with\n\na as (select * from {{ source('x', 'y') }})\n\nselect * from a", "AM04"),
        ("select {{ dbt.type_string() ", "TMP"),
    ],
)
def test_a_query_in_another_style_is_told(query: str, rule: str) -> None:
    command = [BIN / "sqlfluff", "lint", "--stdin-filename", "dbt_project/models/x.sql", "-"]
    done = subprocess.run(
        command, cwd=PROJECT, input=query + "\n", capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f" {rule} " in done.stdout


@pytest.mark.long
def test_orchestration_passes_the_strict_type_checker() -> None:
    code, told = told_by(BIN / "mypy")
    assert code == 0, told


@pytest.mark.long
def test_no_secret_is_in_the_history() -> None:
    code, told = told_by("sh", HISTORY, PROJECT, BIN / "kingfisher")
    assert code == 0, told


@pytest.mark.long
def test_a_key_that_was_committed_once_and_removed_is_found_and_not_shown(tmp_path: Path) -> None:
    key = "-".join(("glpat", "Qx7Lm2Zr9Tb4Wn8Vc5Kd"))  # in two parts, so that this file has none
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=no")
    told_by("git", "init", "--quiet", folder=tmp_path)
    (tmp_path / "settings.env").write_text(f"GITLAB_TOKEN={key}\n", encoding="utf-8")
    told_by("git", "add", "settings.env", folder=tmp_path)
    told_by(*git, "commit", "--quiet", "-m", "in", folder=tmp_path)
    told_by("git", "rm", "--quiet", "settings.env", folder=tmp_path)
    told_by(*git, "commit", "--quiet", "-m", "out", folder=tmp_path)
    assert not (tmp_path / "settings.env").exists()
    code, told = told_by("sh", HISTORY, tmp_path, BIN / "kingfisher")
    assert code != 0
    assert "settings.env" in told
    assert key not in told
