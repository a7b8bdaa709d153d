"""Drawing with matplotlib: three forms of chart, as bytes; knows no figures and no warehouse."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from orchestration.briefing import danish

WIDTH = 6.5  # inches; what stands between the margins of an A4 page
DPI = 200
# Dark and light, so that they differ in grey too; the light one is hatched.
WINTER: dict[str, Any] = {"facecolor": "#1b4f72", "edgecolor": "#1b4f72"}
SUMMER: dict[str, Any] = {"facecolor": "#fbe3b0", "edgecolor": "#9a6400", "hatch": "////"}
PROVISIONAL: dict[str, Any] = {"facecolor": "white", "linestyle": (0, (3, 2)), "hatch": None}
INK, QUIET, RULE = "#1a1a1a", "#555555", "#8c8c8c"
INTERVENTION = "#a33b20"
MARKERS = ("o", "s", "D", "^", "v", "P")
MARKER_COLOURS = ("#1b4f72", "#9a6400", "#00664d", "#7a3b69", "#333333", "#a33b20")
# Keeps what lies behind a text from crossing it.
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
_RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "text.color": INK,
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
}


@dataclass(frozen=True)
class Slot:
    """A half-year on the horizontal axis; ``progress`` are lines below one that is not over."""

    starts_on: dt.date
    ends_on: dt.date
    is_summer: bool
    years: str
    is_provisional: bool
    progress: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One row of bars, a value for each slot; None where nothing is known.

    ``intervals`` are drawn on the bars, where there are any.
    """

    title: str
    values: tuple[float | None, ...]
    intervals: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True)
class Span:
    """An intervention: where it begins, and where it ends unless it goes on."""

    label: str
    starts_on: dt.date
    ends_on: dt.date | None


