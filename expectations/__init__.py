"""Suites of expectations, one YAML file for each audited table, and the adapter that runs them."""
