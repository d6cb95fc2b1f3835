"""The site in a real browser: from disk and from a server, by mouse and keyboard, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile import NASTY
from playwright.sync_api import Page, expect

import ctdata
from ctdata.evidence import fold

PHONE = {"width": 390, "height": 844}


def names(site: Path) -> list[str]:
    """Every page of a site."""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert "index.html" in found and len(found) > 2
    return found


def plain(words: str) -> str:
    return re.sub(r"\W+", "", words)


def first_report(site: Path) -> str:
    """A report's page that has citations, a table to search and a chart."""
    for path in sorted(site.glob("[0-9]*.html")):
        page = path.read_text(encoding="utf-8")
        if "<svg" in page and 'class="ct-cite"' in page and page.count("<tr>") > 20:
            return path.name
    raise AssertionError("no report with citations")


def opened(visit, url: str, **options):
    """A page that has been looked at whole: its charts are drawn."""
    found = visit(url, **options)
    for chart in found.page.locator("figure:has(> script)").all():
        expect(chart).to_have_class("live", timeout=30_000)
    return found


def test_every_page_opens_on_a_phone_without_error_outside_request_or_sideways_scroll(
    visit, stored_site
):
    start = stored_site.as_uri()
    for name in names(stored_site):
        found = opened(visit, f"{start}/{name}", viewport=PHONE)
        assert found.complaints == [], name
        assert all(url.startswith((start, "data:")) for url in found.asked), name
        assert len(found.asked) > 1, "not even the style sheet"
        assert found.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        found.page.context.close()


def test_pages_of_each_kind_open_from_a_server_without_error_or_outside_request(
    visit, stored_site, address
):
    kinds = {name.partition("/")[0]: name for name in names(stored_site) if "/" in name}
    for name in ("index.html", first_report(stored_site), *kinds.values()):
        found = opened(visit, f"{address}/{name}")
        assert found.complaints == [], name
        assert all(url.startswith((address, "data:")) for url in found.asked), name
        assert len(found.asked) > 1, "not even the style sheet"
        found.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, stored_site, scheme):
    # In the dark only colors are others.
    options = {"runOnly": ["color-contrast"]} if scheme == "dark" else None
    report = first_report(stored_site)
    text = f"sources/{ctdata.load_sources()['source_id'].iloc[-1]}.html"
    for name in ("index.html", report, text):
        found = visit(f"{stored_site.as_uri()}/{name}", color_scheme=scheme)
        if name == text:
            found.page.locator("a.mark").first.click()
        results = Axe().run(found.page, options=options).response
        assert sum(len(rule["nodes"]) for rule in results["passes"]) > 10
        serious = [
            (rule["id"], rule["nodes"][0]["html"][:200])
            for rule in results["violations"]
            if rule["impact"] in ("serious", "critical")
        ]
        assert serious == [], name
        found.page.context.close()


def test_axe_is_asked_in_a_way_that_finds_something(visit, tmp_path):
    (tmp_path / "bad.html").write_text("<html><body><img src='data:,'><a href='#'></a>")
    found = visit((tmp_path / "bad.html").as_uri())
    violations = Axe().run(found.page).response["violations"]
    assert {"image-alt", "link-name"} <= {rule["id"] for rule in violations}


def aimed(page: Page) -> str:
    return "".join(page.locator("a.mark.aimed").all_text_contents())


def test_a_citation_leads_to_the_very_words_and_back(visit, stored_site):
    found = visit(f"{stored_site.as_uri()}/{first_report(stored_site)}")
    page = found.page
    citation = page.locator("main a.ct-cite").first
    claim = citation.get_attribute("data-claims").split()[0]
    citation.click()
    expect(page).to_have_url(re.compile(r"/sources/[\w-]+\.html#"))
    rows = {row["claim_id"]: row for table in ctdata.Corpus().schema if table != "sources"
            for row in _rows(table)}  # fmt: skip
    assert plain(aimed(page)) == plain(rows[claim]["quote"])
    expect(page.locator("a.mark.aimed").first).to_be_in_viewport()
    background = "e => getComputedStyle(e).backgroundColor"
    other = page.locator("a.mark:not(.aimed)").first
    assert page.locator("a.mark.aimed").first.evaluate(background) != other.evaluate(background)
    expect(page.locator("#panel")).to_contain_text(claim)
    page.locator("#panel .uses a").first.click()
    expect(page).to_have_url(re.compile(r"#cite-\d+$"))
    expect(page.locator("a.ct-cite:target")).to_be_in_viewport()
    assert found.complaints == []


