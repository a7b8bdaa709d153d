"""Backups: all that an installation keeps, in one file that was read back before it counts.

A backup is a tar file, readable by its owner only: ``home/`` as it was, ``config/`` where
DATASPOR_CONFIG names a folder, ``dagster.dump`` where Dagster's storage is in PostgreSQL, and
``manifest.json`` with the checksum of each file. It holds raw exports: whoever keeps it keeps
personal data, for as long as it is kept.
"""

from orchestration.backup.contents import CONFIG, DUMP, verify
from orchestration.backup.create import create
from orchestration.backup.dagster_database import DATABASE
from orchestration.backup.restore import RESTORED_CONFIG, restore

__all__ = ["CONFIG", "DATABASE", "DUMP", "RESTORED_CONFIG", "create", "restore", "verify"]
