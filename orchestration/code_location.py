"""The code location that workspace.yaml names; builds the definitions when Dagster imports it."""

import gc

from orchestration.definitions import build_definitions
from orchestration.settings import OBJECTS_BETWEEN_LOOKS

gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
defs = build_definitions()
