"""Drafting: each rule on sentences of the field, and what holds for any text whatever."""

from __future__ import annotations

import gc
import textwrap
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ctdata
from ctdata import dates as edtf
from ctdata.ingest import suggest, suggest_all, suggest_stream
from ctdata.ingest.drafts import TABLES
from ctdata.ingest.gazetteer import ORGANIZATION, gazetteer_of, spellings
from ctdata.ingest.passage import Passage, passages, passages_of, search_key

TEXTS = sorted((Path(__file__).parent / "fixtures" / "suggest").glob("*.txt"))


def names(text: str, **hints: str) -> dict[str, str]:
    """The organizations of a text, by the words that name them."""
    found = suggest(text, **hints).organizations
    return dict(zip(found["text"], found["name"], strict=True))


def titles(text: str, **hints: str) -> dict[str, str]:
    """The instruments of a text, by the words that name them."""
    found = suggest(text, **hints).instruments
    return dict(zip(found["text"], found["name"], strict=True))


def told(text: str, **hints: int) -> list[str]:
    """The dates of a text."""
    return suggest(text, **hints).dates["date"].tolist()


def bounds(text: str) -> list[tuple[float | None, float | None]]:
    """Low and high of each figure of a text."""
    found = suggest(text).figures[["low", "high"]].astype(object)
    return list(found.where(found.notna(), None).itertuples(index=False, name=None))


# --- Organizations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It met UNODC there.", "United Nations Office on Drugs and Crime"),
        ("Da’esh fell.", "Islamic State in Iraq and the Levant"),
        ("The UN Security Council met.", "United Nations Security Council"),
        ("The Eurasian Group (EAG) met.", "Eurasian Group on Combating Money Laundering and "
         "Financing of Terrorism"),
        ("It was al-Qa’ida again.", "Al-Qaida"),
        ("The Organisation for Security and Cooperation in Europe left.", "Organization for "
         "Security and Co-operation in Europe"),
    ],
)  # fmt: skip
def test_a_known_body_is_found_under_any_of_its_spellings(text: str, name: str) -> None:
    assert name in names(text).values()


@pytest.mark.parametrize(
    "name",
    [
        "State Committee for National Security",
        "Ministry of Labour, Migration and Employment",
        "Agency for State Financial Control and Combating Corruption",
        "Coordination Service of the Council of the Commanders of the Border Forces",
        "Office for the Coordination of the Fight Against Organized Crime and Other Dangerous "
        "Types of Crime",
        "Scientific and Advisory Council",
        "Academy of the Ministry of Internal Affairs",
        "Group of Friends of Neutrality",
        "Supreme Court",
        "Jaish al-Fatah",
        "Border Troops",
        "Conflict Prevention Branch",
        "Lake Cooperation Mechanism",
        "Special Tribunal",
    ],
)
def test_a_new_body_is_found_by_its_shape(name: str) -> None:
    assert name in names(f"On that day the {name} was told of it.")


def test_a_name_ends_where_the_next_body_of_a_list_begins() -> None:
    found = names(
        "The Ministry of Justice and the State Border Service, the Ministry of Finance and "
        "Economy and the Supreme Court of Uzbekistan came."
    )
    assert list(found) == [
        "Ministry of Justice",
        "State Border Service",
        "Ministry of Finance and Economy",
        "Supreme Court of Uzbekistan",
    ]


def test_bodies_that_share_a_noun_are_told_apart() -> None:
    found = names(
        "In Turkmenistan the Ministries of National Security, Internal Affairs and Defense, and "
        "the State Border, Customs and Migration Services share it."
    )
    assert set(found.values()) == {
        "Ministry of National Security of Turkmenistan",
        "Ministry of Internal Affairs of Turkmenistan",
        "Ministry of Defense of Turkmenistan",
        "State Border Service of Turkmenistan",
        "State Customs Service of Turkmenistan",
        "State Migration Service of Turkmenistan",
    }


def test_an_acronym_means_what_the_text_has_explained() -> None:
    found = suggest(
        "The Financial Watch Agency (FWA) opened an office. Later the FWA closed it. "
        "Counter-terrorism fighters (FTFs) and CVE are not bodies."
    ).organizations
    assert found["text"].tolist() == ["Financial Watch Agency (FWA)", "FWA"]
    assert found["name"].nunique() == 1
    assert found["acronym"].tolist() == ["FWA", "FWA"]


def test_an_acronym_names_the_body_that_was_described_before_it() -> None:
    assert set(names("Ruritania's financial intelligence unit, RUFIN, grew.")) == {"RUFIN"}
    assert not names("It has a mission, RUFIN, in view.")


def test_a_name_without_a_noun_for_bodies_is_found_by_its_acronym() -> None:
    assert names("The Lake Chad Basin Initiative (LCBI) grew.") == {
        "Lake Chad Basin Initiative (LCBI)": "Lake Chad Basin Initiative"
    }
    assert not names("Foreign Terrorist Fighters (FTF) and the Border Law (BL) are none.")