def _rows(table: str) -> list[dict]:
    frame = ctdata.Corpus().load(table)
    return frame.to_dict("records") if "claim_id" in frame else []


def test_a_citation_tells_its_words_to_pointer_and_keyboard(visit, stored_site):
    page = visit(f"{stored_site.as_uri()}/{first_report(stored_site)}").page
    citation = page.locator("main a.ct-cite").first
    citation.hover()
    card = page.locator("#cited")
    expect(card).to_be_visible()
    words = card.locator("q").inner_text()
    assert words == citation.get_attribute("data-quote") and len(words) > 5
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.mouse.move(0, 0)
    citation.focus()
    expect(card).to_be_visible()
    assert citation.get_attribute("aria-describedby") == "cited"


def test_a_mark_shows_its_rows_by_mouse_and_keyboard(visit, stored_site):
    page = visit(f"{stored_site.as_uri()}/sources/gov-kaz-2011.html").page
    panel = page.locator("#panel")
    expect(panel).to_be_hidden()
    mark = page.locator("a.mark.many").first
    claims = mark.get_attribute("data-claims").split()
    mark.click()
    expect(panel.locator("article")).to_have_count(len(claims))
    assert all(claim in panel.inner_text() for claim in claims)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()


def test_the_legend_hides_the_marks_of_a_table(visit, stored_site):
    page = visit(f"{stored_site.as_uri()}/sources/gov-kaz-2011.html").page
    shown = page.locator("a.mark:not(.off)").count()
    boxes = page.locator(".legend input")
    page.locator(".legend input[name=measures]").uncheck()
    fewer = page.locator("a.mark:not(.off)").count()
    for box in boxes.all():
        box.uncheck()
    assert shown > fewer > page.locator("a.mark:not(.off)").count() == 0


def test_search_finds_reports_claims_and_passages(visit, stored_site, address):
    for start in (stored_site.as_uri(), address):
        page = visit(f"{start}/index.html").page
        reports = page.locator("li.report:visible")
        everything = reports.count()
        page.fill("#words", "two domestic ATTACKS")
        claim = page.locator("#claims a").first
        expect(claim).to_be_visible()
        assert "two domestic attacks in 2016" in claim.inner_text()
        assert page.locator("#claims mark").count() >= 3
        expect(page.locator("#passages li").first).to_be_visible()
        assert reports.count() < everything
        page.fill("#words", "no such words anywhere")
        expect(page.locator("#found")).to_have_text("0 reports, 0 claims, 0 passages")
        page.fill("#words", "two domestic attacks")
        page.locator("#claims a").first.click()
        expect(page.locator("a.mark.aimed").first).to_be_in_viewport()


def test_filters_by_country_and_theme_leave_what_fits(visit, stored_site):
    page = visit(f"{stored_site.as_uri()}/index.html").page
    page.select_option("#country", "KGZ")
    count = int(re.search(r"(\d+) claims", page.locator("#found").inner_text())[1])
    page.select_option("#theme", "Prevention")
    fewer = int(re.search(r"(\d+) claims", page.locator("#found").inner_text())[1])
    measures = ctdata.load_measures(country="KGZ")
    assert count > fewer == (measures["theme"] == "prevention").sum() > 0
    wheres = page.locator("#claims li p:first-of-type").all_inner_texts()
    assert wheres and all("Measures" in where for where in wheres)


def test_a_long_table_sorts_and_searches_and_stands_whole_on_paper(visit, stored_site):
    page = visit(f"{stored_site.as_uri()}/{first_report(stored_site)}").page
    box = page.locator(".long").last
    rows = box.locator("tbody tr")
    first_column = "rows => rows.map(row => row.cells[0].textContent.trim())"
    before = rows.evaluate_all(first_column)
    head = box.locator("thead th").first
    head.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    up = rows.evaluate_all(first_column)
    head.click()
    expect(head).to_have_attribute("aria-sort", "descending")
    down = rows.evaluate_all(first_column)
    assert sorted(up) == sorted(before) and len(set(before)) > 1
    assert up != down and up[0] == down[-1]
    field = box.locator("input[type=search]")
    assert field.get_attribute("aria-label").startswith("Search in ")
    field.fill(before[0].split()[0])
    assert 0 < rows.count() < len(before) or len(set(before)) == 1
    field.fill("")
    page.emulate_media(media="print")
    assert rows.count() == len(before)
    table = box.locator(".dt-layout-table")
    assert table.evaluate("e => e.scrollHeight - e.clientHeight") <= 1


