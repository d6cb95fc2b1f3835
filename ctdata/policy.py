"""Policies: what the texts tell of measures, how they speak of them, and what they leave out.

A row of ``measures`` is one policy action, or one judgment of it, in one text. Counts of rows say
how much a text tells of a theme; they do not say how much a state does. A theme that a text does
not touch is silence of that text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import agreement, dates, display
from ctdata.corpus import Corpus, Selection
from ctdata.evidence import comparison_key
from ctdata.kept import kept

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STANCES = ("criticised", "commended", "reported")
# Shares of a text's measures at which the shade of a cell grows darker.
STEPS = (0.05, 0.15, 0.30)
# Ink that can be read on each shade.
_INK = (*[display.COLORS["black"]] * 4, "#ffffff")
MOST_LEVEL_HEADS = 8
# A chart of fewer columns leaves room at its right, so that they stay narrow.
FEWEST_COLUMNS = 4

_CRITIC = re.compile(r"\bCritics?: ([^.;]+)")
_PRAISER = re.compile(r"\bPraised by ([^.;]+?)(?: as an? [^.;]+)?[.;]")
_THE_TEXT_ITSELF = "the report"

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMBER_WORDS = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_NUMBER = re.compile(
    r"(?<![\w.,-])"
    rf"(?:(?P<digits>\d[\d,]*(?:\.\d+)?)"
    rf"|(?P<words>(?:{'|'.join(_TENS)})-(?:{'|'.join(_UNITS[1:10])})|{'|'.join(_NUMBER_WORDS)}))"
    rf"(?:[ -](?P<scale>{'|'.join(_SCALES)}))?\b(?! of the\b)",
    re.IGNORECASE,
)
_YEARS = range(1900, 2100)


def gather(claims: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Put claims that agree in some columns together, with all places where they stand.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of claim tables.
    keys : list of str
        The columns in which they agree.

    Returns
    -------
    pandas.DataFrame
        The keys, ``claims`` (how many), ``claim_ids`` (tuple of str) and ``citation``
        (:class:`ctdata.display.Citation`), in the order in which the keys are met.
    """
    rows = [
        {
            **dict(zip(keys, values, strict=True)),
            "claims": len(group),
            "claim_ids": tuple(name for name in dict.fromkeys(group["claim_id"]) if name),
            "citation": display.Citation(group),
        }
        for values, group in claims.groupby(keys, sort=False, dropna=False)
    ]
    return pd.DataFrame(rows, columns=[*keys, "claims", "claim_ids", "citation"])


def texts_in_scope(scope: Selection, told: pd.DataFrame | None = None) -> list[str]:
    """Name the texts in scope, those that tell nothing too, by date of issue.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame, optional
        Claims in scope, whose texts count even if they were issued outside the period; the
        measures if none are given.

    Returns
    -------
    list of str
        Short names.
    """
    told = scope.measures if told is None else told
    speaking = {*scope.sources["source_id"], *told["source_id"]}
    return [text for text in _by_issue(scope.corpus) if text in speaking]


@kept
def _by_issue(corpus: Corpus) -> list[str]:
    """All texts by date of issue."""
    texts = corpus.load("sources").sort_values(["issued_earliest", "source_id"])
    return texts["source_id"].tolist()


@kept
def matrix(scope: Selection) -> pd.DataFrame:
    """Count measures by theme and text.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        Integers; index ``theme``, the most told first; a column for each text in scope, by date of
        issue. Zero where a text does not speak of a theme.
    """
    measures = scope.measures
    counts = pd.crosstab(measures["theme"], measures["source_id"])
    counts = counts.reindex(columns=texts_in_scope(scope), fill_value=0).astype("int64")
    return counts.loc[_by_size(counts.sum(axis=1))].rename_axis(columns=None)


def _by_size(totals: pd.Series) -> list[str]:
    """Names by size, the largest first; equal ones by name."""
    return sorted(totals.index, key=lambda name: (-totals[name], name))


def stances(scope: Selection, by: str = "theme") -> pd.DataFrame:
    """Count measures by how the texts speak of them.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    by : str
        Column of ``measures`` whose values become the rows.

    Returns
    -------
    pandas.DataFrame
        Integers; columns ``criticised, commended, reported``; the largest row first.
    """
    measures = scope.measures
    counts = pd.crosstab(measures[by], measures["stance"])
    counts = counts.reindex(columns=list(STANCES), fill_value=0).astype("int64")
    return counts.loc[_by_size(counts.sum(axis=1))].rename_axis(columns=None)


