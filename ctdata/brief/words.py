"""What the brief says: key facts, judgments, what is checked and what is unknown."""

from __future__ import annotations

import pandas as pd

from ctdata import (
    agreement,
    coverage,
    dates,
    display,
    estimates,
    network,
    policy,
    proscription,
    timeline,
)
from ctdata.corpus import Selection

_MOST_THEMES = 3  # of each stance


def key_facts(scope: Selection) -> display.Bullets | display.Sentence:
    """Say the most important things that the texts tell, each with its citation.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    display.Bullets or display.Sentence
        Texts, people who left, visits, law and printed lists, in this order; what the texts do not
        tell is left out.
    """
    if scope.is_empty:
        return display.Sentence("The texts tell nothing in this scope.")
    return display.Bullets(
        [
            _texts(scope),
            *_items(estimates.answer(scope)),
            *visits(scope),
            *_law(scope),
            *_lists(scope),
        ]
    )


def _items(shown: display.Bullets | display.Sentence) -> list[display.Sentence]:
    """The sentences of a list; what says only that there is nothing is dropped."""
    return shown.items if isinstance(shown, display.Bullets) else []


def _texts(scope: Selection) -> display.Sentence:
    found = coverage.claims(scope)
    issued = coverage.passports(scope)
    words = [f"{row.source_id} ({row.issued})" for row in issued.itertuples()]
    texts = "1 text speaks" if len(words) == 1 else f"{len(words)} texts speak"
    return display.Sentence(
        f"{texts} in this scope, with {len(found):,} claims: {display.listing(words)}."
    )


def visits(scope: Selection) -> list[display.Sentence]:
    """Tell the visits, the newest first, and how many bodies took part.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    list of display.Sentence
        One for each text's telling of a visit.
    """
    told = scope.events.query("kind == 'visit'").sort_values("date_earliest", ascending=False)
    parts = scope.participation.query("role in ('lead', 'member')")
    sentences = []
    for visit in told.to_dict("records"):
        when = dates.label(visit["date"]) if isinstance(visit["date"], str) else ""
        of_visit = parts[
            (parts["event_id"] == visit["event_id"]) & (parts["source_id"] == visit["source_id"])
        ]
        bodies = of_visit["organization_id"].nunique()
        words = visit["name"] if not when or when in visit["name"] else f"{visit['name']}, {when}"
        if (of_visit["role"] == "member").any():
            words += f": a delegation of {bodies} bodies"
        sentences.append(display.Sentence(f"{words} ", display.Citation(pd.Series(visit)), "."))
    return sentences


def _law(scope: Selection) -> list[display.Sentence]:
    """What changed in the law, and what is still pending."""
    told = timeline.acts(scope)
    if told.empty:
        return []
    compared = timeline.compare_visits(scope, told, timeline.invocations(scope))
    return _items(timeline.answer(scope, told, compared))


def _lists(scope: Selection) -> list[display.Sentence]:
    """How many bodies stand on each list whose entries a text prints."""
    printed = proscription.entries(scope)
    return [
        display.Sentence(
            f"{text} prints {display.count(len(rows), 'name')} on the list “{title}” ",
            display.Citation(rows.head(1)),
            ".",
        )
        for (title, text), rows in printed.groupby(["list", "source_id"], sort=False)
    ]


def judged(scope: Selection) -> pd.DataFrame:
    """Take the themes that the texts criticise and commend most, each with an example.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``stance, theme`` (in words), ``measures`` (int), ``example`` (the summary of the one that
        stands first) and ``citation`` (:class:`ctdata.display.Citation`, of all of them); criticism
        first, the three themes with most measures of each.
    """
    found = policy.judgments(scope)
    themes = policy.gather(found, ["stance", "about"])
    examples = found.drop_duplicates(["stance", "about"])["summary"].tolist()
    themes = themes.assign(example=examples, rank=themes["stance"].map(policy.STANCES.index))
    themes = themes.sort_values(["rank", "claims", "about"], ascending=[True, False, True])
    themes = themes.groupby("stance", sort=False).head(_MOST_THEMES).reset_index(drop=True)
    themes["stance"] = themes["stance"].map(display.header)
    themes = themes.rename(columns={"about": "theme", "claims": "measures"})
    return themes[["stance", "theme", "measures", "example", "citation"]]


def recounted(checked: pd.DataFrame) -> display.Sentence:
    """Say which numbers that the texts print were counted in the tables.

    Parameters
    ----------
    checked : pandas.DataFrame
        From :func:`ctdata.estimates.recounted`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if checked.empty:
        return display.Sentence("No number in scope can be counted in another table.")
    agreeing = int((checked["verdict"] == agreement.AGREES).sum())
    parts: list[str | display.Shown] = [
        f"Counted in the tables, {agreeing} of {display.count(len(checked), 'stated number')} "
        f"{'agrees' if agreeing == 1 else 'agree'}: "
    ]
    for row in checked.to_dict("records"):
        parts += ["; " if len(parts) > 1 else "", f"{row['number']} {row['population']} "]
        parts.append(display.Citation(row))
    return display.Sentence(*parts, ".")


def unknowns(scope: Selection) -> display.Bullets | display.Sentence:
    """Say what a reader would want to know and the texts in scope do not tell.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    display.Bullets or display.Sentence
        Numbers that nobody states, open bounds, themes without a word, visits without members,
        acts without a date.
    """
    if scope.is_empty:
        return display.Sentence("The texts tell nothing in this scope, so all is unknown.")
    found = [_missing_numbers(scope), _open_bounds(scope), _silent_themes(scope)]
    acts = timeline.acts(scope)
    undated = len(timeline.undated(acts)) if len(acts) else 0
    if undated:
        found.append(
            display.Sentence(
                f"{undated} of {len(acts)} acts on instruments are told without a date."
            )
        )
    mentioned = network.visits_without_members(scope)
    if isinstance(mentioned, display.Bullets):
        found += mentioned.items
    return display.Bullets([sentence for sentence in found if sentence])


def _missing_numbers(scope: Selection) -> display.Sentence | None:
    """Of the numbers that matter most, those that no text in scope states."""
    stated = set(scope.figures["indicator"])
    verbs = {"convicted": "were convicted"}
    missing = [
        verbs.get(verb, verb) for name, verb in estimates.FIGHTERS.items() if name not in stated
    ]
    if not missing:
        return None
    return display.Sentence(f"No text in scope states how many people {' or '.join(missing)}.")


def _open_bounds(scope: Selection) -> display.Sentence | None:
    """How many figures have an open end."""
    figures = scope.figures
    is_open = figures["low"].isna() | figures["high"].isna()
    if not is_open.any():
        return None
    return display.Sentence(
        f"Open at one end, with no upper or no lower bound told: {is_open.sum()} of "
        f"{len(figures)} numbers ",
        display.Citation(figures[is_open]),
        ".",
    )


def _silent_themes(scope: Selection) -> display.Sentence | None:
    """The themes of the vocabulary on which no text in scope tells a measure."""
    theme = next(c for c in scope.corpus.schema["measures"].columns if c.name == "theme")
    silent = [t.replace("_", " ") for t in theme.values if t not in set(scope.measures["theme"])]
    if not silent:
        return None
    return display.Sentence(f"No text in scope tells a measure on {display.listing(silent)}.")
