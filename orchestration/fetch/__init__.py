"""Answers of APIs, kept as source files; reading them is extract's."""