def voices(scope: Selection) -> pd.DataFrame:
    """Count the stances of each text, with what sort of document it is.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``source_id, kind`` (in words) and the integers ``criticised, commended, reported``.
    """
    kinds = scope.corpus.load("sources").set_index("source_id")["document_type"]
    counts = stances(scope, "source_id").reset_index()
    counts.insert(1, "kind", counts["source_id"].map(kinds).map(display.header))
    return counts


@kept
def judgments(scope: Selection) -> pd.DataFrame:
    """List the measures that a text criticises or commends, with whoever does so.

    The judge is the one that the curator's note names; else, and where the note names "the
    report", it is the publisher of the text, or the speaker of a statement.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        Rows of ``measures`` with ``judge``, ``of`` (whose measure it is) and ``about``
        (the theme in words); criticism first, each in the order of the text.
    """
    measures = scope.measures
    found = measures[measures["stance"] != "reported"]
    texts = scope.corpus.load("sources").set_index("source_id")
    # A meeting record is published by the organization that meets, and speaks with the speaker's.
    voices = texts["publisher"].mask(texts["document_type"] == "statement", "the speaker")
    named = [_named_judge(note) for note in found["note"].fillna("")]
    found = found.assign(
        judge=[
            voice if name in ("", _THE_TEXT_ITSELF) else name
            for name, voice in zip(named, found["source_id"].map(voices), strict=True)
        ],
        of=_actors(scope, found),
        about=found["theme"].map(display.header),
        rank=found["stance"].map(STANCES.index),
    )
    order = ["rank", "source_id", "start"]
    return found.sort_values(order, ignore_index=True).drop(columns="rank")


def _named_judge(note: str) -> str:
    match = _CRITIC.search(note) or _PRAISER.search(note)
    return match[1].strip() if match else ""


def _actors(scope: Selection, measures: pd.DataFrame) -> pd.Series:
    """Names of those whose measures they are; empty where the text names nobody."""
    return measures["actor_id"].map(scope.corpus.names).fillna("").astype("str")