def test_the_contents_follow_and_the_code_unfolds(visit, stored_site):
    page = visit(f"{stored_site.as_uri()}/{first_report(stored_site)}").page
    last = page.locator(".contents a").last
    last.click()
    expect(last).to_have_attribute("aria-current", "true")
    assert page.locator(".contents a[aria-current]").count() == 1
    assert page.locator("details.code[open]").count() == 0
    page.locator("#code").click()
    assert page.locator("details.code:not([open])").count() == 0
    expect(page.locator("details.code pre").first).to_be_visible()


def test_a_page_reads_without_scripts(visit, stored_site):
    report = first_report(stored_site)
    page = visit(f"{stored_site.as_uri()}/{report}", java_script_enabled=False).page
    assert page.locator("tbody tr").count() > 20
    expect(page.locator("figure svg").first).to_be_visible()
    page.locator("main a.ct-cite").first.click()
    mark = page.locator(".anchor:target ~ a.mark").first
    expect(mark).to_be_in_viewport()
    mark.click()
    expect(page.locator("article.claim:target")).to_be_in_viewport()


def test_a_page_printed_is_not_blank_and_has_its_table_and_figure(visit, stored_site):
    report = first_report(stored_site)
    for name in (report, "sources/crt-kaz-2017.html"):
        page = visit(f"{stored_site.as_uri()}/{name}").page
        leaves = pypdfium2.PdfDocument(page.pdf(format="A4"))
        texts = [leaf.get_textpage().get_text_range() for leaf in leaves]
        assert sum(map(len, texts)) > 2000
        assert all(len(text) > 20 or _inked(leaf) for text, leaf in zip(texts, leaves, strict=True))
        assert "Show the code" not in " ".join(texts) and "All reports" not in texts[0]


def _inked(leaf: pypdfium2.PdfPage) -> bool:
    return len(set(leaf.render(scale=0.3).to_numpy().flatten().tolist())) > 2


def test_a_chart_tells_and_leads_to_its_evidence(visit, hostile_site):
    found = visit(f"{hostile_site.as_uri()}/hostile.html")
    page = found.page
    figure = page.locator("figure.live")
    expect(figure).to_be_visible()
    canvas = figure.locator(".chart")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    hover = page.locator(".ct-hover")
    # The two points lie on a diagonal of the chart, so one of these places is on the first.
    places = [
        (box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        for x in (0.04, 0.05, 0.06, 0.07, 0.08, 0.1)
        for y in (0.8, 0.84, 0.88, 0.92)
    ]
    for place in places:
        page.mouse.move(*place)
        page.wait_for_timeout(60)
        if hover.count():
            break
    expect(hover).to_contain_text(NASTY)
    expect(hover).to_contain_text("rur-2016, para. ")
    page.mouse.click(*place)
    expect(page).to_have_url(re.compile(r"sources/rur-2016\.html#rur-2016-fig-001$"))
    expect(page.locator("a.mark.aimed").first).to_be_in_viewport()
    assert found.complaints == []


def test_on_paper_a_chart_is_its_picture(visit, hostile_site):
    page = visit(f"{hostile_site.as_uri()}/hostile.html").page
    expect(page.locator("figure.live")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("figure .chart")).to_be_hidden()
    assert page.locator("figure .drawn").bounding_box()["height"] > 50


def test_the_hostile_corpus_renders_as_itself(visit, hostile_site):
    for name in names(hostile_site):
        found = visit(f"{hostile_site.as_uri()}/{name}")
        page = found.page
        if name == "index.html":
            page.fill("#words", "<script>window")
            expect(page.locator("#claims li").first).to_be_visible()
        if name.startswith("sources/"):
            page.locator("a.mark").first.click()
        page.locator("a.ct-cite").first.hover() if name == "hostile.html" else None
        page.wait_for_timeout(200)
        assert page.evaluate("typeof window.hacked") == "undefined", name
        assert found.complaints == [], name
        assert fold(NASTY) in fold(page.locator("body").inner_text()), name
        assert page.locator("body script:not([type])").count() == 0


def test_a_page_is_no_larger_than_it_may_be(stored_site):
    sizes = {name: (stored_site / name).stat().st_size for name in names(stored_site)}
    assert max(sizes.values()) <= 400_000, max(sizes, key=sizes.get)