def test_a_ministry_is_that_of_the_country_which_the_text_is_about() -> None:
    sentence = "The Ministry of Internal Affairs of {} reported. The Ministry of Finance agreed."
    kazakh = suggest(sentence.format("Kazakhstan")).organizations
    assert kazakh["organization_id"].tolist() == ["kaz-mia", "kaz-minfin"]
    tajik = suggest(sentence.format("Tajikistan")).organizations
    assert tajik["organization_id"].isna().all()
    assert tajik["name"].tolist() == [
        "Ministry of Internal Affairs of Tajikistan",
        "Ministry of Finance of Tajikistan",
    ]
    assert set(tajik["country"]) == {"TJK"}


def test_a_country_named_beside_a_body_is_its_country() -> None:
    found = names("Kazakhstan met the Uzbek Foreign Ministry and the Security Council of Russia.")
    assert found["Uzbek Foreign Ministry"] == "Ministry of Foreign Affairs of Uzbekistan"
    assert "United Nations Security Council" not in found.values()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (
            "Ministry of Foreign Affairs of the Republic of Uzbekistan",
            "Ministry of Foreign Affairs of Uzbekistan",
        ),
        ("Ministry of Defence of Uzbekistan", "Ministry of Defence of Uzbekistan"),
        ("Security Council of the Republic of Uzbekistan", "Security Council of Uzbekistan"),
        ("Security Council of Belarus", "Security Council of Belarus"),
        ("General Prosecutor’s Office of Kazakhstan", "Prosecutor General's Office of Kazakhstan"),
        ("Syrian Democratic Forces", "Syrian Democratic Forces"),
    ],
)
def test_a_body_has_one_name_however_its_state_is_written(words: str, name: str) -> None:
    assert names(f"The {words} spoke.", country="KAZ")[words] == name


def test_an_acronym_behind_and_is_a_body_of_its_own() -> None:
    assert set(names("The Ministry of Education and UNICEF agreed.")) == {
        "Ministry of Education",
        "UNICEF",
    }


def test_states_and_offices_of_one_person_are_not_organizations() -> None:
    assert not names(
        "Kazakhstan, the Russian Federation, the Government of Tajikistan, the President of "
        "Kazakhstan, the Foreign Minister, the Secretary-General and the Soviet Union."
    )


def test_the_title_of_a_meeting_and_the_name_of_an_exercise_are_not_organizations() -> None:
    assert not names('The conference "Joint Efforts against the Movement of Terrorists in Asia".')
    assert not names('The exercise "Peace Mission 2021" ended.')


def test_an_executive_directorate_is_not_the_committee_that_it_serves() -> None:
    found = suggest("The Counter-Terrorism Committee Executive Directorate (CTED) came.")
    assert found.organizations["organization_id"].tolist() == ["cted"]


def test_a_group_with_particles_in_its_name_is_one() -> None:
    found = suggest("It tried members of Katibat al-Tawhid wal Jihad (KTJ).").organizations
    assert found["text"].tolist() == ["Katibat al-Tawhid wal Jihad (KTJ)"]
    assert list(names("the Katibat al Nur wal Fajr")) == ["Katibat al Nur wal Fajr"]


def test_a_name_may_be_written_with_a_hyphen_in_one_place_and_a_blank_in_another() -> None:
    found = suggest("The CIS-ATC met. Later the CIS ATC met again.").organizations
    assert found["organization_id"].tolist() == ["atc-cis", "atc-cis"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("General Prosecutor's Office", "General Prosecutor's Office"),
        ("Prosecutor General's Office", "Prosecutor General's Office"),
        ("General Staff of the Armed Forces", "General Staff of the Armed Forces"),
        ("Hague-based Global Center on Security", "Global Center on Security"),
        ("Colonel General of the Border Service", "Border Service"),
    ],
)
def test_ranks_and_places_before_a_name_are_left_out(words: str, name: str) -> None:
    assert list(names(f"It met the {words} there.")) == [name]


def test_a_university_ends_before_another_body() -> None:
    found = names("It met the American University of Central Asia and the NGO Search for Peace.")
    assert found == {"American University of Central Asia": "American University of Central Asia"}


def test_a_quoted_name_behind_a_word_for_groups_is_a_group() -> None:
    found = suggest("Members of the terrorist group “Jannat Oshiqlari” were tried.").organizations
    assert found["name"].tolist() == ["Jannat Oshiqlari"]
    assert found["kind"].tolist() == ["nonstate_group"]


# --- Instruments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("resolutions 1373 (2001), 1624 (2005), and 2178 (2014)", ["1373", "1624", "2178"]),
        ("resolutions 2170, 2178 and 2199 on this", ["2170", "2178", "2199"]),
        ("resolutions, including 2396 (2017), 2462 (2019) and other ones", ["2396", "2462"]),
        ("General Assembly resolution 60/288 of 8 September 2006", ["A/RES/60/288"]),
        ("General Assembly resolution 71/291 of 15 June 2017", ["71/291"]),
        ("resolution A/RES/72/284", ["72/284"]),
        ("resolution 1373 and 500 laws", ["1373"]),
        ("in 1540 (2004) it says", ["1540"]),
        ("UNSCR 2396 and UNSCRs 1267 and 1373", ["2396", "1267", "1373"]),
        ("UN Security Council Resolution (UNSCR) 2178", ["2178"]),
        ("the United Nations Security Council (UNSC) resolution 2309", ["2309"]),
        ("presidential statement S/PRST/2013/1", ["S/PRST/2013/1"]),
    ],
)
def test_resolutions_are_read_in_all_forms_of_lists(text: str, numbers: list[str]) -> None:
    found = suggest(f"It recalls {text}.").instruments["number"]
    assert [number.split(" ")[0] for number in found] == numbers