@dataclass(frozen=True)
class Dot:
    """A share with its interval, or a note in its place."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    note: str


@dataclass(frozen=True)
class Drawing:
    """A drawn chart."""

    svg: bytes
    png: bytes


def bars(slots: Sequence[Slot], panels: Sequence[Panel], spans: Sequence[Span]) -> Drawing:
    """Bars per half-year, a panel for each measure, with interventions above and across them.

    Each span has at least one day in the slots.
    """
    lane, panel, gap, foot, top = 0.3, 0.66, 0.34, 0.8, 0.06
    height = top + lane * len(spans) + len(panels) * (panel + gap) + foot
    with _figure(height) as figure:
        axes: list[Axes] = []
        for position, content in enumerate(panels):
            bottom = foot + (len(panels) - 1 - position) * (panel + gap)
            box = (0.01, bottom / height, 0.97, panel / height)
            axes.append(_panel(figure, box, slots, content))
        _ticks(axes[-1], slots)
        for position, span in enumerate(spans):
            y = 1 - (top + lane * (position + 0.78)) / height
            _span(figure, axes[0], span, slots, y, (foot - 0.02) / height)
        _legend(figure, slots)
        return _drawing(figure)


def dots(groups: Sequence[tuple[str, Sequence[Dot]]]) -> Drawing:
    """Shares with their intervals, one line each, under the name of their group."""
    line, head, foot = 0.25, 0.27, 0.42
    height = sum(head + line * len(rows) for _, rows in groups) + foot + 0.05
    with _figure(height) as figure:
        axes = figure.add_axes((0.19, foot / height, 0.52, 1 - (foot + 0.05) / height))
        y = 0.0
        outside = blended_transform_factory(figure.transFigure, axes.transData)
        for index, (name, rows) in enumerate(groups):
            y += head
            axes.text(
                0.01, y - 0.09, name, transform=outside, weight="bold", va="center", bbox=_PAPER
            )
            for row in rows:
                y += line
                middle = y - line / 2
                axes.text(0.03, middle, row.label, transform=outside, va="center", color=QUIET)
                axes.text(0.73, middle, row.note, transform=outside, va="center")
                _dot(axes, row, middle, index)
        axes.set_ylim(y, 0)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_xticklabels(["0", "25", "50", "75", "100 pct."], color=QUIET, fontsize=7.5)
        axes.set_yticks([])
        axes.tick_params(length=0)
        axes.grid(axis="x", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.text(
            0.01, 0.06 / height, "Stregen er 95 %-intervallet.", transform=figure.transFigure,
            color=QUIET, fontsize=7.5,
        )  # fmt: skip
        return _drawing(figure)


def control(
    months: Sequence[dt.date],
    counts: Sequence[float],
    limits: tuple[Sequence[float], Sequence[float], Sequence[float]],
    outside: Sequence[int],
    spans: Sequence[Span],
) -> Drawing:
    """A control chart by month: counts, expected count and limits, months outside marked.

    Args:
        months: first day of each month.
        counts: events of each month.
        limits: lower limit, expected count and upper limit of each month.
        outside: positions of the months outside.
        spans: interventions, each with at least one day in the months.
    """
    lane, body, foot, top = 0.3, 1.75, 0.78, 0.06
    height = top + lane * len(spans) + body + foot
    slots = [
        Slot(
            month, _month_end(month), is_summer=4 <= month.month < 10, years="",
            is_provisional=False,
        )
        for month in months
    ]  # fmt: skip
    low, centre, high = limits
    xs = range(len(months))
    with _figure(height) as figure:
        axes = figure.add_axes((0.05, foot / height, 0.93, body / height))
        axes.patch.set_visible(False)
        axes.set_xlim(-0.5, len(months) - 0.5)
        axes.set_ylim(0, max(*counts, *high) * 1.12)
        for x, slot in enumerate(slots):
            if slot.is_summer:
                axes.axvspan(x - 0.5, x + 0.5, color="#fbf3df", linewidth=0, zorder=-2)
        axes.fill_between(xs, low, high, color="#dbe5ec", linewidth=0, zorder=-1)
        for edge in (low, high):
            axes.plot(xs, edge, color=QUIET, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
        axes.plot(xs, centre, color=QUIET, linewidth=1.2, zorder=1)
        axes.plot(xs, counts, color=WINTER["facecolor"], linewidth=1.2, marker="o",
                  markersize=3.2, zorder=3)  # fmt: skip
        for x in outside:
            axes.plot([x], [counts[x]], color=INTERVENTION, marker="D", markersize=6.5, zorder=4,
                      clip_on=False)  # fmt: skip
            axes.annotate(
                danish.compact(counts[x]), (x, counts[x]), xytext=(0, 5), weight="bold",
                textcoords="offset points", ha="center", va="bottom", zorder=5, bbox=_PAPER,
            )  # fmt: skip
        _month_ticks(axes, months)
        for position, span in enumerate(spans):
            y = 1 - (top + lane * (position + 0.78)) / height
            _span(figure, axes, span, slots, y, foot / height)
        _control_legend(figure, has_outside=bool(outside))
        return _drawing(figure)


def _month_end(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def _month_ticks(axes: Axes, months: Sequence[dt.date]) -> None:
    """A tick at each April and October, with the season that begins there."""
    starts = [x for x, month in enumerate(months) if month.month in (4, 10)]
    axes.set_xticks([x - 0.5 for x in starts])
    axes.set_xticklabels(
        [f"{'apr.' if months[x].month == 4 else 'okt.'}\n{months[x].year}" for x in starts],
        fontsize=7.5,
    )
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.tick_params(axis="x", length=3, color=RULE)
    axes.tick_params(axis="y", length=0, labelsize=7.5, labelcolor=QUIET)
    for name, side in axes.spines.items():
        side.set_visible(name == "bottom")
        side.set_color(RULE)


def _control_legend(figure: Figure, *, has_outside: bool) -> None:
    keys: list[Line2D | Patch] = [
        Line2D([], [], color=WINTER["facecolor"], marker="o", markersize=3.2,
               label="hændelser i måneden"),
        Line2D([], [], color=QUIET, linewidth=1.2, label="middel"),
        Patch(facecolor="#dbe5ec", edgecolor=QUIET, linestyle=(0, (4, 2)),
              label="normal variation"),
        Patch(facecolor="#fbf3df", edgecolor=RULE, label="sommerhalvår"),
    ]  # fmt: skip
    if has_outside:
        keys.insert(
            1,
            Line2D([], [], color=INTERVENTION, marker="D", linestyle="none", label="udenfor"),
        )
    figure.legend(
        handles=keys, loc="lower left", bbox_to_anchor=(0.0, 0.0), ncols=5, frameon=False,
        fontsize=7.5, labelcolor=QUIET, handlelength=1.6, borderpad=0.2, columnspacing=1.4,
    )  # fmt: skip


@contextmanager
def _figure(height: float) -> Iterator[Figure]:
    """A figure that no setting of the user's changes."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)  # type: ignore[arg-type]  # wants its settings' names
        yield Figure(figsize=(WIDTH, height), dpi=DPI)