def who_judges_whom(scope: Selection) -> pd.DataFrame:
    """Count the judgments of each judge on each actor.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``judge, of, criticised, commended, claim_ids, citation``; most criticism first.
    """
    found = judgments(scope)
    pairs = gather(found.sort_values(["source_id", "start"]), ["judge", "of"])
    for stance in ("criticised", "commended"):
        counts = found[found["stance"] == stance].groupby(["judge", "of"]).size()
        pairs[stance] = [
            int(counts.get(pair, 0)) for pair in zip(pairs["judge"], pairs["of"], strict=True)
        ]
    pairs["of"] = pairs["of"].replace("", "nobody named")
    pairs = pairs.sort_values(
        ["criticised", "commended", "judge", "of"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    return pairs[["judge", "of", "criticised", "commended", "claim_ids", "citation"]]


def told_by_one(scope: Selection, column: str) -> pd.DataFrame:
    """Find what a single text tells and the others leave out.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    column : str
        ``theme`` or ``actor_id``: what is to be told by one text only.

    Returns
    -------
    pandas.DataFrame
        ``<column>, source_id, claims, claim_ids, citation, named, named_in``; ``named`` is the
        value in words, ``named_in`` the other texts in scope that at least name an actor. Empty
        where fewer than two texts are in scope, since nothing is left out then.
    """
    measures = scope.measures.dropna(subset=[column])
    tellers = measures.groupby(column)["source_id"].nunique()
    alone = measures[measures[column].map(tellers) == 1]
    if len(texts_in_scope(scope)) < 2:
        alone = alone.head(0)
    found = gather(alone, [column, "source_id"])
    mentions = scope.mentions.groupby("entity_id")["source_id"].agg(lambda ids: sorted(set(ids)))
    found["named"] = [scope.corpus.names.get(v, display.header(v)) for v in found[column]]
    found["named_in"] = [
        ", ".join(text for text in mentions.get(value, []) if text != source_id)
        for value, source_id in zip(found[column], found["source_id"], strict=True)
    ]
    return found.sort_values(["source_id", "claims", "named"], ascending=[True, False, True])


def show_told_by_one(scope: Selection, column: str) -> display.Table | display.Sentence:
    """Show what a single text tells, or say that there is no such thing.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    column : str
        As in :func:`told_by_one`.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
        Actors come with the texts that name them without telling a measure of theirs.
    """
    thing = {"theme": "theme", "actor_id": "actor"}[column]
    columns = {"named": display.header(thing), "source_id": "Only in", "claims": "Measures"}
    if column == "actor_id":
        columns["named_in"] = "Named without a measure in"
    empty = f"No {thing} is told by one text only."
    if len(texts_in_scope(scope)) < 2:
        empty = "With fewer than two texts in scope there is none that could leave something out."
    return display.table(told_by_one(scope, column), columns | {"citation": "Where"}, empty=empty)


def silences(scope: Selection) -> pd.DataFrame:
    """Say of each text which themes it leaves out that another text in scope tells.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``source_id, measures, themes`` (integers) and ``silent_on`` (str), by date of issue.
    """
    counts = matrix(scope)
    rows = [
        {
            "source_id": text,
            "measures": int(counts[text].sum()),
            "themes": int((counts[text] > 0).sum()),
            "silent_on": _themes(sorted(counts.index[counts[text] == 0])) or "nothing",
        }
        for text in counts.columns
    ]
    return pd.DataFrame(rows, columns=["source_id", "measures", "themes", "silent_on"])


def _themes(themes: Iterable[str]) -> str:
    return display.listing([theme.replace("_", " ") for theme in themes])


# Validation


def numbers(words: str) -> list[float]:
    """Read the numbers that a sentence tells, in digits or in words.

    Years are left out, and so are ordinals and what is "one of the" many.

    Parameters
    ----------
    words : str
        A sentence in English.

    Returns
    -------
    list of float
        Such as ``[5.0, 600000000.0]`` of "five plans for 600 million dollars".
    """
    found = []
    for match in _NUMBER.finditer(words):
        digits, words, scale = match["digits"], match["words"], match["scale"]
        if digits:
            value = float(digits.replace(",", ""))
        else:
            value = float(sum(_NUMBER_WORDS[word] for word in words.lower().split("-")))
        value *= _SCALES[scale.lower()] if scale else 1
        is_year = digits and len(digits) == 4 and not scale and value in _YEARS
        if not is_year:
            found.append(value)
    return found


def stated_numbers(scope: Selection) -> pd.DataFrame:
    """Set the numbers of our summaries beside those that the texts state in the same words.

    A measure is compared with the ``figures`` whose quotes overlap its own, where its summary
    tells a number at all.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        Rows of ``measures`` with ``stated`` (str, the figures), ``told`` (tuple of float, the
        numbers of the summary) and ``verdict``: "agrees" where each number told is a bound of a
        figure, else "differs".
    """
    figures = scope.corpus.load("figures").to_dict("records")
    rows = []
    for measure in scope.measures.to_dict("records"):
        told = numbers(measure["summary"])
        same = [figure for figure in figures if told and _overlap(measure, figure)]
        if same:
            bounds = {figure[end] for figure in same for end in ("low", "high")}
            rows.append(
                {
                    **measure,
                    "stated": "; ".join(_figure(figure) for figure in same),
                    "told": tuple(told),
                    "verdict": agreement.AGREES if set(told) <= bounds else agreement.DIFFERS,
                }
            )
    return pd.DataFrame(rows, columns=[*scope.measures.columns, "stated", "told", "verdict"])


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the quotes of two claims share words of a text."""
    return (
        one["source_id"] == other["source_id"]
        and one["start"] < other["end"]
        and other["start"] < one["end"]
    )


def _figure(figure: Mapping[str, Any]) -> str:
    low, high = figure["low"], figure["high"]
    ends = [f"{end:,.0f}" for end in (low, high) if pd.notna(end)]
    amount = "–".join(dict.fromkeys(ends))
    qualifier = figure["qualifier"] if isinstance(figure["qualifier"], str) else ""
    # "between … and …" is what the two ends say already.
    qualifier = "" if "…" in qualifier else qualifier
    unit = str(figure["unit"]).removesuffix("s" if amount == "1" else "")
    return " ".join(part for part in (qualifier, amount, unit) if part)


def totals(scope: Selection) -> pd.DataFrame:
    """Count the measures in several ways, each of which must give the rows in scope.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``check, counted, rows, verdict``; the verdict is that of :func:`ctdata.agreement.same`.
    """
    measures = scope.measures
    checks = [
        ("Measures by theme and text", matrix(scope).to_numpy().sum()),
        ("Measures by theme and stance", stances(scope).to_numpy().sum()),
        ("Different claims", measures["claim_id"].nunique()),
        ("Quotes that stand word for word at their place", _standing_quotes(scope)),
    ]
    rows = [(check, int(counted), len(measures)) for check, counted in checks]
    frame = pd.DataFrame(rows, columns=["check", "counted", "rows"])
    return frame.assign(verdict=list(map(agreement.same, frame["counted"], frame["rows"])))


def _standing_quotes(scope: Selection) -> int:
    """How many quotes stand in the verbatim text between their offsets."""
    standing = 0
    for row in scope.measures.itertuples():
        verbatim = scope.corpus.text(row.source_id).verbatim[row.start : row.end]
        standing += comparison_key(verbatim)[0] == comparison_key(row.quote)[0]
    return standing


# Reading


def about(scope: Selection, *themes: str) -> pd.DataFrame:
    """Take the measures of some themes, by stance and then by date.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    *themes : str
        Values of the vocabulary ``theme``.

    Returns
    -------
    pandas.DataFrame
        Rows of ``measures`` with ``when`` and ``who`` in words; criticism first, then praise, then
        what is reported; undated ones last.

    Raises
    ------
    ValueError
        A theme is not in the vocabulary.
    """
    known = {c.name: c.values for c in scope.corpus.schema["measures"].columns}["theme"]
    for theme in themes:
        if theme not in known:
            raise ValueError(f"unknown theme {theme!r}; the vocabulary has {', '.join(known)}")
    measures = scope.measures
    found = measures[measures["theme"].isin(themes)]
    found = found.assign(
        when=[dates.label(date) if isinstance(date, str) else "" for date in found["date"]],
        who=_actors(scope, found),
        rank=found["stance"].map(STANCES.index),
        day=found["date_earliest"].fillna(found["date_latest"]),
    )
    found = found.sort_values(["rank", "day", "source_id", "start"], ignore_index=True)
    return found.drop(columns=["rank", "day"])


def gist(scope: Selection, *themes: str) -> display.Sentence:
    """Say in a sentence or two who tells how much of some themes, and who does not.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    *themes : str
        Values of the vocabulary ``theme``.

    Returns
    -------
    ctdata.display.Sentence
    """
    found = about(scope, *themes)
    if found.empty:
        return display.Sentence(f"No text in scope tells a measure on {_themes(themes)}.")
    texts = texts_in_scope(scope)
    told = found["source_id"].value_counts()
    tellers = [f"{text} ({told[text]})" for text in texts if text in told]
    silent = [text for text in texts if text not in told]
    judged = found["stance"].value_counts()
    stance = display.listing([f"{judged[name]} {name}" for name in STANCES if name in judged])
    return display.Sentence(
        f"{number_of(len(found), 'measure')} in {number_of(len(tellers), 'text')}: {stance}. "
        f"Told by {display.listing(tellers)}."
        + (f" Silent: {display.listing(silent)}." if silent else "")
    )


def number_of(number: int, one: str, many: str = "") -> str:
    """Write a number of things.

    Parameters
    ----------
    number : int
        How many.
    one, many : str
        The word for one of them, and for several if that is not formed with an s.

    Returns
    -------
    str
        Such as "1 text" or "3 entries".
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def digest(scope: Selection, *themes: str) -> display.Table | display.Sentence:
    """Show the measures of some themes as a table: short, by stance and then by date.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    *themes : str
        Values of the vocabulary ``theme``.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
        A column in which all rows are alike is left out.
    """
    found = about(scope, *themes)
    found = found.assign(
        about=found["theme"].map(display.header), stance=found["stance"].map(display.header)
    )
    columns = {"stance": "Stance", "when": "When, if stated", "about": "Theme"}
    columns |= {"country": "Country", "who": "Whose", "summary": "What", "citation": "Where"}
    for name in ("stance", "when", "about", "country"):
        if found[name].nunique(dropna=False) < 2:
            del columns[name]
    return display.table(found, columns, empty="Nothing to show.")


def section(
    scope: Selection, *themes: str
) -> tuple[display.Sentence] | tuple[display.Sentence, display.Table]:
    """Show some themes on their own: the gist, and the table where there is one.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    *themes : str
        Values of the vocabulary ``theme``.

    Returns
    -------
    tuple
        What to display, in order.
    """
    shown = digest(scope, *themes)
    gist_of = gist(scope, *themes)
    return (gist_of, shown) if isinstance(shown, display.Table) else (gist_of,)


def answer(scope: Selection) -> display.Sentence:
    """Answer the question of the theme: what is told most, judged how, and told by one text only.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Sentence
    """
    measures, counts = scope.measures, matrix(scope)
    if measures.empty:
        return display.Sentence("No text in scope tells a measure.")
    sizes = counts.sum(axis=1)
    most = [theme for theme in counts.index if sizes[theme] == sizes.max()]
    tellers = int((counts.sum() > 0).sum())
    parts: list[str | display.Shown] = [
        f"{number_of(len(measures), 'measure')} in {number_of(tellers, 'text')}; told most: "
        f"{_themes(most)} ({sizes.max()}{' each' if len(most) > 1 else ''}). "
    ]
    parts += _criticism(measures[measures["stance"] == "criticised"])
    praise = measures[measures["stance"] == "commended"]
    if len(praise):
        texts = number_of(praise["source_id"].nunique(), "text")
        parts.append(f"Praise ({number_of(len(praise), 'measure')}) stands in {texts}. ")
    alone = told_by_one(scope, "theme")
    if len(alone):
        told = [f"{row.named.lower()} ({row.source_id})" for row in alone.itertuples()]
        parts.append(f"Told by a single text: {display.listing(told)}. ")
    return sentence(parts)


def sentence(parts: Sequence[str | display.Shown]) -> display.Sentence:
    """Join the parts of an answer; the blank behind the last full stop is dropped.

    Parameters
    ----------
    parts : sequence of str or ctdata.display.Shown
        Words that bring their blanks along, and citations.

    Returns
    -------
    ctdata.display.Sentence
    """
    *most, last = parts
    return display.Sentence(*most, last.rstrip() if isinstance(last, str) else last)


def _criticism(critical: pd.DataFrame) -> list[str | display.Shown]:
    """Where criticism stands, and what it is about most."""
    if critical.empty:
        return ["No measure is criticised. "]
    critics = sorted(critical["source_id"].unique())
    sizes = critical["theme"].value_counts()
    most = sizes.index[sizes == sizes.max()]
    return [
        f"Criticism ({number_of(len(critical), 'measure')}) stands in {display.listing(critics)}"
        f"{' alone' if len(critics) == 1 else ''}, most often about {_themes(sorted(most))} "
        f"({sizes.max()}{' each' if len(most) > 1 else ''}) ",
        display.Citation(critical[critical["theme"].isin(most)]),
        ". ",
    ]


# Drawing


def board(
    rows: Sequence[str],
    columns: Sequence[str],
    words: str,
    scope: Selection,
    *,
    row_height: float = 0.25,
    over: float = 0.05,
    foot: float = 0.35,
) -> tuple[Figure, Axes]:
    """Make a chart of named rows, with its title, its scope and the heads of its columns.

    Everything has its place by rule instead of being measured, which takes half the time. Row and
    column ``i`` are centred on ``i``; the first row is on top.

    Parameters
    ----------
    rows : sequence of str
        Names of the rows; line breaks are kept.
    columns : sequence of str
        Heads of the columns, in order from the left; may be empty.
    words : str
        The title.
    scope : ctdata.Selection
        The part of the corpus in scope; it is named under the title.
    row_height, over, foot : float
        Height of a row, room above the first one beside that for the heads, and room below the
        last one, in inches.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes
    """
    titles = textwrap.wrap(words, 82)
    notes = textwrap.wrap(f"Scope: {scope.scope}", 112)
    upright = len(columns) > MOST_LEVEL_HEADS
    heads = [head if upright else column_label(head) for head in columns]
    over += 0.075 * max(map(len, heads)) if upright else 0.33 * bool(heads)
    left = 0.12 + 0.068 * max(len(line) for row in rows for line in row.split("\n"))
    top = 0.19 * len(titles) + 0.16 * len(notes) + over
    height = top + row_height * len(rows) + foot
    figure, axes = display.canvas(height)
    figure.set_layout_engine(None)
    width = display.WIDTH - left
    axes.set_position(
        (
            left / display.WIDTH,
            foot / height,
            width / display.WIDTH,
            row_height * len(rows) / height,
        )
    )
    axes.set_axis_off()
    axes.set_xlim(-0.5, max(len(columns), FEWEST_COLUMNS) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    figure.text(0, 1, "\n".join(titles), size=10, weight="bold", va="top")
    below = 1 - 0.19 * len(titles) / height
    figure.text(0, below, "\n".join(notes), size=8, color="#5f5f5f", va="top")
    for place, name in enumerate(rows):
        axes.annotate(
            name,
            (0, place),
            (-5, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            va="center",
            size=8.5,
            linespacing=1.0,
        )
    for place, head in enumerate(heads):
        axes.annotate(
            head,
            (place, 1),
            (0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=8,
            rotation=90 if upright else 0,
            linespacing=1.05,
        )
    return figure, axes


def column_label(source_id: str) -> str:
    """Break the short name of a text before its last part, so that it fits over a column.

    Parameters
    ----------
    source_id : str
        Such as ``cted-kaz-2016``.

    Returns
    -------
    str
        Two lines where the name has a hyphen.
    """
    return "\n".join(source_id.rsplit("-", 1))


def key(figure: Figure, handles: list[Artist]) -> None:
    """Put the legend under a chart made by :func:`board`.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart.
    handles : list of matplotlib.artist.Artist
        One for each sort of mark, with its label.
    """
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 0),
        ncols=len(handles),
        fontsize=8,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.4,
        handletextpad=0.5,
        columnspacing=1.3,
    )


def draw_matrix(scope: Selection) -> display.Picture | display.Sentence:
    """Draw the heat table of themes and texts, with its numbers.

    The shade tells the share of the text's own measures, so that a long text does not outshine a
    short one; the number tells the count.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
    """
    counts = matrix(scope)
    if counts.empty:
        return display.Sentence("No text in scope tells a measure.")
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    themes, texts, sizes = counts.index, counts.columns, counts.sum(axis=1)
    level = _levels(counts)
    several = len(texts) > 1
    figure, axes = board(
        [display.header(theme) for theme in themes],
        [*texts, *(["all"] if several else [])],
        _matrix_title(counts),
        scope,
    )
    axes.imshow(
        level,
        cmap=ListedColormap(display.SHADES),
        vmin=0,
        vmax=len(display.SHADES) - 1,
        aspect="auto",
        extent=(-0.5, len(texts) - 0.5, len(themes) - 0.5, -0.5),
    )
    # The image has narrowed the limits to itself.
    axes.set_xlim(-0.5, max(len(texts) + several, FEWEST_COLUMNS) - 0.5)
    axes.hlines(
        [row + 0.5 for row in range(len(themes) - 1)], -0.5, len(texts) - 0.5, "white", lw=1
    )
    rows, columns = (counts.to_numpy() == 0).nonzero()
    axes.plot(columns, rows, ls="", marker="_", markersize=5, color=display.COLORS["gray"])
    style = {"ha": "center", "va": "center", "size": 8.5, "in_layout": False}
    for row, theme in enumerate(themes):
        for column, text in enumerate(texts):
            number, shade = counts.at[theme, text], level.at[theme, text]
            if number:
                axes.text(column, row, number, color=_INK[shade], **style)
        if several:
            axes.text(len(texts), row, sizes[theme], weight="bold", **style)
    bounds = [f"up to {step:.0%}" for step in STEPS] + [f"over {STEPS[-1]:.0%}"]
    labels = ["not told", *bounds[:-1], f"{bounds[-1]} of the text's measures"]
    key(
        figure,
        [
            Patch(facecolor=shade, edgecolor="#9a9a9a", linewidth=0.6, label=label)
            for shade, label in zip(display.SHADES, labels, strict=True)
        ],
    )
    alt = (
        f"Table of {number_of(len(themes), 'theme')} and {number_of(len(texts), 'text')} with the "
        f"number of measures in each cell. Told most: {_themes(themes[:1])} ({sizes.max()})."
    )
    if several:
        tellers = (counts > 0).sum(axis=1)
        everywhere, alone = themes[tellers == len(texts)], themes[tellers == 1]
        alt += f" In every text: {_themes(everywhere) or 'no theme'}."
        alt += f" In one text only: {_themes(alone) or 'no theme'}."
    return display.Picture(figure, alt)


def _matrix_title(counts: pd.DataFrame) -> str:
    words = number_of(int(counts.to_numpy().sum()), "measure")
    alone = sorted(counts.index[(counts > 0).sum(axis=1) == 1])
    if len(counts.columns) > 1 and 0 < len(alone) < len(counts):
        each = "each told" if len(alone) > 1 else "told"
        return f"{words}; {_themes(alone)} {each} by one text only"
    return f"{words} by theme and text"


def _levels(counts: pd.DataFrame) -> pd.DataFrame:
    """Which shade each cell has: 0 where nothing is told, one more for each step passed."""
    share = counts / counts.sum().clip(lower=1)
    return sum(((share > step).astype(int) for step in (0, *STEPS)), start=0 * counts)


def draw_stances(scope: Selection) -> display.Picture | display.Sentence:
    """Draw criticism and praise of each theme to either side of a line.

    What is only reported stands as a number beside them: it is most of the rows, and it judges to
    neither side.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
    """
    counts = stances(scope)
    if counts.empty:
        return display.Sentence("No text in scope tells a measure.")
    total = counts.sum()
    if total["criticised"] + total["commended"] == 0:
        return display.Sentence(
            "Nothing in scope is criticised or commended; "
            f"{number_of(total['reported'], 'measure')} only reported."
        )
    figure, axes = board(
        [display.header(theme) for theme in counts.index],
        [],
        _stances_title(scope.measures),
        scope,
        row_height=0.23,
        over=0.3,
        foot=0.05,
    )
    sides = {
        "criticised": (-1, {"facecolor": "white", "hatch": "/////"}, display.COLORS["vermilion"]),
        "commended": (1, {"facecolor": display.COLORS["blue"]}, display.COLORS["blue"]),
    }
    style = {"va": "center", "size": 8.5, "in_layout": False}
    for stance, (sign, face, color) in sides.items():
        told = [(row, number) for row, number in enumerate(counts[stance]) if number]
        places, lengths = [row for row, _ in told], [sign * number for _, number in told]
        axes.barh(places, lengths, height=0.66, edgecolor=color, **face)
        side = "left" if sign > 0 else "right"
        for row, number in told:
            offset = {"xytext": (3 * sign, 0), "textcoords": "offset points"}
            axes.annotate(number, (sign * number, row), ha=side, **offset, **style)
    # Room for the numbers, and for a few measures where there is but one, so that it looks small.
    left, right = -max(counts["criticised"].max(), 2) - 0.7, max(counts["commended"].max(), 4) + 0.7
    edge = right + 0.17 * (right - left)
    axes.set_xlim(left, edge)
    axes.vlines(0, -0.5, len(counts) - 0.5, display.COLORS["black"], lw=0.8)
    axes.hlines(range(len(counts)), left, right, "#efefef", lw=0.7, zorder=0)
    for row, number in enumerate(counts["reported"]):
        axes.text((right + edge) / 2, row, number or "–", ha="center", **style)
    for place, head, side in (
        (0, "criticised ", "right"),
        (0, " commended", "left"),
        ((right + edge) / 2, "only reported", "center"),
    ):
        axes.text(place, -0.6, head, ha=side, va="bottom", size=8)
    alt = (
        f"Bars for {number_of(len(counts), 'theme')}, criticism to the left, praise to the right. "
        f"Criticised: {_ranking(counts['criticised'])}. "
        f"Commended: {_ranking(counts['commended'])}. Only reported: {total['reported']}."
    )
    return display.Picture(figure, alt)


def _stances_title(measures: pd.DataFrame) -> str:
    parts = []
    for stance in ("criticised", "commended"):
        texts = measures.loc[measures["stance"] == stance, "source_id"]
        told = set(texts)
        tellers = next(iter(told)) if len(told) == 1 else f"{len(told)} texts"
        parts.append(f"{len(texts)} {stance} ({tellers})" if told else f"none {stance}")
    return f"{number_of(len(measures), 'measure')}: {display.listing(parts)}"


def _ranking(counts: pd.Series) -> str:
    told = [
        f"{theme.replace('_', ' ')} ({counts[theme]})"
        for theme in _by_size(counts)
        if counts[theme]
    ]
    return ", ".join(told) or "nothing"
