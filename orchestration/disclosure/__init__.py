"""Disclosure control: what the public may read without learning of single incidents or persons."""

from orchestration.disclosure.public import write_public
from orchestration.disclosure.report import SUPPRESSED, read_report

__all__ = ["SUPPRESSED", "read_report", "write_public"]
