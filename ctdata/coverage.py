"""What the texts are, what they speak about, and how much of them is coded."""

from __future__ import annotations

import hashlib

import pandas as pd

from ctdata import dates, display
from ctdata.corpus import Selection
from ctdata.evidence import fold
from ctdata.kept import kept


def passports(scope: Selection) -> pd.DataFrame:
    """Say what each text is.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text in scope: ``source_id, title, publisher, issued, words, paragraphs,
        unchanged``; the last one says whether the file still has the recorded SHA-256.
    """
    rows = []
    for text in _texts(scope).itertuples():
        verbatim = scope.corpus.text(text.source_id).verbatim
        rows.append(
            {
                "source_id": text.source_id,
                "title": text.title,
                "publisher": text.publisher,
                "issued": dates.label(text.issued) if isinstance(text.issued, str) else "",
                "words": len(verbatim.split()),
                "paragraphs": len(scope.corpus.text(text.source_id).passages),
                "unchanged": hashlib.sha256(verbatim.encode()).hexdigest() == text.sha256,
            }
        )
    columns = "source_id title publisher issued words paragraphs unchanged".split()
    return pd.DataFrame(rows, columns=columns)


def _texts(scope: Selection) -> pd.DataFrame:
    """The texts that speak in scope: those with a claim in it."""
    return scope.corpus.load("sources").merge(
        claims(scope)[["source_id"]].drop_duplicates(), on="source_id"
    )


@kept
def claims(scope: Selection) -> pd.DataFrame:
    """Put the claims of all tables under each other.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``table, claim_id, source_id, start, end, paragraph, citation, quote, date``; ``date`` is
        the first stated date, an EDTF string or missing. Sorted by text and place.
    """
    parts = []
    for name, table in scope.corpus.schema.items():
        if table.is_claim:
            frame = getattr(scope, name)
            date = pd.Series(pd.NA, index=frame.index, dtype="str")
            for column in table.dates:
                date = date.fillna(frame[column])
            columns = "claim_id source_id start end paragraph citation quote".split()
            parts.append(frame[columns].assign(table=name, date=date))
    together = pd.concat(parts, ignore_index=True)
    return together.sort_values(["source_id", "start", "claim_id"], ignore_index=True)


def rows_by_text(scope: Selection) -> pd.DataFrame:
    """Count the rows of each claim table for each text.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``table``, an integer column for each text, and ``all``; a row for each table.
    """
    found = claims(scope)
    counts = pd.crosstab(found["table"], found["source_id"])
    order = [name for name, table in scope.corpus.schema.items() if table.is_claim]
    counts = counts.reindex(order, fill_value=0)
    counts["all"] = counts.sum(axis=1)
    return counts.rename_axis("table").reset_index().rename_axis(columns=None)


def coded_passages(scope: Selection) -> pd.DataFrame:
    """Tell how much of each text carries a claim.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``source_id, paragraphs, coded, silent``: how many paragraphs there are, how many hold a
        quote of a claim in scope, and the numbers of those that hold none.
    """
    found = claims(scope)
    rows = []
    for source_id, of_text in found.groupby("source_id"):
        text = scope.corpus.text(source_id)
        touched = {
            number
            for start, end in zip(of_text["start"], of_text["end"], strict=True)
            for number in range(text.paragraph_at(start), text.paragraph_at(end - 1) + 1)
        }
        silent = [p.paragraph for p in text.passages if p.paragraph not in touched]
        rows.append(
            {
                "source_id": source_id,
                "paragraphs": len(text.passages),
                "coded": len(touched),
                "silent": ", ".join(map(str, silent)) or "none",
            }
        )
    return pd.DataFrame(rows, columns=["source_id", "paragraphs", "coded", "silent"])


def dated_claims(scope: Selection) -> pd.DataFrame:
    """Count the dated claims of each text by the year that they speak about.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``source_id, year, claims``: claims whose date begins in that year; one that has no
        beginning counts in the year in which it ends.
    """
    found = claims(scope).dropna(subset=["date"])
    parsed = [dates.parse(date) for date in found["date"]]
    found = found.assign(year=[(date.earliest or date.latest).year for date in parsed])
    counts = found.groupby(["source_id", "year"], as_index=False).size()
    return counts.rename(columns={"size": "claims"})


