"""Drafts against hand-made answers, and against what curators took from the collection's texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import ctdata
from ctdata.ingest import Drafts, suggest
from ctdata.ingest.coverage import coverage, coverage_of

FOLDER = Path(__file__).parent / "fixtures" / "suggest"
TEXTS = sorted(FOLDER.glob("*.txt"))
KINDS = ("organizations", "instruments", "dates", "figures")

# What the rules reach, with a little room below. A change that falls under it has broken a rule.
LEAST_F1 = {"organizations": 0.98, "instruments": 0.97, "dates": 0.98, "figures": 0.98}
LEAST_COVERAGE = {
    "organizations": 0.92,
    "instruments": 0.85,
    "dates": 0.75,
    "figures": 0.92,
    "participation": 0.40,
    "legal_events": 0.63,
}


def places(answer: dict, text: str) -> list[tuple[int, int]]:
    """Where the words of an answer stand, whatever the white space between them."""
    found = []
    for written in (answer["as_written"], *answer.get("aliases", ())):
        words = r"\s+".join(map(re.escape, written.split()))
        found += [match.span() for match in re.finditer(words, text)]
    return found


def is_right(kind: str, draft: dict, answer: dict) -> bool:
    """Whether a draft that touches an answer says the same."""
    if kind == "dates":
        return draft["date"] == answer["edtf"]
    if kind == "figures":
        return all(
            pd.isna(draft[bound]) if answer[bound] is None else draft[bound] == answer[bound]
            for bound in ("low", "high")
        )
    wanted = re.findall(r"\d+", answer.get("number", ""))[:1]
    has = re.findall(r"\d+", f"{draft.get('number')} {draft['name']}")[:1]
    return not wanted or wanted == has


def count(kind: str, text: str, answers: list[dict], drafts: Drafts) -> tuple[int, int, int]:
    """Answers that were drafted, answers that count, and drafts without an answer.

    Of an organization or instrument one right place is enough, and all its wrong ones count once.
    """
    spans = [places(answer, text) for answer in answers]
    assert all(spans), [a["as_written"] for a, s in zip(answers, spans, strict=True) if not s]
    right: set[int] = set()
    verdicts: dict[object, bool] = {}
    for draft in getattr(drafts, kind).to_dict("records"):
        touched = [
            index
            for index, where in enumerate(spans)
            if any(draft["start"] < end and start < draft["end"] for start, end in where)
        ]
        agreeing = [index for index in touched if is_right(kind, draft, answers[index])]
        right.update(agreeing)
        good = bool(agreeing) or any(answers[index]["optional"] for index in touched)
        thing = draft["name"] if "name" in draft else draft["start"]
        verdicts[thing] = verdicts.get(thing, False) or good
    required = {index for index, answer in enumerate(answers) if not answer["optional"]}
    return len(required & right), len(required), list(verdicts.values()).count(False)


def f1(hits: int, required: int, wrong: int) -> float:
    """Harmonic mean of precision, hits / (hits + wrong), and recall, hits / required."""
    return 2 * hits / (hits + wrong + required) if required else 1.0


def totals(read=suggest) -> pd.DataFrame:  # noqa: ANN001
    """Hits, required answers and wrong drafts of all texts, by kind."""
    rows = []
    for path in TEXTS:
        text = path.read_text("utf-8")
        answers = json.loads(path.with_suffix(".json").read_text("utf-8"))
        drafts = read(text)
        rows += [(kind, *count(kind, text, answers[kind], drafts)) for kind in KINDS]
    frame = pd.DataFrame(rows, columns=["kind", "hits", "required", "wrong"])
    return frame.groupby("kind").sum()


def test_there_are_texts_and_every_one_has_answers() -> None:
    assert len(TEXTS) >= 8
    for path in TEXTS:
        answers = json.loads(path.with_suffix(".json").read_text("utf-8"))
        assert all(kind in answers for kind in KINDS)


def test_drafts_agree_with_the_answers(capsys: pytest.CaptureFixture[str]) -> None:
    found = totals()
    found["f1"] = [f1(*row) for row in found[["hits", "required", "wrong"]].itertuples(index=False)]
    with capsys.disabled():
        print(f"\nDrafts against the answers beside {len(TEXTS)} texts:\n{found.round(3)}")
    for kind, least in LEAST_F1.items():
        assert found.loc[kind, "f1"] >= least, kind
    assert (found["hits"] / (found["hits"] + found["wrong"])).min() >= 0.97


def test_the_measure_sees_what_is_missing_and_what_is_wrong() -> None:
    nothing = totals(lambda text: suggest(""))
    assert (nothing["hits"] == 0).all()
    assert f1(0, 5, 0) == 0

    answers = [{"as_written": "over 800 nationals", "low": 800, "high": None, "optional": False}]
    assert count("figures", "over 800 nationals", answers, suggest("over 800 nationals")) == (
        1,
        1,
        0,
    )
    wrong = [answers[0] | {"high": 800}]
    assert count("figures", "over 800 nationals", wrong, suggest("over 800 nationals")) == (0, 1, 1)
    optional = [wrong[0] | {"optional": True}]
    assert count("figures", "over 800 nationals", optional, suggest("over 800 nationals")) == (
        0,
        0,
        0,
    )


def test_curated_claims_are_drafted(capsys: pytest.CaptureFixture[str]) -> None:
    found = coverage_of()
    with capsys.disabled():
        print(f"\nCurated rows of the collection that are drafted:\n{found.round(3)}")
    shares = found.set_index("table")["share"]
    for table, least in LEAST_COVERAGE.items():
        assert shares[table] >= least, table


def test_coverage_counts_each_curated_claim_once() -> None:
    corpus = ctdata.Corpus()
    found = coverage(corpus).groupby("table")["curated"].sum()
    for table in ("figures", "participation", "legal_events"):
        assert found[table] == len(corpus.load(table))


def test_coverage_falls_when_a_claim_is_changed(small_corpus) -> None:  # noqa: ANN001
    before = coverage_of(small_corpus.root).set_index("table")["drafted"]
    assert before["figures"] == 2
    small_corpus.change("figures", 0, low="900")
    after = coverage_of(small_corpus.root).set_index("table")["drafted"]
    assert after["figures"] == 1
