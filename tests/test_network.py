"""The networks say what the rows say, and their measures what the formulas say."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recounts.by_hand import attendance, betweenness, by_id, cores, pieces, tied_pairs
from recounts.by_hand import rows as rows_of

import ctdata
from ctdata import display, network

CORPUS = ctdata.Corpus()
EVERYTHING = CORPUS.select()
SCOPES = {
    "all": {},
    "KAZ": {"country": "KAZ"},
    "KGZ": {"country": "KGZ"},
    "two years": {"since": "2012", "until": "2013"},
    "one text": {"sources": "unsc-kaz-2014"},
    "empty": {"country": "KGZ", "until": "1990"},
}
in_every_scope = pytest.mark.parametrize(
    "selection", [CORPUS.select(**scope) for scope in SCOPES.values()], ids=list(SCOPES)
)


BODIES = by_id("organizations")
LEVEL = {body: row["level"] for body, row in BODIES.items()}


def graph_of(pairs, text: str = "a") -> nx.MultiDiGraph:
    """A graph of ties such as the module makes, from pairs."""
    graph = nx.MultiDiGraph()
    for one, other in sorted(tuple(sorted(pair)) for pair in pairs):
        for node in (one, other):
            graph.add_node(node, name=node, level="global", kind="organ", country=None)
        claim = {"claim_id": f"{one}-{other}", "source_id": text, "citation": "x", "quote": "y"}
        graph.add_edge(
            one,
            other,
            key="supports",
            family="cooperation",
            claims=(claim,),
            texts=(text,),
            weight=1,
        )
    return graph


some_pairs = st.sets(
    st.frozensets(st.sampled_from("abcdefg"), min_size=2, max_size=2), min_size=1, max_size=14
)


# Graphs


def test_every_kind_of_tie_belongs_to_one_family():
    columns = {column.name: column for column in CORPUS.schema["relations"].columns}
    grouped = [predicate for family in network.FAMILIES.values() for predicate in family]
    assert sorted(grouped) == sorted(columns["predicate"].values)
    assert set(network.FAMILIES) == set(network.FAMILY_WORDS)


def test_every_row_of_relations_stands_behind_exactly_one_edge():
    graph = network.ties(EVERYTHING, instruments=True)
    behind = [
        (subject, predicate, target, claim["claim_id"], claim["quote"])
        for subject, target, predicate, edge in graph.edges(keys=True, data=True)
        for claim in edge["claims"]
    ]
    printed = [
        (r["subject_id"], r["predicate"], r["object_id"], r["claim_id"], r["quote"])
        for r in rows_of("relations")
    ]
    assert sorted(behind) == sorted(printed)


def test_ties_to_instruments_are_left_out_unless_asked_for():
    assert set(network.ties(EVERYTHING)) <= set(BODIES)
    with_instruments = network.ties(EVERYTHING, instruments=True)
    assert not set(with_instruments) <= set(BODIES)
    between = {
        (r["subject_id"], r["predicate"], r["object_id"])
        for r in rows_of("relations")
        if r["object_id"] in BODIES
    }
    edges = {(u, p, v) for u, v, p in network.ties(EVERYTHING).edges(keys=True)}
    assert edges == between


@pytest.mark.parametrize("level", network.LEVELS)
def test_a_level_keeps_the_ties_within_it(level):
    graph = network.ties(EVERYTHING, levels=level)
    expected = {
        (r["subject_id"], r["predicate"], r["object_id"])
        for r in rows_of("relations")
        if LEVEL.get(r["subject_id"]) == LEVEL.get(r["object_id"]) == level
    }
    assert expected
    assert {(u, p, v) for u, v, p in graph.edges(keys=True)} == expected


def test_families_part_the_ties_without_rest():
    whole = network.ties(EVERYTHING).number_of_edges()
    parts = [
        network.ties(EVERYTHING, predicates=predicates).number_of_edges()
        for predicates in network.FAMILIES.values()
    ]
    assert sum(parts) == whole and all(parts)


@pytest.mark.parametrize(
    ("wrong", "known"),
    [({"levels": "local"}, "regional"), ({"predicates": "likes"}, "cooperates_with")],
)
def test_an_unknown_filter_is_refused_with_the_known_values(wrong, known):
    with pytest.raises(ValueError, match=known):
        network.ties(EVERYTHING, **wrong)


def test_what_is_done_to_a_graph_does_not_reach_the_next():
    graph = network.ties(EVERYTHING)
    size = len(graph)
    graph.clear()
    assert len(network.ties(EVERYTHING)) == size
    rows = network.delegations(EVERYTHING)
    rows["role"] = "?"
    assert "?" not in set(network.delegations(EVERYTHING)["role"])


def test_attendance_holds_who_took_part_in_what():
    graph = network.two_mode(EVERYTHING)
    assert nx.is_bipartite(graph)
    found = {(v.removeprefix("event:"), u) for u, v in graph.edges() if u in BODIES}
    found |= {(u.removeprefix("event:"), v) for u, v in graph.edges() if v in BODIES}
    assert found == {
        (event, body)
        for event, there in attendance(rows_of("participation")).items()
        for body in there
    }


def test_venues_and_targets_do_not_take_part_unless_asked_for():
    apart = [r for r in rows_of("participation") if r["role"] in network.APART]
    assert apart
    everyone = network.two_mode(EVERYTHING, everyone=True)
    assert all(everyone.has_edge(r["organization_id"], f"event:{r['event_id']}") for r in apart)
    assert network.two_mode(EVERYTHING).number_of_edges() < everyone.number_of_edges()


def test_shared_events_are_counted_as_sets_meet():
    at = defaultdict(set)
    for event, there in attendance(rows_of("participation")).items():
        for body in there:
            at[body].add(event)
    graph = network.shared_events(network.two_mode(EVERYTHING))
    for one, other in itertools.combinations(sorted(at), 2):
        weight = graph.edges[one, other]["weight"] if graph.has_edge(one, other) else 0
        assert weight == len(at[one] & at[other]), (one, other)


def test_newmans_weights_of_a_body_add_up_to_its_events_in_company():
    graph = network.shared_events(network.two_mode(EVERYTHING))
    together = [there for there in attendance(rows_of("participation")).values() if len(there) > 1]
    for body in graph:
        weights = sum(edge["newman"] for edge in graph[body].values())
        assert weights == pytest.approx(sum(body in there for there in together))


def test_the_hierarchy_tells_a_texts_word_from_the_tables():
    graph = network.hierarchy(EVERYTHING)
    told = {
        (r["subject_id"], r["object_id"])
        for r in rows_of("relations")
        if r["predicate"] == "part_of"
    }
    basis = {(u, v): edge["basis"] for u, v, edge in graph.edges(data=True)}
    assert {edge for edge, said in basis.items() if said == "text"} == told
    from_table = {edge for edge, said in basis.items() if said == "authority"}
    assert from_table
    parts_told = {part for part, _ in told}
    for part, whole in from_table:
        assert BODIES[part]["parent_id"] == whole and part not in parts_told
        assert graph.edges[part, whole]["claims"] == ()
    assert nx.is_directed_acyclic_graph(graph)


def test_the_outline_shows_each_part_below_its_whole():
    graph = network.hierarchy(EVERYTHING)
    rows = network.outline(graph)
    shown, above = set(), {}
    for row in rows.to_dict("records"):
        above[row["depth"]] = row["organization_id"]
        if row["depth"]:
            edge = (row["organization_id"], above[row["depth"] - 1])
            shown.add(edge)
            assert bool(row["evidence"].places) == (row["basis"] == "a text")
    assert shown == set(graph.edges())


# Measures


@given(some_pairs)
def test_betweenness_is_the_share_of_shortest_paths(pairs):
    by_hand = betweenness(pairs)
    possible = (len(by_hand) - 1) * (len(by_hand) - 2) / 2
    for row in network.measures(graph_of(pairs)).to_dict("records"):
        expected = by_hand[row["organization_id"]] / possible if possible else 0.0
        assert row["betweenness"] == pytest.approx(expected)


@given(some_pairs)
def test_cut_points_and_bridges_are_what_parts_the_graph(pairs):
    parts = len(pieces(pairs))
    for row in network.measures(graph_of(pairs)).to_dict("records"):
        node = row["organization_id"]
        assert row["cut_point"] == (len(pieces(pairs, {node})) > parts)
        nodes = set().union(*pairs)
        lone = [len(nodes - set().union(*(pairs - {pair}))) for pair in pairs if node in pair]
        split = [
            len(pieces(pairs - {pair})) + gone > parts
            for pair, gone in zip((p for p in pairs if node in p), lone, strict=True)
        ]
        assert row["bridges"] == sum(split)


@given(some_pairs)
def test_the_core_is_what_is_left_after_peeling(pairs):
    rows = network.measures(graph_of(pairs))
    assert dict(zip(rows["organization_id"], rows["core"], strict=True)) == cores(pairs)


def test_degrees_count_the_pairs_and_claims_of_the_table():
    pairs = tied_pairs(rows_of("relations"))
    degree = Counter(itertools.chain(*pairs))
    rows = network.measures(network.ties(EVERYTHING)).set_index("organization_id")
    assert set(rows.index) == set(degree)
    for body, row in rows.iterrows():
        assert row["degree"] == degree[body]
        claims = {claim for pair, ids in pairs.items() if body in pair for claim in ids}
        assert row["claims"] == len(claims)
        assert {claim for claim, *_ in row["evidence"].places} == claims


def test_the_range_of_betweenness_is_that_of_the_corpus_without_each_text():
    rows = network.measures(network.ties(EVERYTHING)).set_index("organization_id")
    relations = rows_of("relations")
    values = defaultdict(list)
    texts = sorted({row["source_id"] for row in relations})
    for text in texts:
        pairs = set(tied_pairs([row for row in relations if row["source_id"] != text]))
        found = betweenness(pairs)
        possible = (len(found) - 1) * (len(found) - 2) / 2
        for body in rows.index:
            values[body].append(found.get(body, 0.0) / possible)
    for body, row in rows.iterrows():
        assert row["betweenness_low"] == pytest.approx(min(values[body]))
        assert row["betweenness_high"] == pytest.approx(max(values[body]))


def test_a_single_text_gives_no_range():
    rows = network.measures(network.ties(CORPUS.select(sources="unsc-kaz-2014")))
    assert len(rows) and rows["betweenness_low"].isna().all()


def test_the_states_that_texts_are_about_are_found_and_left_out():
    focal = network.focal_states(EVERYTHING)
    about = {row["country"] for row in rows_of("sources")}
    assert {BODIES[state]["country"] for state in focal} == about
    rows = network.measures(network.ties(EVERYTHING), without=focal).set_index("organization_id")
    pairs = {pair for pair in tied_pairs(rows_of("relations")) if not pair & set(focal)}
    found = betweenness(pairs)
    possible = (len(found) - 1) * (len(found) - 2) / 2
    for body, row in rows.iterrows():
        if body in focal:
            assert math.isnan(row["betweenness_without"])
        else:
            assert row["betweenness_without"] == pytest.approx(found.get(body, 0.0) / possible)


def test_groups_that_are_fought_and_sanctions_are_not_measured():
    simple = network.cooperative(network.ties(EVERYTHING))
    assert {frozenset(edge) for edge in simple.edges()} == set(tied_pairs(rows_of("relations")))


@pytest.mark.parametrize(("family", "kind"), [("concern", "organ"), ("law", "nonstate_group")])
def test_neither_a_sanction_nor_a_tie_to_a_group_that_is_fought_brings_together(family, kind):
    graph = graph_of({frozenset("ab"), frozenset("bc")})
    graph.edges["a", "b", "supports"]["family"] = family
    graph.nodes["a"]["kind"] = kind
    assert set(network.cooperative(graph)) == {"b", "c"}


def two_mode_of(pairs) -> nx.Graph:
    """A graph of bodies and events, from pairs of both."""
    graph = nx.Graph()
    for body, event in sorted(pairs):
        graph.add_node(body, bipartite=0, name=body, level="global", kind="organ")
        graph.add_node(event, bipartite=1, name=event, kind="meeting")
        graph.add_edge(body, event, claims=())
    return graph


@given(
    st.sets(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("1234")), min_size=2, max_size=15
    ).filter(lambda pairs: all(len({p[i] for p in pairs}) > 1 for i in (0, 1)))
)
def test_two_mode_measures_are_those_of_networkx(pairs):
    graph = two_mode_of(pairs)
    bodies = {body for body, _ in pairs}
    rows = network.two_mode_measures(graph).set_index("node")
    assert rows["closeness"].between(0, 1).all()
    formulas = {
        "degree": nx.bipartite.degree_centrality,
        "betweenness": nx.bipartite.betweenness_centrality,
    }
    if nx.is_connected(graph):  # In parts, that of networkx exceeds 1.
        formulas["closeness"] = nx.bipartite.closeness_centrality
    for name, formula in formulas.items():
        assert rows[name].to_dict() == pytest.approx(formula(graph, bodies))


def test_closeness_in_parts_is_that_of_the_part_times_its_share():
    rows = network.two_mode_measures(two_mode_of({("a", "1"), ("b", "2"), ("c", "2")}))
    closeness = rows.set_index("node")["closeness"]
    assert closeness["a"] == pytest.approx(1 / 4)
    assert closeness["b"] == pytest.approx(2 / 4)


def test_the_only_event_of_all_bodies_is_as_central_as_can_be():
    rows = network.two_mode_measures(two_mode_of({(body, "1") for body in "abcd"}))
    event = rows[rows["mode"] == "event"].iloc[0]
    assert event[["degree", "closeness", "betweenness"]].tolist() == pytest.approx([1, 1, 1])


def test_one_body_at_one_event_is_measured_without_a_fault():
    rows = network.two_mode_measures(two_mode_of({("a", "1")}))
    assert rows["betweenness"].tolist() == [0, 0]


def test_caution_says_how_large_and_how_lopsided_the_graph_is():
    pairs = tied_pairs(rows_of("relations"))
    source = {row["claim_id"]: row["source_id"] for row in rows_of("relations")}
    texts = Counter(source[claim] for ids in pairs.values() for claim in ids)
    words = network.caution(EVERYTHING).plain()
    assert f"n = {len(set().union(*pairs))} bodies and {len(pairs)} tied pairs" in words
    (leading, most), *_ = texts.most_common(1)
    assert f"{100 * most / texts.total():.0f} % of the claims" in words and leading in words
    parts = pieces(set(pairs))
    assert (f"in {len(parts)} parts" in words) == (len(parts) > 1)


def test_caution_says_when_one_text_stands_alone():
    assert "one text" in network.caution(CORPUS.select(sources="cted-kgz-2019")).plain()


# Levels


def test_the_pairs_of_levels_part_the_ties_without_rest():
    rows = network.between_levels(EVERYTHING).set_index("levels")
    counts = Counter(
        tuple(sorted((LEVEL[body] for body in pair), key=network.LEVELS.index))
        for pair in tied_pairs(rows_of("relations"))
    )
    assert rows["tied_pairs"].sum() == counts.total()
    for (first, second), count in counts.items():
        name = f"within {first}" if first == second else f"{first} – {second}"
        assert rows.loc[name, "tied_pairs"] == count


def test_shared_events_of_two_levels_are_counted_from_who_was_there():
    rows = network.between_levels(EVERYTHING).set_index("levels")
    there = [
        {LEVEL[body] for body in bodies} for bodies in attendance(rows_of("participation")).values()
    ]
    for first, second in itertools.combinations(network.LEVELS, 2):
        expected = sum({first, second} <= levels for levels in there)
        assert rows.loc[f"{first} – {second}", "shared_events"] == expected


def test_a_holder_is_missed_by_as_many_bodies_as_hang_on_it():
    ground = network.meeting_ground(EVERYTHING)
    pairs = {frozenset(edge) for edge in ground.edges()}
    rows = network.holders(EVERYTHING)
    assert len(rows)
    found = {}
    for node in set().union(*pairs):
        part = next(part for part in pieces(pairs) if node in part)
        left = [piece & set(BODIES) for piece in pieces(pairs, {node}) if piece <= part]
        # A neighbour that has no other tie is a piece of its own.
        met = set().union(*left) if left else set()
        left += [{body} for body in (part & set(BODIES)) - met - {node}]
        lost = sum(map(len, left)) - max(map(len, left), default=0)
        if lost:
            found[node] = lost
    assert dict(zip(rows["node"], rows["cut_off"], strict=True)) == found


def test_events_of_several_levels_are_those_of_the_table():
    rows = network.meetings(EVERYTHING)
    expected = {}
    for event, bodies in attendance(rows_of("participation")).items():
        counts = Counter(LEVEL[body] for body in bodies)
        if len(counts) > 1:
            expected[event] = [counts[level] for level in network.LEVELS]
    found = rows.set_index("event_id")[list(network.LEVELS)]
    assert {event: list(row) for event, row in found.iterrows()} == expected


# Delegations


def members_by_hand() -> dict[str, set[str]]:
    """Delegations of the visits whose members are named."""
    visits = {row["event_id"] for row in rows_of("events") if row["kind"] == "visit"}
    came = defaultdict(set)
    named = set()
    for row in rows_of("participation"):
        if row["event_id"] in visits and row["role"] in ("lead", "member"):
            came[row["event_id"]].add(row["organization_id"])
            if row["role"] == "member":
                named.add(row["event_id"])
    return {event: came[event] for event in named}


def test_delegations_hold_the_members_of_the_table():
    rows = network.delegations(EVERYTHING)
    named = rows[rows["named"]]
    found = named.groupby("event_id")["organization_id"].agg(set).to_dict()
    assert found == members_by_hand()


def test_visits_without_members_are_shown_as_known():
    rows = network.delegations(EVERYTHING)
    visits = {row["event_id"] for row in rows_of("events") if row["kind"] == "visit"}
    unnamed = visits - set(members_by_hand())
    assert unnamed
    assert set(rows.loc[~rows["named"], "event_id"]) == unnamed
    words = network.visits_without_members(EVERYTHING)
    assert len(words.items) == len(unnamed)
    assert all("[" in item.plain() for item in words.items)


def test_compared_delegations_add_up():
    came = sorted(members_by_hand().values(), key=sorted)
    rows = network.compare_delegations(EVERYTHING)
    assert len(rows) == math.comb(len(came), 2) > 0
    overlaps = sorted(len(a & b) / len(a | b) for a, b in itertools.combinations(came, 2))
    assert sorted(rows["jaccard"]) == pytest.approx(overlaps)
    for row in rows.to_dict("records"):
        assert len(row["stayed"]) + len(row["left"]) == row["size_earlier"]
        assert len(row["stayed"]) + len(row["joined"]) == row["size_later"]
        assert row["both"] / row["either"] == pytest.approx(row["jaccard"])


def test_turnover_names_each_body_once():
    rows = network.turnover(EVERYTHING)
    for (earlier, later), changes in rows.groupby(["earlier", "later"]):
        pair = network.compare_delegations(EVERYTHING)
        pair = pair[(pair["earlier"] == earlier) & (pair["later"] == later)].iloc[0]
        assert changes["number"].sum() == pair["either"]
        claims = [claim for row in changes["evidence"] for claim, *_ in row.places]
        assert len(claims) == len(set(claims)) == pair["size_earlier"] + pair["size_later"]


def test_kinds_of_body_add_up_to_the_delegations():
    rows = network.composition(EVERYTHING).drop(columns=["level", "kind"])
    assert sorted(rows.sum()) == sorted(map(len, members_by_hand().values()))


@given(st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)))
def test_the_overlap_is_a_share_and_the_same_both_ways(first, second):
    overlap = network.jaccard(first, second)
    if not first | second:
        assert math.isnan(overlap)
        return
    assert 0 <= overlap <= 1
    assert overlap == network.jaccard(second, first)
    assert (overlap == 1) == (first == second)
    assert (overlap == 0) == (not first & second)


def test_the_list_of_ties_tells_how_many_claims_and_texts_the_file_has():
    names = {row["organization_id"]: row["name"] for row in rows_of("organizations")}
    told: dict[tuple[str, str, str], list[str]] = {}
    for row in rows_of("relations"):
        if row["subject_id"] in names and row["object_id"] in names:
            ends = names[row["subject_id"]], row["predicate"].replace("_", " ")
            told.setdefault((*ends, names[row["object_id"]]), []).append(row["source_id"])
    found = network.tie_list(network.ties(EVERYTHING)).set_index(["subject", "predicate", "object"])
    counted = zip(found["claims"], found["texts"], strict=True)
    assert dict(zip(found.index, counted, strict=True)) == {
        tie: (len(texts), len(set(texts))) for tie, texts in told.items()
    }


def test_the_list_of_pairs_counts_the_events_that_the_file_gives_to_both():
    names = {row["organization_id"]: row["name"] for row in rows_of("organizations")}
    there: dict[str, set[str]] = {}
    for row in rows_of("participation"):
        if row["role"] not in network.APART:
            there.setdefault(row["event_id"], set()).add(names[row["organization_id"]])
    shared = Counter(
        frozenset(pair) for bodies in there.values() for pair in itertools.combinations(bodies, 2)
    )
    newman = Counter()
    for bodies in there.values():
        for pair in itertools.combinations(bodies, 2):
            newman[frozenset(pair)] += 1 / (len(bodies) - 1)
    found = network.pair_list(network.shared_events(network.two_mode(EVERYTHING)))
    assert len(found) == len(shared) > 100
    for pair in found.itertuples():
        assert pair.events == shared[frozenset((pair.first, pair.second))]
        assert math.isclose(pair.newman, newman[frozenset((pair.first, pair.second))])


# Validation


@pytest.fixture
def visited(small_corpus):
    """A corpus that tells of one visit, and of an initiative with more states than it names."""
    text = (
        "The Directorate (DIR) visited Ruritania for three days, from 3 to 5 May 2016.\n"
        "The delegation included the Alpha Office; the Beta Bureau; and the Gamma Group.\n"
        "Ruritania takes part in the Nuclear Initiative of 9 states.\n"
    )
    small_corpus.write_text("rur-2016", text)
    for table in ("people", "legal_events", "measures", "figures", "aliases"):
        small_corpus.write(table, [])
    for name in ("Alpha Office", "Beta Bureau", "Gamma Group", "Nuclear Initiative"):
        small_corpus.add(
            "organizations",
            organization_id=name.lower().replace(" ", "-"),
            name=name,
            kind="organ",
            level="regional",
        )
    claim = {"source_id": "rur-2016"}
    small_corpus.write(
        "relations",
        [
            claim
            | {
                "claim_id": "rur-2016-rel-001",
                "subject_id": "rur",
                "predicate": "participates_in",
                "object_id": "nuclear-initiative",
                "quote": "Ruritania takes part in the Nuclear Initiative",
            }
        ],
    )
    small_corpus.change("events", 0, quote="visited Ruritania for three days")
    for number, (body, words) in enumerate(
        [("alpha-office", "Alpha Office"), ("beta-bureau", "Beta Bureau"), ("gamma-group", "Gamma")]
    ):
        small_corpus.add(
            "participation",
            claim_id=f"rur-2016-par-10{number}",
            event_id="visit-2016",
            organization_id=body,
            role="member",
            quote=f"the {words}",
            **claim,
        )
    small_corpus.add(
        "figures",
        claim_id="rur-2016-fig-001",
        country="RUR",
        indicator="visit_duration",
        population="days of the visit",
        low="3",
        high="3",
        unit="days",
        period="2016-05-03/2016-05-05",
        quote="for three days",
        **claim,
    )
    small_corpus.add(
        "figures",
        claim_id="rur-2016-fig-002",
        indicator="states_participating",
        population="states in the Nuclear Initiative",
        low="9",
        high="9",
        unit="countries",
        quote="of 9 states",
        **claim,
    )
    return small_corpus


def verdicts(root) -> dict[str, tuple[int, int, str]]:
    rows = network.validation(ctdata.Corpus(root).select())
    return {row.what: (row.stated, row.ours, row.verdict) for row in rows.itertuples()}


def test_what_a_text_counts_is_found_and_compared(visited):
    found = verdicts(visited.root)
    assert found["Visit to Ruritania: members in the printed list"] == (3, 3, "agrees")
    assert found["Visit to Ruritania: days"] == (3, 3, "agrees")
    assert found["Nuclear Initiative: participating states"] == (9, 1, "names some")


@pytest.mark.parametrize(
    ("table", "row", "cells", "what"),
    [
        ("events", 0, {"date": "2016-05-03/2016-05-06"}, "days"),
        ("participation", 2, {"role": "interlocutor"}, "members"),
        ("participation", 2, {"organization_id": "alpha-office"}, "members"),
    ],
)
def test_a_table_that_drifts_from_its_text_is_seen(visited, table, row, cells, what):
    visited.change(table, row, **cells)
    differs = [
        name for name, (*_, verdict) in verdicts(visited.root).items() if verdict == "differs"
    ]
    assert len(differs) == 1 and what in differs[0]


@in_every_scope
def test_nothing_differs_in_any_scope(selection):
    rows = network.validation(selection)
    assert "differs" not in set(rows["verdict"])
    assert selection.is_empty or len(rows)


def test_the_real_texts_are_compared_with_their_lists_and_durations():
    rows = network.validation(EVERYTHING)
    assert rows["what"].str.contains("printed list").sum() == len(members_by_hand())
    assert rows["what"].str.endswith("days").sum() == sum(
        row["indicator"] == "visit_duration" for row in rows_of("figures")
    )


# Evidence and scopes


@in_every_scope
def test_each_number_leads_to_claims_of_its_scope(selection):
    known = {
        row["claim_id"]: (row["citation"], row["quote"])
        for table in ("relations", "participation", "events", "figures")
        for row in getattr(selection, table).to_dict("records")
    }
    graph = network.ties(selection)
    shown = 0
    for frame in (
        network.measures(graph),
        network.tie_list(graph),
        network.two_mode_measures(network.two_mode(selection)),
        network.pair_list(network.shared_events(network.two_mode(selection))),
        network.outline(network.hierarchy(selection)),
        network.between_levels(selection),
        network.holders(selection),
        network.meetings(selection),
        network.delegations(selection),
        network.compare_delegations(selection),
        network.turnover(selection),
        network.validation(selection),
    ):
        for evidence in frame["evidence"]:
            for claim, citation, quote in evidence.places:
                assert known[claim] == (citation, quote)
                shown += 1
    assert shown or selection.is_empty


@in_every_scope
def test_every_scope_is_answered_in_words(selection):
    for shown in (
        network.answer(selection),
        network.caution(selection),
        network.visits_without_members(selection),
        network.draw_ties(selection),
        network.draw_delegations(selection),
    ):
        assert shown.plain().strip()
        if selection.is_empty:
            assert not isinstance(shown, display.Picture)


def test_the_answer_counts_what_the_measures_count():
    words = network.answer(EVERYTHING).plain()
    pairs = tied_pairs(rows_of("relations"))
    assert f"{len(set().union(*pairs))} bodies are tied in {len(pairs)} pairs" in words
    last = network.compare_delegations(EVERYTHING).iloc[-1]
    assert f"{last['both']} of {last['either']} bodies in common" in words
    focal = set(network.focal_states(EVERYTHING))
    share = 100 * sum(bool(pair & focal) for pair in pairs) / len(pairs)
    assert f"{share:.0f} % of the pairs" in words
    found = betweenness({pair for pair in pairs if not pair & focal})
    first = sorted(found, key=lambda body: (-round(found[body], 9), body))[:3]
    short = network.labels(CORPUS)
    assert f"most often through {display.listing([short[body] for body in first])} " in words
    holder = network.holders(EVERYTHING).query("mode == 'organization'").iloc[0]
    assert f"{holder['name']} is the only link of {holder['cut_off']} bodies" in words


# Layout and pictures


def plan_of(selection) -> tuple[nx.MultiDiGraph, network.Layout]:
    graph = network.fold_states(network.ties(selection), keep=network.focal_states(selection))
    whole = network.fold_states(network.ties(EVERYTHING), keep=network.focal_states(EVERYTHING))
    order = network.ranks(whole, network.hierarchy(EVERYTHING))
    return graph, network.layout(graph, network.hierarchy(selection), order)


@in_every_scope
def test_rows_of_a_column_never_share_a_place(selection):
    graph, plan = plan_of(selection)
    assert set(plan.places) == set(graph)
    for column in range(3):
        rows = [place.y for place in plan.places.values() if place.column == column]
        taken = sorted((y - 0.5, y + 0.5) for y in rows)
        if column == 1:
            taken = sorted([*taken, *((y - 0.15, y + 0.15) for y in plan.passages.values())])
        for (_, end), (start, _) in itertools.pairwise(taken):
            assert start >= end - 1e-9
        assert all(start >= -1e-9 and end <= plan.rows + 1e-9 for start, end in taken)


@in_every_scope
def test_parts_stand_right_below_their_whole_one_step_in(selection):
    graph, plan = plan_of(selection)
    parts = network.hierarchy(selection).out_edges(list(graph))
    within = {part for part, whole in parts if whole in graph and LEVEL[part] == LEVEL[whole]}
    assert set(plan.branches) == within
    for part, whole in plan.branches.items():
        one, other = plan.places[part], plan.places[whole]
        assert one.column == other.column and one.depth == other.depth + 1 and one.y > other.y


@in_every_scope
def test_bodies_keep_their_order_in_every_scope(selection):
    _, plan = plan_of(selection)
    _, whole = plan_of(EVERYTHING)
    for column in range(3):
        common = [n for n in plan.places if n in whole.places and plan.places[n].column == column]
        in_scope = sorted(common, key=lambda node: plan.places[node].y)
        assert in_scope == sorted(common, key=lambda node: whole.places[node].y)


def test_a_layout_is_the_same_each_time_whatever_the_order_of_rows():
    graph = network.ties(EVERYTHING)
    turned = nx.MultiDiGraph()
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(graph.edges(keys=True, data=True))))
    parts = network.hierarchy(EVERYTHING)
    first = network.layout(network.fold_states(graph), parts)
    assert first == network.layout(network.fold_states(turned), parts)


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(0.1, 5)), min_size=1, max_size=9),
)
def test_rows_are_moved_as_little_as_their_order_allows(pairs):
    values, weights = map(list, zip(*pairs, strict=True))
    n = len(values)

    def mean(a: int, b: int) -> float:
        return sum(v * w for v, w in pairs[a : b + 1]) / sum(weights[a : b + 1])

    # The solution is known in closed form: the greatest of the least means.
    expected = [max(min(mean(a, b) for b in range(i, n)) for a in range(i + 1)) for i in range(n)]
    assert network.isotonic(values, weights) == pytest.approx(expected, abs=1e-9)


def test_folding_keeps_every_claim_and_every_body():
    told = network.ties(EVERYTHING)
    folded = network.fold_states(told)

    def claims(graph):
        return sorted(c["claim_id"] for *_, e in graph.edges(data=True) for c in e["claims"])

    groups = {n: d["members"] for n, d in folded.nodes(data=True) if "members" in d}
    assert groups and claims(folded) == claims(told)
    assert set(folded) - set(groups) | set(itertools.chain(*groups.values())) == set(told)
    for members in groups.values():
        assert len(members) > 1
        for state in members:
            assert BODIES[state]["kind"] == "state"
            assert len(set(nx.all_neighbors(told, state))) == 1


def test_states_to_keep_are_not_folded():
    told = network.ties(EVERYTHING)
    group = next(
        d["members"] for _, d in network.fold_states(told).nodes(data=True) if "members" in d
    )
    assert set(group) <= set(network.fold_states(told, keep=group))


def extents(picture):
    """Boxes of all words in a picture, in dots, and of the picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    words = [*picture.figure.texts, *itertools.chain(*(a.texts for a in picture.figure.axes))]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in words]
    return boxes, picture.figure.bbox