@pytest.mark.parametrize(
    "title",
    [
        "Law on Combating Terrorism",
        'Law "On Countering Extremism"',
        "National Strategy for Countering Extremism and Terrorism for 2021-2026",
        "Programme of Cooperation of the SCO Member States in Countering Terrorism, Separatism "
        "and Extremism for 2019-2021",
        "Criminal Procedure Code",
        "Treaty on Cooperation among the CIS Member States in Combating Terrorism of 4 June 1999",
        "Dushanbe Declaration",
        "Anti-Terrorism Act of 1997",
        "Fair Trial Act 2013",
        "draft comprehensive convention on international terrorism",
        "2003 counterterrorism law",
        "bilateral agreement with India on counterterrorism",
        "law on countering extremism",
        "Decree No. 6255",
        "Decree 5775 of 30 July 2019",
        "presidential decree No. 12/3",
        "Presidential Decree No. UP-6255 of 1 July 2021",
        "Security Offences (Special Measures) Act 2012",
        'Law "On Countering Terrorism" of 13 July 1999 No. 416-I',
        'Law "On Religious Activity", No. 483-IV',
        "Nelson Mandela Rules",
        "2006 Law on Countering the Financing of Terrorism",
        "Law on Countering the Legalization of Criminal Proceeds",
        "OSCE Consolidated Framework for the Fight against Terrorism",
        "Law No. 178-I on Combating Terrorism",
        "Law on Combating Legalization (Laundering) of Income of 25 March 2011",
        "Law of Uzbekistan No. 178",
        'Law of the Republic of Uzbekistan "On fight against terrorism"',
        "Law of Uzbekistan No. 178 on Combating Terrorism",
        'Law "On Borders" (No. ZRU-489)',
        "Law 6415 on the Prevention of Smuggling",
        "Directive (EU) 2017/541 on combating terrorism",
        "Counter-Terrorism Agenda for the EU",
        "Joint Communication “The EU and its Neighbours: New Roads”",
    ],
)
def test_an_instrument_is_found_with_its_whole_title(title: str) -> None:
    assert title in titles(f"Speakers recalled the {title}, and went on.")


def test_a_title_in_small_letters_ends_before_the_verb() -> None:
    found = titles("The Law on countering terrorism was adopted in 2010 by the parliament.")
    assert list(found) == ["Law on countering terrorism"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("Decree No. UP-6255 of 1 July 2021", "UP-6255"),
        ("Law on Borders of 13 July 1999 No. 416-I", "416-I"),
        ("Law on Borders of 2003", "2003"),
        ("Decree UP-5379 of March 14", "UP-5379"),
        ('Law "On Borders" (No. ZRU-489)', "ZRU-489"),
        ("Law 6415 on Borders", "6415"),
        ("Directive (EU) 2017/541 on combating terrorism", "2017/541"),
    ],
)
def test_the_number_of_an_act_is_its_own_or_else_its_year(words: str, number: str) -> None:
    assert suggest(f"They recalled the {words}.").instruments["number"].tolist() == [number]


def test_a_small_number_behind_no_is_that_of_a_government_s_resolution() -> None:
    text = "By its Resolution No. 124, Kazakhstan carries out resolution No. 2178 and 748 (1992)."
    found = suggest(text).instruments
    assert found["name"].tolist() == [
        "Resolution No. 124",
        "Security Council resolution 2178",
        "Security Council resolution 748",
    ]
    assert found["kind"].tolist() == ["decree", "resolution", "resolution"]


def test_a_number_that_counts_is_not_that_of_a_decree() -> None:
    assert not titles("By the Decree 12 people are pardoned, by the Law 5 people.")


def test_a_code_belongs_to_the_country_of_the_text() -> None:
    assert titles("Uzbekistan amended its Criminal Code.") == {
        "Criminal Code": "Criminal Code of Uzbekistan"
    }
    found = suggest("Kazakhstan amended its Criminal Code.").instruments
    assert found["instrument_id"].tolist() == ["kaz-criminal-code"]


def test_a_short_form_means_the_instrument_named_before() -> None:
    found = titles("The Border Strategy for 2016-2020 is new. The Strategy is good.")
    assert found["Strategy"] == found["Border Strategy for 2016-2020"]


def test_the_years_of_an_instrument_are_kept() -> None:
    found = suggest("the 2006 Law on Borders and the Action Plan on Borders for 2017–21")
    assert found.instruments["years"].tolist() == ["2006", "2017/2021"]


def test_a_programme_of_the_united_nations_is_a_body_and_no_instrument() -> None:
    found = suggest("The United Nations Development Programme (UNDP) and the Treaty Organization")
    assert found.instruments.empty


def test_law_enforcement_is_no_law() -> None:
    assert not titles("CT law enforcement and Law Enforcement Office and the plan failed.")