def draw_years(scope: Selection) -> display.Picture | display.Sentence:
    """Draw which years each text speaks about.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    display.Picture or display.Sentence
        A lane for each text: a disc for each year, its area in proportion to the number of dated
        claims, and a diamond where the text was issued.
    """
    counts = dated_claims(scope)
    if counts.empty:
        return display.Sentence("No claim in scope has a date.")
    texts = scope.corpus.load("sources").set_index("source_id")
    issued = {
        name: dates.parse(texts.loc[name, "issued"]).earliest.year
        for name in counts["source_id"].unique()
        if isinstance(texts.loc[name, "issued"], str)
    }
    lanes = sorted(counts["source_id"].unique(), key=lambda name: (issued.get(name, 0), name))
    left, foot, body = 1.05, 0.55, 0.42 * len(lanes) + 0.1
    width, height = display.WIDTH - left - 0.16, foot + body + 0.4
    figure, axes = display.canvas(height)
    figure.set_layout_engine(None)
    axes.set_position((left / display.WIDTH, foot / height, width / display.WIDTH, body / height))
    row = {name: len(lanes) - 1 - lane for lane, name in enumerate(lanes)}
    y = counts["source_id"].map(row)
    axes.hlines(list(row.values()), counts["year"].min(), counts["year"].max(), "#e4e4e4", zorder=0)
    axes.scatter(
        counts["year"], y, s=12 * counts["claims"], color=display.COLORS["sky"], edgecolor="white"
    )
    for disc in counts[counts["claims"] >= 5].itertuples():
        axes.text(disc.year, row[disc.source_id], disc.claims, ha="center", va="center", size=7)
    axes.scatter(
        list(issued.values()),
        [row[name] + 0.33 for name in issued],
        marker="v",
        s=28,
        color=display.COLORS["vermilion"],
        label="text issued",
    )
    axes.set_yticks(list(row.values()), lanes)
    axes.set_ylim(-0.6, len(lanes) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(
        loc="lower left", bbox_to_anchor=(left / display.WIDTH, 0), frameon=False, borderpad=0
    )
    first, last = counts["year"].min(), counts["year"].max()
    title = f"The texts speak about {first} to {last} (discs: claims that begin in the year)"
    figure.suptitle(title, x=0, y=1, ha="left", va="top", fontsize=10, fontweight="bold")
    most = counts.loc[counts["claims"].idxmax()]
    whose = f"each of {len(lanes)} texts" if len(lanes) > 1 else lanes[0]
    return display.Picture(
        figure,
        f"For {whose}, the years that its dated claims speak about, from {first} to {last}."
        f" The most, {most['claims']}, are those of {most['source_id']} on {most['year']}.",
    )


class Context(display.Shown):
    """A quote inside the words around it.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    claim_id : str
        Which claim.
    around : int
        How many characters to show on either side.

    Raises
    ------
    ValueError
        No claim in scope has this id.
    """

    def __init__(self, scope: Selection, claim_id: str, around: int = 160) -> None:
        found = claims(scope)
        if claim_id not in set(found["claim_id"]):
            raise ValueError(
                f"no claim in scope is called {claim_id!r}; see coverage.claims(scope)"
            )
        self.claim = found.set_index("claim_id").loc[claim_id]
        verbatim = scope.corpus.text(self.claim["source_id"]).verbatim
        start, end = int(self.claim["start"]), int(self.claim["end"])
        before, behind = verbatim[max(0, start - around) : start], verbatim[end : end + around]
        self.before = ("…" if start > around else "") + before.lstrip().replace("\n", " ")
        self.quote = fold(verbatim[start:end])
        self.behind = behind.rstrip().replace("\n", " ") + (
            "…" if end + around < len(verbatim) else ""
        )

    def html(self) -> str:
        """The words with the quote marked."""
        return (
            f'<blockquote class="ct-context">{display.escape_html(self.before)}'
            f"<mark>{display.escape_html(self.quote)}</mark>"
            f"{display.escape_html(self.behind)}</blockquote>"
        )

    def markdown(self) -> str:
        """The words with the quote in bold."""
        words = (self.before, self.quote, self.behind)
        before, quote, behind = (display.escape_markdown(part) for part in words)
        return f"> {before} **{quote}** {behind}"

    def plain(self) -> str:
        """The words with the quote between arrows."""
        return f"{self.before}»{self.quote}«{self.behind}"