@in_every_scope
@pytest.mark.parametrize("draw", [network.draw_ties, network.draw_delegations])
def test_no_words_of_a_picture_collide_or_leave_the_page(selection, draw):
    picture = draw(selection)
    if not isinstance(picture, display.Picture):
        assert selection.is_empty
        return
    assert len(extents(picture)[0]) > 5
    assert_readable(picture)


def assert_readable(picture) -> None:
    boxes, page = extents(picture)
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), (one, other)
    for words, box in boxes:
        assert box.x0 >= 0 and box.x1 <= page.x1 and box.y0 >= 0 and box.y1 <= page.y1, words


def test_names_of_any_length_fit_the_picture_of_ties(visited):
    long_name = "office-for-the-coordination-of-whatever-else-might-need-it"
    for level in network.LEVELS:
        visited.add(
            "organizations",
            organization_id=f"{level}-{long_name}",
            name=f"{level} {long_name}",
            kind="organ",
            level=level,
        )
    for number, (one, other) in enumerate(itertools.combinations(network.LEVELS, 2)):
        visited.add(
            "relations",
            claim_id=f"rur-2016-rel-10{number}",
            source_id="rur-2016",
            subject_id=f"{one}-{long_name}",
            predicate="supports",
            object_id=f"{other}-{long_name}",
            quote="Ruritania takes part in the Nuclear Initiative",
        )
    picture = network.draw_ties(ctdata.Corpus(visited.root).select())
    assert_readable(picture)
    assert sum("…" in text.get_text() for text in picture.figure.axes[0].texts) == 3