def _panel(
    figure: Figure, box: tuple[float, float, float, float], slots: Sequence[Slot], panel: Panel
) -> Axes:
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    axes.set_xlim(-0.5, len(slots) - 0.5)
    intervals = panel.intervals or (None,) * len(slots)
    tops = [
        interval[1] if interval else value
        for value, interval in zip(panel.values, intervals, strict=True)
    ]
    largest = max((top for top in tops if top is not None), default=0)
    axes.set_ylim(0, (largest or 1) * 1.42)
    for x, (slot, value, interval) in enumerate(zip(slots, panel.values, intervals, strict=True)):
        if value is None:
            axes.text(
                x, 0.05, "ingen\ndata", transform=axes.get_xaxis_transform(), ha="center",
                va="bottom", color=QUIET, fontsize=6.5, style="italic", bbox=_PAPER,
            )  # fmt: skip
            continue
        if value:
            axes.bar(x, value, width=0.66, linewidth=1, zorder=2, **_style(slot))
        if interval:
            _whisker(axes, x, interval)
        axes.annotate(
            danish.compact(value), (x, tops[x]), xytext=(0, 2.5), textcoords="offset points",
            ha="center", va="bottom", zorder=3, bbox=_PAPER, weight="bold",
        )  # fmt: skip
    axes.set_title(panel.title, loc="left", fontsize=8.5, weight="bold", pad=4, x=0, bbox=_PAPER)
    axes.set_xticks([])
    axes.set_yticks([])
    for name, side in axes.spines.items():
        side.set_visible(name == "bottom")
        side.set_color(RULE)
    return axes


def _whisker(axes: Axes, x: float, interval: tuple[float, float]) -> None:
    """An interval that is seen on dark and on light bars: dark on a light rim."""
    for colour, width in (("white", 3.2), (INK, 1.2)):
        axes.plot([x, x], interval, color=colour, linewidth=width, zorder=2.5)
        axes.plot(
            [x, x], interval, color=colour, marker="_", markersize=5 + width,
            markeredgewidth=width, linestyle="none", zorder=2.5,
        )  # fmt: skip


def _style(slot: Slot) -> dict[str, Any]:
    season = SUMMER if slot.is_summer else WINTER
    return {**season, **PROVISIONAL} if slot.is_provisional else dict(season)


def _ticks(axes: Axes, slots: Sequence[Slot]) -> None:
    axes.set_xticks(range(len(slots)))
    axes.set_xticklabels(
        [
            "\n".join(("sommer" if slot.is_summer else "vinter", slot.years, *slot.progress))
            for slot in slots
        ],
        fontsize=6 if len(slots) > 9 else 7.5,
    )
    axes.tick_params(length=0)


def _position(day: dt.date, slots: Sequence[Slot]) -> float:
    """A date on the horizontal axis; what lies outside is put on the edge."""
    for x, slot in enumerate(slots):
        if slot.starts_on <= day <= slot.ends_on:
            days = (slot.ends_on - slot.starts_on).days + 1
            return x - 0.5 + (day - slot.starts_on).days / days
    return -0.5 if day < slots[0].starts_on else len(slots) - 0.5