# --- Dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("from 16 to 20 May 2016", "2016-05-16/2016-05-20"),
        ("between 19 and 24 February 2017", "2017-02-19/2017-02-24"),
        ("on 24–26 February 2016", "2016-02-24/2016-02-26"),
        ("on June 11-12, 2007", "2007-06-11/2007-06-12"),
        ("from September 28 to September 30, 2010", "2010-09-28/2010-09-30"),
        ("from 31 May to 2 June 2016", "2016-05-31/2016-06-02"),
        ("from 29 November 2021 to 2 December 2022", "2021-11-29/2022-12-02"),
        ("on 31 January and 1 February 2017", "2017-01-31/2017-02-01"),
        ("in January-February 2009", "2009-01/2009-02"),
        ("in December, 2003", "2003-12"),
        ("on the 24th of February 2023", "2023-02-24"),
        ("on Sept. 9, 2018", "2018-09-09"),
        ("on 20.05.2016", "2016-05-20"),
        ("on 2016-05-20", "2016-05-20"),
        ("on 3/4/2016", "2016-04-03"),
        ("on 10/24/2016", "2016-10-24"),
        ("for 01/2023 – 12/2028", "2023-01/2028-12"),
        ("between 2015 and 2017", "2015/2017"),
        ("for 2018-22", "2018/2022"),
        ("since 2013", "2013/.."),
        ("since May 2019", "2019-05/.."),
        ("until 2025", "../2025"),
        ("by the end of 2016", "../2016"),
        ("at the end of April 2021", "2021-04"),
        ("in the first half of 2018", "2018-01/2018-06"),
        ("in the first ten months of 2013", "2013-01/2013-10"),
        ("in the first 9 months of 2013", "2013-01/2013-09"),
        ("in the first 13 months of 2013", "2013"),
        ("in the second quarter of 2020", "2020-04/2020-06"),
        ("in Q4 2022", "2022-10/2022-12"),
        ("in the first half of October 2022", "2022-10-01/2022-10-15"),
        ("before the summer of 2016", "../2016-22"),
        ("in the autumn of 2017", "2017-23"),
        ("by mid-2017", "../2017"),
        ("about 2010", "2010~"),
        ("in the 1990s", "199X"),
        ("in March 2025", "2025-03"),
        ("on 9 FEBRUARY 2017", "2017-02-09"),
        ("in SEPT. 2017", "2017-09"),
    ],
)
def test_a_date_is_read_as_edtf(words: str, date: str) -> None:
    assert told(f"It was so {words}, they say.") == [date]


def test_two_dates_that_are_no_range_stay_two() -> None:
    assert told("in May and September 2017") == ["2017-05", "2017-09"]
    assert told("held in 2002 and 2006, in Almaty") == ["2002", "2006"]
    assert told("on 4 May 2017 and 9 June 2018") == ["2017-05-04", "2018-06-09"]


def test_a_date_without_a_year_gets_that_of_the_text() -> None:
    text = "In 2019 much happened. He left in 2015. On 19 May a riot began, on 6 November another."
    assert told(text) == ["2019", "2015", "2019-05-19", "2019-11-06"]
    assert told("It began on 19 May.", year=2021) == ["2021-05-19"]
    assert told("It began on 19 May.") == []
    text = "Kabul fell in August 2021. 2022 Terrorist Incidents: On May 7 rockets were fired."
    assert told(text)[-1] == "2022-05-07"
    assert told('"Peace Mission 2021" ended on September 24.') == ["2021-09-24"]


def test_a_month_of_last_year_is_one_date() -> None:
    text = "In March last year they met, on 4 May of this year they signed. Last year was long."
    assert told(text, year=2023) == ["2022-03", "2023-05-04", "2022"]
    assert told("In the first ten months of the year it grew.", year=2013) == ["2013-01/2013-10"]


def test_years_of_names_numbers_and_people_are_no_dates() -> None:
    assert not told("resolution 2178 (2014); Cyber Anti-Terror 2016; EXPO 2017; Rubezh-2022")
    assert not told("2000 people, over 1999 websites, No. 2015, the 1988 Committee, order 2012")
    assert not told("the National Strategy for 2016-2020 and the Law on Borders of 2003")
    assert not told("They may come. March on! The May family. STATES MAY JOIN.")


def test_a_full_date_in_a_title_is_a_date() -> None:
    assert told("The Law on Borders of 15 December 2000 stands.") == ["2000-12-15"]


@given(st.dates(min_value=pd.Timestamp("1900-01-01").date()), st.sampled_from("%d %B %Y|%B %d, %Y"
       "|%d.%m.%Y|%d/%m/%Y|%Y-%m-%d".split("|")))  # fmt: skip
def test_every_full_date_is_read_whatever_its_form(day, form: str) -> None:  # noqa: ANN001
    if day.year > 2099:
        return
    assert told(f"It happened on {day.strftime(form)}.") == [day.isoformat()]


