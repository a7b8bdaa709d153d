"""Dataspor: from raw exports to audited half-year facts and status figures for public libraries."""

__version__ = "0.1.0"
