"""Acts on instruments, what texts build on, and the law of a state."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict

from ctdata.timeline.lanes import MARK_OF, MARKS, words_for

from .by_hand import Scope, acts, by_id, citation, cited, days, state, verbatim, year
from .printed import Line, Printed
from .wording import count, label, listing


def numbered() -> dict[str, str]:
    """The resolutions of the Security Council that have a number, by their ids."""
    found = by_id("instruments").items()
    return {i: row["number"] for i, row in found if row["kind"] == "resolution" and row["number"]}


def recount(printed: Printed, scope: Scope) -> None:
    told = acts(scope.rows("legal_events"))
    recount_legal_checks(printed, scope, told)
    recount_lanes(printed, told)
    recount_act_tables(printed, scope, told)
    recount_resolutions(printed, scope)
    recount_visits_compared(printed, scope)
    recount_legal_answer(printed, scope)


def recount_legal_checks(printed: Printed, scope: Scope, told: list[dict]) -> None:
    checks = printed.table("What is compared", "Stated")
    adopted = {
        row["instrument_id"]: row["date"]
        for row in scope.rows("legal_events")
        if row["action"] == "adopted" and row["date"] and row["instrument_id"] in numbered()
    }
    agreeing = [one for one, date in adopted.items() if f"({year(date)})" in numbered()[one]]
    stated_in_words = 0

    def by_hand(line: Line) -> dict[str, object]:
        nonlocal stated_in_words
        what, figures = line["What is compared"], cited(line.claims, "figures")
        if what.startswith("Resolutions"):
            return {"Stated": len(adopted), "Ours": len(agreeing)}
        if not figures:
            return dict.fromkeys(("Stated", "Ours"), len(scope.rows("legal_events")))
        stated_in_words += 1
        named = {row["instrument_id"] for row in cited(line.claims, "legal_events")}
        together = any(by_id("instruments")[one]["kind"] == "collection" for one in named)
        ours = "taken together" if together else len(named)
        return {"Stated": figures[0]["low"], "Ours": ours}

    checks.is_recomputed(by_hand)
    counted = {"codes_amended", "laws_amended", "instruments_joined", "ratifications_pending"}
    stated = [row for row in scope.rows("figures") if row["indicator"] in counted]
    assert stated_in_words == len(stated)
    assert sum(len(act["claims"]) for act in told) == len(scope.rows("legal_events"))


def recount_lanes(printed: Printed, told: list[dict]) -> None:
    dated = [act for act in told if act["date"]]
    by_lane = Counter(act["lane"] for act in dated)
    silent = Counter(act["lane"] for act in told if not act["date"])
    sorts = Counter((act["lane"], MARKS[MARK_OF[act["action"]]].label) for act in told)
    words = [mark.label for mark in MARKS.values()]
    table = printed.table("Lane", "With a date")
    assert {line["Lane"] for line in table} == set(by_lane) | set(silent)
    table.is_recomputed(
        lambda line: {
            "With a date": by_lane[line["Lane"]],
            "Without": silent[line["Lane"]],
            "What was done": "; ".join(
                f"{sorts[line['Lane'], sort]} {sort}" for sort in words if sorts[line["Lane"], sort]
            ),
        }
    )
    first = min(days(act["date"])[0].year for act in dated)
    last = max(days(act["date"])[1].year for act in dated)
    instruments = len({act["instrument_id"] for act in dated})
    period = f"{first}–{last}" if first < last else f"{first}"
    printed.tells(
        f"What the texts date: {count(len(dated), 'act')} on {count(instruments, 'instrument')}, "
        f"{period}"
    )
    lanes = [line["Lane"] for line in table if by_lane[line["Lane"]]]
    printed.tells(f"By lane: {listing([f'{one} ({by_lane[one]})' for one in lanes])}.")
    begun = Counter(days(act["date"])[0].year for act in dated)
    fullest = min(begun, key=lambda when: (-begun[when], when))
    printed.tells(f"most acts begin is {fullest}, with {begun[fullest]}.")
    recount_hover_of_acts(printed, told)
    heads = Counter(f"{count(number, 'act')} without a date" for number in silent.values())
    drawn = Counter(piece.words for piece in printed.charts[0].words)
    assert {words: drawn[words] for words in heads} == heads
    for piece in printed.charts[0].words:
        if piece.words in heads:
            piece.strike()
    if printed.hovers:
        for lane, number in silent.items():
            printed.tells(f"{lane} ({count(number, 'act')} without a date)")


def recount_hover_of_acts(printed: Printed, told: list[dict]) -> None:
    """Each mark tells what was done, when, and where that stands: "Border Act: adopted, 2010"."""
    for line in printed.hovers:
        called, _, said = line["words"].rpartition(": ")
        head, _, tail = called.partition(" … ")
        acts_ = [
            act
            for act in told
            if said.endswith(f", {label(act['date'])}")
            and title(act).startswith(head)
            and title(act).endswith(tail)
            and words_for(act["action"]) in said
        ]
        places = {citation(claim) for act in acts_ for claim in act["claims"]}
        assert set(line["where"].split("; ")) == places, line["words"]
        line.cells["words"].strike()
        line.cells["where"].strike()


def title(act: dict) -> str:
    """What the instrument of an act is called."""
    instrument = by_id("instruments")[act["instrument_id"]]
    is_numbered = act["instrument_id"] in numbered()
    return f"Resolution {instrument['number']}" if is_numbered else instrument["title"]


def recount_act_tables(printed: Printed, scope: Scope, told: list[dict]) -> None:
    in_time = printed.table("When", "Lane", "Instrument")
    undated = printed.table("Lane", AUTHORITY)
    assert len(in_time) == sum(bool(act["date"]) for act in told)
    assert len(undated) == sum(not act["date"] for act in told)
    for line in [*in_time, *undated]:
        assert any(act["claims"] == line.claims for act in told)
    in_time.is_recomputed(
        lambda line: {
            "When": label(next(act["date"] for act in told if act["claims"] == line.claims))
        }
    )

    def authority(line: Line) -> dict[str, object]:
        row = by_id("instruments")[cited(line.claims, "legal_events")[0]["instrument_id"]]
        note = row["note"].rstrip(".")
        return {AUTHORITY: label(row["issued"]) + (f" ({note})" if row["issued"] and note else "")}

    undated.is_recomputed(authority)
    issued = {text: row["issued"] for text, row in by_id("sources").items()}

    def as_of(line: Line) -> dict[str, object]:
        sort = line["Furthest status told"]
        telling = [
            row["source_id"]
            for row in cited(line.claims, "legal_events")
            if MARKS[MARK_OF[row["action"]]].label == sort
        ]
        return {"As of": label(max(issued[text] for text in telling))}

    printed.table("As of", "Furthest status told").is_recomputed(as_of)


AUTHORITY = "Instrument's date in the authority table (no claim)"


def recount_resolutions(printed: Printed, scope: Scope) -> None:
    named = {text: sorted(resolutions_in(text)) for text in scope.texts}
    naming = [text for text in scope.texts if named[text]]
    resolutions = count(len(set().union(*named.values())), "resolution")
    who = f"{len(naming)} of {len(scope.texts)} texts" if len(scope.texts) > 1 else scope.texts[0]
    verb = "names" if len(naming) == 1 else "name"
    printed.tells(f"{who} {verb} {resolutions} of the Security Council by number")
    for text in naming:
        (piece,) = (chart.alt for chart in printed.charts if "Matrix" in chart.alt.words)
        shown = re.search(rf"{text}: ([^;]*?)(?:;|\. What each)", piece.words)[1]
        assert re.findall(r"\d{4} \(\d{4}\)", shown) == named[text]
    for chart in printed.charts[1:]:
        heads = [piece.words for piece in chart.words if re.match(r"\d{4} \(", piece.words)]
        assert heads == sorted(set().union(*named.values()))
    for line in printed.table("Text", "With resolutions"):
        text = line["Text"].split()[0]
        assert set(re.findall(r"\d{4} \(\d{4}\)", line["With resolutions"])) <= set(named[text])


def assessing_visits(scope: Scope) -> list[dict[str, str]]:
    """The visits whose texts date an assessment of a resolution alike, in order of time."""
    dated = {
        (row["source_id"], row["date"])
        for row in scope.rows("legal_events")
        if row["action"] == "assessed" and row["date"]
    }
    told = [row for row in scope.rows("events") if (row["source_id"], row["date"]) in dated]
    return sorted((r for r in told if r["kind"] == "visit"), key=lambda row: row["date"])


def resolutions_in(text: str) -> set[str]:
    """The resolutions that a text names: the first digits of their numbers stand in it."""
    told = verbatim(text)
    return {n for n in numbered().values() if re.search(rf"\b{n.split()[0]}\b", told)}


def recount_entered(printed: Printed, scope: Scope) -> None:
    """How many resolutions entered from one visit to the next, and how many of them are newer."""
    for earlier, later in itertools.pairwise(assessing_visits(scope)):
        before, after = (resolutions_in(visit["source_id"]) for visit in (earlier, later))
        ended = days(earlier["date"])[1].year
        newer = sum(int(number[-5:-1]) > ended for number in after - before)
        printed.tells(f"({newer} of {len(after - before)} adopted after the earlier visit)")


def recount_visits_compared(printed: Printed, scope: Scope) -> None:
    """What one text on a visit names and the text on the visit before does not."""
    found = assessing_visits(scope)
    table = printed.table("Visits", "Resolution")
    if len(found) < 2:
        assert not len(table)
        return
    before, after = (resolutions_in(row["source_id"]) for row in found)
    assert {line["Resolution"] for line in table} == before | after
    adopted = {
        numbered()[row["instrument_id"]]: row["date"]
        for row in scope.rows("legal_events")
        if row["action"] == "adopted" and row["instrument_id"] in numbered()
    }
    changes = dict.fromkeys(before & after, "stayed")
    changes |= dict.fromkeys(after - before, "entered") | dict.fromkeys(before - after, "left")
    table.is_recomputed(
        lambda line: {
            "Visits": " → ".join(f"{row['country']} {year(row['date'])}" for row in found),
            "Adopted, as told": label(adopted[line["Resolution"]]),
            "Change": changes[line["Resolution"]],
        }
    )


def changes_law(act: dict) -> bool:
    """Whether an act changes what is law; to sign a treaty does not, to sign a law does."""
    kind = by_id("instruments")[act["instrument_id"]]["kind"]
    made = {"adopted", "approved", "entered_into_force", "amended", "established_body"}
    is_law = kind in ("law", "code", "decree", "constitution")
    return act["action"] in made or (act["action"] == "signed" and is_law)


def recount_legal_answer(printed: Printed, scope: Scope) -> None:
    """The sentences on the law, which the brief of a country tells too."""
    told = acts(scope.rows("legal_events"))
    dated = [act for act in told if act["date"]]
    shared = sum(len(act["texts"]) > 1 for act in told)
    instruments = len({act["instrument_id"] for act in told})
    first = min(days(act["date"])[0].year for act in dated)
    last = max(days(act["date"])[1].year for act in dated)
    several = {0: "none is", 1: "1 is"}.get(shared, f"{shared} are")
    printed.tells(
        f"The texts tell of {count(len(told), 'act')} on {count(instruments, 'instrument')}, "
        f"{len(dated)} with a date, from {first} to {last}; {several} told by more than one text."
    )
    recount_entered(printed, scope)
    for country in sorted({by_id("sources")[text]["country"] for text in scope.texts}):
        own = [act for act in told if act["lane"] == state(country) and changes_law(act)]
        if own:
            printed.tells(
                f"{state(country)}: {count(len(own), 'change')} of its own law and programmes "
                f"{'is' if len(own) == 1 else 'are'} told, "
                f"{sum(bool(act['date']) for act in own)} with a date"
            )
    amended = defaultdict(list)
    for row in scope.rows("figures"):
        if row["indicator"] in ("codes_amended", "laws_amended"):
            amended[row["country"], row["period"]].append(f"{row['low']} {row['unit']}")
    for (country, period), numbers in amended.items():
        printed.tells(f"{state(country)}, {label(period)}: {listing(numbers)} amended")