def test_many_visits_fit_the_picture_of_delegations(visited):
    for year in range(2001, 2012):
        claim = {"source_id": "rur-2016", "event_id": f"visit-{year}"}
        visited.add(
            "events",
            claim_id=f"rur-2016-evt-{year}",
            name=f"Visit of {year}",
            kind="visit",
            date=f"{year}-05-03/{year}-05-05",
            country="RUR",
            quote="visited Ruritania for three days",
            **claim,
        )
        visited.add(
            "participation",
            claim_id=f"rur-2016-par-{year}",
            organization_id="beta-bureau",
            role="member" if year % 2 else "lead",
            quote="the Beta Bureau",
            **claim,
        )
    selection = ctdata.Corpus(visited.root).select()
    assert_readable(network.draw_delegations(selection))
    assert len(network.visits_without_members(selection).items) == 5


@pytest.mark.parametrize("draw", [network.draw_ties, network.draw_delegations])
def test_a_picture_is_the_same_each_time_and_says_what_it_shows(draw):
    first, second = draw(EVERYTHING), draw(CORPUS.select())
    assert first.svg() == second.svg()
    assert first.title and len(first.alt) > 80


def test_the_picture_of_ties_names_every_body():
    picture = network.draw_ties(EVERYTHING)
    written = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
    short = network.labels(CORPUS)
    graph = network.fold_states(network.ties(EVERYTHING), keep=network.focal_states(EVERYTHING))
    alone = [node for node in graph if node in BODIES]
    assert len(alone) > 40
    assert not [short[node] for node in alone if short[node] not in written]
    assert str(len(network.ties(EVERYTHING))) in picture.title


