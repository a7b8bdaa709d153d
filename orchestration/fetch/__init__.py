"""Answers of APIs, kept as source files; reading them is extract's."""

from __future__ import annotations

from orchestration.config import Config
from orchestration.settings import Settings


def is_configured(settings: Settings, config: Config) -> bool:
    """Whether this installation fetches anything at all."""
    return bool(settings.opening_hours_url or config.survey.rest)