# --- Figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "low", "high", "unit"),
    [
        ("over 800 nationals", 800, None, "people"),
        ("at least 1,000 citizens", 1000, None, "people"),
        ("upwards of 2,000 members", 2000, None, "people"),
        ("60 or more officers", 60, None, "people"),
        ("up to 10,000 fighters", None, 10_000, "people"),
        ("fewer than 20 laws", None, 20, "laws"),
        ("approximately 150 women", 150, 150, "people"),
        ("some sixty young people", 60, 60, "people"),
        ("200-odd women", 200, 200, "people"),
        ("between 300 and 500 people", 300, 500, "people"),
        ("from five to 20 years", 5, 20, "years"),
        ("200 to 300 people", 200, 300, "people"),
        ("at least 230-250 people", 230, None, "people"),
        ("nine terrorist financing cases", 9, 9, "cases"),
        ("twenty-five camps", 25, 25, "camps"),
        ("two hundred and ten cells", 210, 210, "cells"),
        ("3 700 websites", 3700, 3700, "websites"),
        ("over 1 250 000 people", 1_250_000, None, "people"),
        ("from 3 700 to 5 200 people", 3700, 5200, "people"),
        ("about 1 500-2 000 people", 1500, 2000, "people"),
        ("three thousand troops", 3000, 3000, "people"),
        ("over four million items", 4_000_000, None, "items"),
        ("5.5 thousand servicemen", 5500, 5500, "people"),
        ("no Kazakhstanis", 0, 0, "people"),
        ("no reported terrorist incidents", 0, 0, "incidents"),
        ("no terrorist acts", 0, 0, "acts"),
        ("$600 million", 600_000_000, 600_000_000, "USD"),
        ("US $1.2 million", 1_200_000, 1_200_000, "USD"),
        ("21.6 million euros", 21_600_000, 21_600_000, "EUR"),
        ("$2.5m", 2_500_000, 2_500_000, "USD"),
        ("8.5 billion tenge", 8_500_000_000, 8_500_000_000, "KZT"),
        ("70 percent", 70, 70, "percent"),
        ("about 40 per cent", 40, 40, "percent"),
        ("1%", 1, 1, "percent"),
        ("five States", 5, 5, "countries"),
        ("Two Border Liaison Offices", 2, 2, "offices"),
        ("two counter-terrorism operations", 2, 2, "operations"),
        ("five \"Mehr\" operations", 5, 5, "operations"),
        ("one rehabilitation centre", 1, 1, "centre"),
        ("12 of the attackers", 12, 12, "people"),
        ("388 women and children", 388, 388, "people"),
        ("some 40 men, women and children", 40, 40, "people"),
        ("dozens of raids", None, None, "raids"),
        ("thousands of militants", None, None, "people"),
        ("eight NGOs", 8, 8, "ngos"),
        ("five and a half years", 5.5, 5.5, "years"),
        ("from seven and a half to 15 years", 7.5, 15, "years"),
        ("between three and six a year", 3, 6, None),
        ("fewer than ten had a licence", None, 10, None),
    ],
)  # fmt: skip
def test_a_number_is_an_interval(words: str, low: float, high: float, unit: str) -> None:
    found = suggest(f"They counted {words}, it is said.").figures
    assert len(found) == 1
    row = found.astype(object).where(found.notna(), None).iloc[0]
    assert (row["low"], row["high"], row["unit"]) == (low, high, unit)


def test_a_number_in_words_may_count_what_was_named_before() -> None:
    words = "Of 163 detainees only nine had been tried; the nine were free, and these two are not."
    found = suggest(words).figures
    assert found["text"].tolist() == ["163 detainees", "only nine"]


def test_a_part_is_counted_in_the_unit_of_its_whole() -> None:
    found = suggest("Fourteen of the nineteen universal instruments, one of the largest.").figures
    assert found["low"].tolist() == [14, 19]
    assert found["unit"].tolist() == ["instruments", "instruments"]
    assert bounds("Courts had sentenced three of them, for fighting.") == [(3, 3)]


def test_money_and_shares_count_nobody() -> None:
    found = suggest("It gave $9 million and 8 billion tenge, and 57% left.").figures
    assert found["population"].isna().all()


def test_a_long_row_of_figures_is_not_one_number() -> None:
    assert len(bounds("The codes were 1" + " 111" * 5000)) > 1000


def test_who_is_counted_together_is_told_together() -> None:
    found = suggest('388 women and children, 5 men and 3 boys, five "Mehr" operations.').figures
    told = ["women and children", "men", "boys", '"Mehr" operations']
    assert found["population"].tolist() == told


def test_over_some_days_is_how_long_something_took() -> None:
    assert bounds("Over five days the experts met 20 officials.") == [(5, 5), (20, 20)]
    assert bounds("They were held for over five days.") == [(5, None)]


def test_a_qualifier_keeps_the_words_of_the_text() -> None:
    found = suggest("Over 800 nationals, and approximately 150 women and 100 children.").figures
    assert found["qualifier"].fillna("").tolist() == ["over", "approximately", ""]


@pytest.mark.parametrize(
    ("text", "table", "words"),
    [
        ("They were BETWEEN 5 and 7 men.", "figures", "BETWEEN 5 and 7 men"),
        ("They left FROM 5 to 7 posts.", "figures", "FROM 5 to 7 posts"),
        ("It was approximately the 2015 round.", "dates", "2015"),
    ],
)
def test_words_before_a_number_are_taken_in_only_where_they_stand(
    text: str, table: str, words: str
) -> None:
    [found] = getattr(suggest(text), table)["text"].tolist()
    assert found == words


