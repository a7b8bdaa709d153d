"""The code location that workspace.yaml names; builds the definitions when Dagster imports it."""

from orchestration.definitions import build_definitions

defs = build_definitions()
