from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.config import Config, load_config
from orchestration.fetch.http import Patience
from orchestration.settings import PACKAGED_CONFIG, Settings


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy the machine uses, these servers are here."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def impatient() -> Patience:
    return Patience(
        connect_seconds=2,
        read_seconds=0.3,
        retries=3,
        backoff_seconds=0.005,
        longest_wait_seconds=0.05,
        total_seconds=10,
        largest_bytes=1_000_000,
    )


@pytest.fixture(scope="session")
def config() -> Config:
    return load_config(PACKAGED_CONFIG)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "sources").mkdir()
    settings = Settings(
        sources=tmp_path / "sources", home=tmp_path / "home", config=PACKAGED_CONFIG
    )
    settings.prepare()
    return settings