def test_a_qualifier_at_the_beginning_of_a_paragraph_counts() -> None:
    assert bounds("The first ended.\nOver 800 people left.") == [(800, None)]
    assert bounds("They got three to six years.\n\nThe others ran.") == [(3, 6)]


def test_a_figure_that_could_be_higher_has_no_ceiling() -> None:
    assert bounds("It put at 400 the number of citizens; the true figure could be higher.") == [
        (400, None)
    ]


@pytest.mark.parametrize(
    "words",
    [
        "resolutions 1267 (1999) and 1989 (2011)",
        "the 1267 Committee",
        "articles 271 to 273 and Article 5",
        "agenda item 100",
        "the 39th meeting",
        "the C5+1, K9 units and the G20",
        "the 201st military base",
        "document S/2015/123",
        "at 10:15 and at 9 a.m.",
        "one of the first, on the one hand",
        "a two-pronged approach, one-on-one",
        "two years ago, in the last three years",
        "what is due within 12 to 18 months and the next 5-10 years",
        "aged 18 and under the age of 25",
        "Rubezh-2022 and Mehr-5",
        "on 5 May 2016 and in 2015",
        "nine in ten of those tried",
        "them.\n2. They went on.\n(3) And on,",
        "one in five of them",
    ],
)
def test_numbers_that_name_something_are_no_figures(words: str) -> None:
    assert bounds(f"They spoke of {words} there.") == []


# --- Claims -------------------------------------------------------------------------------------

VISIT = (
    "On behalf of the Counter-Terrorism Committee, CTED conducted an assessment visit to the "
    "Kyrgyz Republic from 3 to 5 December 2019 to discuss the implementation of resolutions 1373 "
    "(2001) and 2178 (2014). The delegation included representatives of the United Nations Office "
    "on Drugs and Crime (UNODC), INTERPOL and the Shanghai Cooperation Organization (SCO). "
    "Since 2013, over 800 nationals of Kyrgyzstan have left for Syria, of which at least 230 are "
    "believed dead. In November 2019 the parliament amended the Law on Borders."
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("A seminar took place in Astana on 3 May 2016.", "Seminar in Astana"),
        ("A summit took place in Uzbekistan in 2016.", "Summit in Uzbekistan"),
        ("Experts visited the country in May 2016.", "Visit to Kazakhstan"),
        ("A summit took place on 2-3 May 2016.", "Summit of 2–3 May 2016"),
    ],
)
def test_an_event_is_named_by_the_place_that_is_told_or_else_by_its_date(words, name) -> None:
    [event] = suggest(words, country="KAZ").rows("events")
    assert event["name"] == name


def test_a_visit_is_drafted_with_its_delegation_and_host() -> None:
    found = suggest(VISIT)
    event = found.events.iloc[0]
    assert (event["kind"], event["date"]) == ("visit", "2019-12-03/2019-12-05")
    assert (event["name"], event["country"]) == ("Visit to Kyrgyzstan", "KGZ")
    parts = found.participation
    assert set(parts["event_id"]) == {event["event_id"]}
    roles = parts.groupby("role")["organization_id"].agg(set)
    assert roles["member"] == {"unodc", "interpol", "sco"}
    assert roles["host"] == {"kgz"}


def test_whom_a_delegation_drew_on_and_met_is_drafted() -> None:
    text = (
        "The delegation visited Tajikistan from 6 to 8 June 2016. The team drew on UNODC and the "
        "World Customs Organization. It met the Supreme Court and the Ministry of Justice. UNICEF "
        "will put USD 5,000 into it."
    )
    found = suggest(text).participation.groupby("role")["organization"].agg(list)
    assert found.to_dict() == {
        "host": ["Tajikistan"],
        "member": ["United Nations Office on Drugs and Crime", "World Customs Organization"],
        "interlocutor": ["Supreme Court of Tajikistan", "Ministry of Justice of Tajikistan"],
    }


def test_what_happened_to_instruments_is_drafted_from_its_verbs() -> None:
    found = suggest(VISIT).legal_events
    acts = set(zip(found["instrument_id"], found["action"], found["date"], strict=True))
    assert ("unscr-1373", "adopted", "2001") in acts
    assert ("unscr-2178", "assessed", "2019-12-03/2019-12-05") in acts
    law = found[found["instrument"] == "Law on Borders"].iloc[0]
    assert (law["action"], law["date"]) == ("amended", "2019-11")


def test_a_resolution_is_adopted_in_the_year_of_its_number_or_on_no_date() -> None:
    text = "On 24 September 2014 they met. Resolution 2178 was adopted that day, 24 September."
    assert "2014-09-24" in suggest(text).legal_events["date"].tolist()
    text = "General Assembly resolution 60/300 was adopted on 8 September 2006."
    assert suggest(text).legal_events["date"].tolist() == ["2006-09-08"]
    text = "On 19 January 2018 they met on resolution 2396, adopted on 21 December."
    assert not suggest(text).legal_events["date"].dropna().tolist()


