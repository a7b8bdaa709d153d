"""Making a drawn SVG accessible and fit to stand beside others in one page; draws nothing."""

from __future__ import annotations

import re

from markupsafe import escape

_FONTS = "DejaVu Sans"
# Verdana has the same widths and is where DejaVu is not.
_FALLBACKS = "'DejaVu Sans', Verdana, sans-serif"


def accessible(drawn: bytes, name: str, title: str, description: str) -> str:
    """The drawing with a title and a description, under ids that no other chart has."""
    text = drawn.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r"'?DejaVu Sans'?", _FALLBACKS, text)
    opening, rest = text.split(">", 1)
    opening += f' role="img" aria-labelledby="{name}-title {name}-desc"'
    return (
        f'{opening}>\n <title id="{name}-title">{escape(title)}</title>\n'
        f' <desc id="{name}-desc">{escape(description)}</desc>{rest}'
    )
