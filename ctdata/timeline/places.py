"""Where acts stand in the swim lanes; knows nothing of how they are drawn."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

import pandas as pd

from ctdata import dates, display
from ctdata.timeline.claims import dated, tally, years
from ctdata.timeline.lanes import MARKS
from ctdata.timeline.rows import EVIDENCE, Row, evidence, frame, grouped, once

PLOT_WIDTH = 4.1  # inches that the time axis gets beside the names
MARK_WIDTH = 0.12  # inches that a mark needs, so that two do not touch
_LABEL_LENGTH = 48  # characters of an instrument's name beside the axis
_LEVEL = 0.7  # rows that a further mark at the same time takes
_COLUMNS = (
    "lane instrument_id label mark date when what first last at "
    "open_start open_end approximate row_y y"
)


def layout(told: pd.DataFrame) -> pd.DataFrame:
    """Place the dated acts in swim lanes.

    Each lane has a heading, which also tells what cannot be placed in time. Each instrument has a
    row, or as many levels of one as it needs for marks of the same time not to touch. The lanes
    stand in the order of :func:`lanes`, instruments in order of time.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a mark, and one without ``mark`` for each lane's heading, whose ``label`` is the lane
        and whose ``what`` tells of undated acts. ``first``, ``last`` (``datetime64``): from when to
        when the date may lie, cut off at whole years where it is open, which ``open_start`` and
        ``open_end`` tell; ``at``: the middle, where the mark goes. ``y`` (float, downwards, in
        rows): where the mark goes; ``row_y``: where the ``label`` goes. No rows if no act is dated.
    """
    if dated(told).empty:
        return frame([], _COLUMNS, *EVIDENCE)
    first_year, last_year = years(told)
    start, end = datetime.date(first_year, 1, 1), datetime.date(last_year, 12, 31)
    reach = (end - start).days * MARK_WIDTH / PLOT_WIDTH / 2
    in_time = told[told["date"] != ""].to_dict("records")
    in_lanes = grouped(in_time, "lane")
    labels = _tell_apart({act["instrument_id"]: act["instrument"] for act in in_time})
    placed: list[Row] = []
    y = 0.0
    for lane in tally(told).to_dict("records"):
        placed.append(_heading(lane) | {"row_y": y, "y": y})
        y += 1
        for one, told_of in grouped(in_lanes.get(lane["lane"], []), "instrument_id").items():
            marks = _marks_of(told_of, start, end)
            levels = _levels(marks, reach)
            depth = max(levels) * _LEVEL
            for mark, level in zip(marks, levels, strict=True):
                where = {"row_y": y + depth / 2, "y": y + level * _LEVEL}
                placed.append(mark | where | {"lane": lane["lane"], "label": labels[one]})
            y += 1 + depth
    return frame(placed, _COLUMNS, *EVIDENCE)


def _heading(lane: Row) -> Row:
    silent = lane["undated"]
    return {
        **dict.fromkeys(["instrument_id", "mark", "date", "when"], ""),
        **dict.fromkeys(["open_start", "open_end", "approximate"], False),
        **dict.fromkeys(["lane", "label"], lane["lane"]),
        "what": f"{display.count(silent, 'act')} without a date" if silent else "",
        **evidence([]),
    }


def _marks_of(told: Iterable[Row], start: datetime.date, end: datetime.date) -> list[Row]:
    """The marks of one instrument in order of time: acts of the same sort and date are one."""
    marks = []
    for (_, date), acts in grouped(told, "mark", "date").items():
        edtf = dates.parse(date)
        first, last = edtf.earliest or start, edtf.latest or end
        marks.append(
            {
                **{name: acts[0][name] for name in ("instrument_id", "mark", "date", "when")},
                "what": display.listing(once(act["what"] for act in acts)),
                "first": first,
                "last": last,
                "at": first + (last - first) / 2,
                "open_start": edtf.earliest is None,
                "open_end": edtf.latest is None,
                "approximate": edtf.approximate or edtf.uncertain,
                **evidence(acts),
            }
        )
    order = list(MARKS).index
    return sorted(marks, key=lambda mark: (mark["first"], mark["last"], order(mark["mark"])))


def _levels(marks: Iterable[Row], reach: float) -> list[int]:
    """The first level on which each mark touches no other (interval partitioning)."""
    taken: list[float] = []
    levels = []
    for mark in marks:
        at = mark["at"].toordinal()
        begins = min(mark["first"].toordinal(), at - reach)
        ends = max(mark["last"].toordinal(), at + reach)
        level = next((i for i, until in enumerate(taken) if until < begins), len(taken))
        taken[level : level + 1] = [ends]
        levels.append(level)
    return levels


def _tell_apart(titles: dict[str, str]) -> dict[str, str]:
    """The names of instruments cut to length, so that no two are cut alike."""
    alike: dict[str, list[str]] = {}
    for one, title in titles.items():
        alike.setdefault(next(_cuts(title)), []).append(one)
    labels = {}
    for cut, ids in alike.items():
        choices = zip(*(_cuts(titles[one]) for one in ids), strict=False)
        apart = (choice for choice in choices if len(set(choice)) == len(ids))
        labels |= dict(zip(ids, next(apart, [cut] * len(ids)), strict=True))
    return labels


def _cuts(words: str) -> Iterator[str]:
    """All ways to shorten a name, the best first: much of it, and as much of either end."""
    if len(words) <= _LABEL_LENGTH:
        yield words
        return
    parts = words.split()
    ends = [
        (" ".join(parts[:head]), " ".join(parts[tail:]))
        for head in range(1, len(parts))
        for tail in range(head + 1, len(parts))
    ]
    fitting = [(head, tail) for head, tail in ends if len(head) + len(tail) + 3 <= _LABEL_LENGTH]
    fitting.sort(key=lambda cut: abs(len(cut[0]) - len(cut[1])) - 2 * len(cut[0] + cut[1]))
    yield from (f"{head} … {tail}" for head, tail in fitting)
    yield words[: _LABEL_LENGTH - 1] + "…"
