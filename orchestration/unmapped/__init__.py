"""What the exports hold that a configuration does not map yet; reads them, keeps nothing."""

from orchestration.unmapped.exports import look_for_unmapped
from orchestration.unmapped.findings import SECTIONS, Finding, tables_of_findings

__all__ = ["SECTIONS", "Finding", "look_for_unmapped", "tables_of_findings"]