def _span(
    figure: Figure, axes: Axes, span: Span, slots: Sequence[Slot], y: float, bottom: float
) -> None:
    start = _position(span.starts_on, slots)
    goes_on = span.ends_on is None or span.ends_on > slots[-1].ends_on
    end = len(slots) - 0.5
    if not goes_on and span.ends_on is not None:
        end = _position(span.ends_on + dt.timedelta(days=1), slots)
    place = blended_transform_factory(axes.transData, figure.transFigure)

    def line(xs: Sequence[float], ys: Sequence[float], zorder: int, **style: Any) -> None:
        figure.add_artist(
            Line2D(xs, ys, transform=place, color=INTERVENTION, zorder=zorder, **style)
        )

    line([start, end], [y, y], 5, linewidth=1.4)
    line([start], [y], 6, marker="|", markersize=7, markeredgewidth=1.4, linestyle="none")
    line(
        [end], [y], 6, marker=">" if goes_on else "|", markersize=4.5 if goes_on else 7,
        markeredgewidth=1.4, linestyle="none",
    )  # fmt: skip
    if span.starts_on > slots[0].starts_on:
        line([start, start], [bottom, y], -1, linewidth=0.9, linestyle=(0, (4, 2)))
    label = figure.text(
        start, y, span.label, va="bottom", fontsize=7.5, color=INTERVENTION, bbox=_PAPER,
        transform=place + ScaledTranslation(0, 3 / 72, figure.dpi_scale_trans),
    )  # fmt: skip
    _keep_inside(figure, axes, label, len(slots) - 0.5)


def _keep_inside(figure: Figure, axes: Axes, label: Text, right: float) -> None:
    """Move a label that would pass the right edge to end there; shrink it if need be."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]  # has none
    box, frame = label.get_window_extent(renderer), axes.get_window_extent(renderer)
    if box.x1 > frame.x1:
        label.set_horizontalalignment("right")
        label.set_x(right)
    if box.width > frame.width:
        label.set_fontsize(float(label.get_fontsize()) * frame.width / box.width)


def _dot(axes: Axes, row: Dot, y: float, group: int) -> None:
    if row.share is None:
        return
    colour = MARKER_COLOURS[group % len(MARKER_COLOURS)]
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=1.6, zorder=2)
        for end in (row.low, row.high):
            axes.plot([end], [y], color=colour, marker="|", markersize=6, zorder=2)
    axes.plot(
        [row.share], [y], color=colour, marker=MARKERS[group % len(MARKERS)], markersize=6.5,
        zorder=3, clip_on=False,
    )  # fmt: skip


def _legend(figure: Figure, slots: Sequence[Slot]) -> None:
    settled = [slot for slot in slots if not slot.is_provisional]
    keys = []
    if any(not slot.is_summer for slot in settled):
        keys.append(Patch(label="vinterhalvår", **WINTER))
    if any(slot.is_summer for slot in settled):
        keys.append(Patch(label="sommerhalvår", **SUMMER))
    if len(settled) < len(slots):
        keys.append(
            Patch(label="foreløbig, kan ændre sig", **{**WINTER, **PROVISIONAL, "linewidth": 1})
        )
    figure.legend(
        handles=keys, loc="lower left", bbox_to_anchor=(0.0, 0.0), ncols=3, frameon=False,
        fontsize=7.5, labelcolor=QUIET, handlelength=1.6, borderpad=0.2, columnspacing=1.6,
    )  # fmt: skip


def _drawing(figure: Figure) -> Drawing:
    svg, png = io.BytesIO(), io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    with matplotlib.rc_context({"svg.hashsalt": "dataspor"}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(svg, format="svg", metadata=nothing)
    return Drawing(svg.getvalue(), png.getvalue())
