"""Texts that somebody could put into an export, a file's name or a configuration to do harm."""

from __future__ import annotations

FORMULAS = (
    '=HYPERLINK("http://127.0.0.1/?"&A1,"se her")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1;1)",
    "\t=1+1",
    "\r=1+1",
)
MARKUP = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</svg><script>1</script>")
CODE = (
    "{{ 1/0 }}",
    "{% raw %}",
    "'; drop table marts.dim_library; --",
    '"; drop schema marts cascade; --',
    "$(touch /tmp/dataspor-was-here)",
    "`id`",
    "../../../etc/passwd",
    "%s %(x)s {0}",
)
MARKDOWN = ("[her](javascript:alert(1))", "![x](http://127.0.0.1/x)", "\\| egen | kolonne |")