def test_a_figure_says_what_it_counts_where_and_when() -> None:
    found = suggest(VISIT).figures
    assert found["indicator"].tolist() == ["departed_to_conflict", "died_in_conflict"]
    assert set(found["country"]) == {"KGZ"}
    assert found["period"].tolist() == ["2013/..", "2013/.."]
    assert found["quote"].str.startswith("Since 2013, over 800 nationals").all()


@pytest.mark.parametrize(
    ("sentence", "indicator"),
    [
        ("It brought back 595 nationals from Syria in 2019.", "returned"),
        ("Over 500 people were repatriated.", "returned"),
        ("In 2017, 12 people were prevented from leaving for Syria.", "departures_prevented"),
        ("More than 200 officers were trained in 2019.", "trained"),
        ("The Ministry blocked 3,700 websites.", "websites_blocked"),
    ],
)
def test_a_figure_is_told_by_the_words_beside_it(sentence: str, indicator: str) -> None:
    assert suggest(sentence).figures["indicator"].tolist() == [indicator]


def test_each_of_two_figures_is_told_by_its_own_verb() -> None:
    found = suggest("Some 150 women were repatriated and 30 men were convicted.").figures
    assert found["indicator"].tolist() == ["returned", "arrested_and_convicted"]
    found = suggest("It repatriated 150 women and 30 men.").figures
    assert found["indicator"].tolist() == ["returned", "returned"]


def test_claims_use_the_vocabularies_of_the_tables() -> None:
    schema = ctdata.Corpus().schema
    allowed = {
        ("events", "kind"): schema["events"],
        ("participation", "role"): schema["participation"],
        ("legal_events", "action"): schema["legal_events"],
        ("figures", "indicator"): schema["figures"],
        ("organizations", "kind"): schema["organizations"],
        ("instruments", "kind"): schema["instruments"],
    }
    drafts = [suggest(path.read_text("utf-8")) for path in TEXTS]
    assert drafts
    for (table, column), declared in allowed.items():
        values = next(each for each in declared.columns if each.name == column).values
        used = {value for draft in drafts for value in getattr(draft, table)[column].dropna()}
        assert used
        assert used <= set(values), (table, column)


def test_drafted_dates_are_edtf() -> None:
    found = pd.concat([suggest(path.read_text("utf-8")).dates for path in TEXTS])
    assert len(found) > 50
    for date in found["date"]:
        edtf.parse(date)


# --- Any text -----------------------------------------------------------------------------------


def check_spans(text: str) -> None:
    """Each draft lies in the text, and its words are the words that stand there."""
    found = suggest(text)
    for table in TABLES:
        frame = getattr(found, table)
        assert ((0 <= frame["start"]) & (frame["start"] < frame["end"])).all()
        assert (frame["end"] <= len(text)).all()
        for row in frame.itertuples():
            words = text[row.start : row.end]
            if "text" in frame:
                assert words == row.text
            else:
                assert "".join(words.split()) == "".join(row.quote.split())


# Pieces of real texts, so that the rules have something to bite on, and any characters between.
PIECES = st.sampled_from(
    "Ministry of |Committee|United Nations|(CTED)|resolutions 1373 (2001), |and |, the |over |800 "
    "|nationals|May |3|2016|-|\n|\n\n|  |\u00a0|\"|“|”|«|’s |no |one |million |$|%|Law on "
    "|Strategy |between |since |of |Kazakhstan|left |killed |visit to |adopted |Security\n Council"
    "|Counter-\nTerrorism|İ|ß|\U0001f600|\ud800|\x00".split("|")
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join))
def test_any_text_can_be_read_and_spans_hold_the_words(text: str) -> None:
    check_spans(text)


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=200))
def test_any_unicode_can_be_read(text: str) -> None:
    check_spans(text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_spans_hold_the_words_of_real_sentences(path: Path) -> None:
    check_spans(path.read_text("utf-8"))
    check_spans(path.read_text("utf-8").replace(" ", "  ").replace(".", ".\r\n"))


def test_every_table_has_its_columns_and_types_also_where_nothing_is_found() -> None:
    empty, full = suggest(""), suggest(VISIT)
    for table in TABLES:
        one, other = getattr(empty, table), getattr(full, table)
        assert one.empty
        assert not other.empty
        assert list(one.dtypes.items()) == list(other.dtypes.items())


def test_a_text_wrapped_by_hand_gives_the_same_drafts() -> None:
    wrapped = textwrap.fill(VISIT, 26)
    assert "Counter-\nTerrorism" in wrapped
    one, other = suggest(VISIT), suggest(wrapped)
    assert one.organizations["name"].tolist() == other.organizations["name"].tolist()
    assert one.counts == other.counts


def test_drafting_twice_gives_the_same() -> None:
    one, other = suggest(VISIT), suggest(VISIT)
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table))


@pytest.mark.parametrize("table", TABLES)
def test_the_rows_of_a_table_are_those_of_its_frame(table: str) -> None:
    drafts = suggest("\n\n".join([VISIT, *(path.read_text("utf-8") for path in TEXTS)]))
    frame = getattr(drafts, table)
    texts = frame.columns[frame.dtypes == "str"]
    rows = drafts.rows(table)
    assert rows
    pd.testing.assert_frame_equal(
        pd.DataFrame(rows), frame.fillna(dict.fromkeys(texts, "")), check_dtype=False
    )
    assert {type(row["start"]) for row in rows} == {int}
    assert suggest("").rows(table) == []


