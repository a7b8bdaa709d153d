"""Releases: the frozen status figures of a half-year close, and what moved between two."""
