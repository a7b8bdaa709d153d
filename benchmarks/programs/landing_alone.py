"""Landing of one export with so much memory and no more: sources, home and bytes as arguments."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from orchestration.config import load_config
from orchestration.landing.inventory import take_inventory
from orchestration.landing.land import land
from orchestration.settings import PACKAGED_CONFIG, Settings

sources, home, most = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_DATA, (int(most), int(most)))
settings = Settings(Path(sources), Path(home), PACKAGED_CONFIG)
settings.prepare()
(line,) = land(settings, load_config(settings.config), take_inventory(settings))
if line.status != "landed":
    raise SystemExit(f"not landed: {line}")
print(line.rows_read)