def test_garbage_collection_is_as_it_was_afterwards() -> None:
    assert gc.isenabled()
    suggest(VISIT)
    assert gc.isenabled()


# --- Long texts and many ------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.lists(st.sampled_from([VISIT, "\n\n", "word ", "A" * 300, "One. Two.\n"]), max_size=12),
       st.lists(st.integers(1, 500), min_size=1), st.integers(50, 400))  # fmt: skip
def test_how_a_text_is_cut_into_chunks_makes_no_difference(pieces, sizes, length: int) -> None:  # noqa: ANN001
    text = "".join(pieces)
    chunks, at = [], 0
    while at < len(text):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(text[at : at + size])
        at += size
    cut = [(part.offset, part.verbatim) for part in passages_of(chunks, length)]
    assert cut == [(part.offset, part.verbatim) for part in passages(text, length)]
    assert "".join(verbatim for _, verbatim in cut) == text
    assert all(len(verbatim) <= length for _, verbatim in cut)


def test_a_stream_gives_the_drafts_of_the_whole() -> None:
    text = "\n\n".join([VISIT] * 300)
    parts = list(suggest_stream(text[at : at + 999] for at in range(0, len(text), 999)))
    assert len(parts) > 1
    whole = suggest(text)
    for table in TABLES:
        streamed = pd.concat([getattr(part, table) for part in parts], ignore_index=True)
        pd.testing.assert_frame_equal(streamed, getattr(whole, table))
    assert len(whole.organizations) == 300 * len(suggest(VISIT).organizations)


def test_many_texts_are_read_one_by_one() -> None:
    taken = []

    def texts():  # noqa: ANN202
        for path in TEXTS:
            taken.append(path)
            yield path.read_text("utf-8")

    drafts = suggest_all(texts())
    assert next(drafts).counts["organizations"]
    assert len(taken) == 1
    assert len(list(drafts)) == len(TEXTS) - 1


def test_one_text_tells_another_nothing() -> None:
    first = "The Financial Watch Agency (FWA) of Uzbekistan closed in 2016."
    second = "FWA returned on 5 May."
    list(suggest_all([first]))
    assert suggest(second).organizations.empty
    assert suggest(second).dates.empty


# --- Passages and names -------------------------------------------------------------------------


@given(st.text(st.sampled_from("ab .\n\r\t-A\u00a0é"), max_size=80))
def test_folding_keeps_every_letter_and_the_way_back(text: str) -> None:
    passage = Passage(text, offset=7)
    assert "".join(passage.words.split()) == "".join(text.split())
    for start in range(len(passage.words)):
        if not passage.words[start].isspace():
            (first, last), *_ = passage.spans([(start, start + 1)])
            assert text[first - 7 : last - 7] == passage.words[start]


def test_a_search_key_is_as_long_as_its_words() -> None:
    for words in ("Da’esh – Ö, İ\U0001f600", "A/RES/60/288", ""):
        assert len(search_key(words)) == len(words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anti-Terrorism Centre", "Antiterrorism Center"),
        ("Ministry of Defence", "Ministry of Defense"),
        ("the World Customs Organisation", "World Customs Organization"),
        ("Co-operation Council", "Cooperation Council"),
        ("Hizb-ut-Tahrir", "Hizb ut Tahrir"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert spellings(one) & spellings(other)


def test_the_corpus_goes_before_the_lists_of_the_package() -> None:
    gazetteer = gazetteer_of(ctdata.Corpus().root)
    for name in ("Shanghai Cooperation Organization", "RATS SCO", "CIS Anti-Terrorism Centre"):
        assert gazetteer.entity(ORGANIZATION, name).entity_id, name
    assert not gazetteer.entity(ORGANIZATION, "Egmont Group").entity_id


def test_another_corpus_has_other_known_names(small_corpus) -> None:  # noqa: ANN001
    text = "The Directorate (DIR) went to the border."
    found = suggest(text, root=small_corpus.root).organizations
    assert found["organization_id"].tolist() == ["dir"]
    assert suggest(text).organizations["organization_id"].isna().all()


def test_what_is_no_text_no_country_or_no_year_is_told_as_such() -> None:
    with pytest.raises(TypeError, match="decode"):
        suggest(b"A text.")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'KAZ'"):
        suggest("A text.", country="KAS")
    with pytest.raises(TypeError, match="2016"):
        suggest("A text.", year="2014")  # type: ignore[arg-type]


def test_a_country_told_beforehand_is_that_of_the_text() -> None:
    found = suggest("The Ministry of Justice agreed with Kyrgyzstan.", country="UZB")
    assert found.organizations["name"].tolist() == ["Ministry of Justice of Uzbekistan"]


def test_a_broken_corpus_is_told_as_such(small_corpus) -> None:  # noqa: ANN001
    small_corpus.edit("organizations", lambda content: content[:-4] + b"\xff\n")
    with pytest.raises(ctdata.CorpusError, match="UTF-8"):
        suggest("A text.", root=small_corpus.root)