def test_the_picture_of_delegations_marks_each_member_and_each_lead():
    picture = network.draw_delegations(EVERYTHING)
    marks = sum(
        len(c.get_offsets()) for c in picture.figure.axes[0].collections if hasattr(c, "get_sizes")
    )
    visits = {row["event_id"] for row in rows_of("events") if row["kind"] == "visit"}
    came = {
        (row["event_id"], row["organization_id"])
        for row in rows_of("participation")
        if row["event_id"] in visits and row["role"] in network.DELEGATION
    }
    assert marks == len(came)


def test_labels_are_short_and_tell_bodies_apart():
    short = network.labels(CORPUS)
    assert set(short) == set(BODIES)
    assert len(set(short.values())) == len(short)
    for body, label in short.items():
        assert label and len(label) <= 40, body
        if BODIES[body]["acronym"]:
            assert label == BODIES[body]["acronym"]
        assert not re.search(r"\b[a-z]+-[a-z]+-", label), label


@pytest.mark.parametrize(
    ("name", "parent", "label"),
    [
        ("Group of Experts of the 1540 Committee", "", "1540 Group of Experts"),
        (
            "Security Council Committee established pursuant to resolution 1540 (2004)",
            "",
            "1540 Committee",
        ),
        (
            "Executive Committee of the Authority for Regional Order",
            "dir",
            "DIR Executive Committee",
        ),
        ("DIR task force against the spread of ideas online", "dir", "DIR task force"),
        ("Joint Subcommittee on Justice and Law and Order", "", "Joint Subcommittee"),
        ("Analytical Support and Sanctions Monitoring Team", "", "Monitoring Team"),
        ("Alliance against Terrorism", "", "Alliance against Terrorism"),
    ],
)
def test_a_long_name_keeps_what_tells_it_apart(small_corpus, name, parent, label):
    small_corpus.add(
        "organizations",
        organization_id="some-other-words",
        name=name,
        kind="organ",
        level="global",
        parent_id=parent,
    )
    corpus = ctdata.Corpus(small_corpus.root)
    assert network.labels(corpus)["some-other-words"] == label
