"""The web page: hands the briefing to the template; no text and no layout stands here."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from orchestration.briefing import danish, tables, words
from orchestration.briefing.charts import Chart
from orchestration.briefing.content import Briefing
from orchestration.templates import environment


def render(briefing: Briefing, charts: Sequence[Chart]) -> bytes:
    """One self-contained page in UTF-8."""
    pages = environment("orchestration.briefing")
    pages.filters |= {"date": danish.date, "breakable": _breakable}
    page = pages.get_template("briefing.html.j2").render(
        briefing=briefing,
        charts=charts,
        # Drawn here, with every text in it escaped by the drawing library.
        svgs={chart.name: Markup(chart.svg) for chart in charts},
        tables=tables,
        words=words,
        method=words.method(briefing.figures[0].id if briefing.figures else None),
    )
    return page.encode()


def _breakable(text: str) -> Markup:
    """The text, which may be broken after an underscore; copied, it is unchanged."""
    return Markup("_<wbr>").join(escape(part) for part in text.split("_"))
