"""The words that drafting starts from, each found by the one pass of the automaton.

A word here only says where to look closely: a noun for a kind of body with capitalized words around
it is the name of one, a month beside a day is a date.
"""

from __future__ import annotations

# Nouns that name a body, by the kind that a new body gets.
BODY_NOUNS = {
    "government_body": (
        "Administration,Agency,Authority,Bureau,Cabinet,Chamber,Commissariat,Court,Department,"
        "Directorate,Division,Guard,Guards,Inspectorate,Kenesh,Majilis,Majlis,Mazhilis,Mejlis,"
        "Ministry,Ombudsman,Parliament,Police,Senate,Service,Staff,Tribunal,Unit,Headquarters,"
        "Prosecutor General,Attorney General"
    ),
    "organ": "Assembly,Board,Commission,Committee,Council,Presidium,Subcommittee,Sub-Committee",
    "secretariat": "Branch,Centre,Center,Office,Secretariat,Structure,Mission",
    "expert_body": "Group,Group of Friends,Mechanism,Platform,Team,Task Force",
    "international_organization": "Bank,Fund,League,Organization,Organisation,Union",
    "coalition": "Alliance,Coalition",
    "grouping": "Association,Federation,Foundation,Network,Society",
    "military": "Army,Brigade,Corps,Force,Forces,Gendarmerie,Military Base,Troops",
    "research_body": "Academy,Institute,University,Laboratory,College",
    "religious_body": "Muftiate,Muftiyat,Church",
    "nonstate_group": "Battalion,Brotherhood,Front,Jamaat,Movement,Party,Mujahideen,Mujahidin",
    "company": "Company,Corporation",
}
BODY_KINDS = {noun: kind for kind, nouns in BODY_NOUNS.items() for noun in nouns.split(",")}
# Plural nouns that several bodies share: "the Ministries of Justice and Defence".
SHARED_NOUNS = {
    "Ministries": "Ministry",
    "Departments": "Department",
    "Committees": "Committee",
    "Agencies": "Agency",
    "Councils": "Council",
    "Services": "Service",
    "Directorates": "Directorate",
}
# Words that open the name of an armed group.
ARMED_NOUNS = (
    "Jama'at,Jamaat,Jamoat,Lashkar,Jaish,Harakat,Ansar,Jabhat,Katibat,Katiba,Tehrik,Tehreek,Jund"
).split(",")
# Nouns behind which the name of a group may stand in quotation marks.
GROUP_NOUNS = (
    "group,groups,organization,organizations,organisation,movement,party,network,cell,jamaat"
).split(",")

# Nouns that name an instrument, by its kind; in capitals or in small letters.
DOCUMENT_NOUNS = {
    "convention": "Convention,Conventions,Covenant",
    "protocol": "Protocol",
    "treaty": "Treaty,Pact,Charter,Statute",
    "agreement": "Agreement,Memorandum",
    "declaration": "Declaration,Communiqué,Joint Communication",
    "strategy": "Strategy,Doctrine,Concept,Framework,Agenda",
    "plan": "Plan,Roadmap,Road Map",
    "programme": "Programme,Program",
    "regulation": "Directive,Regulation,Regulations,Principles,Guidelines,Rules",
    "recommendations": "Recommendations",
    "constitution": "Constitution",
    "code": "Code",
    "law": "Law,Laws,Act",
    "decree": "Decree,Edict",
    "report": "Report,Reports",
}
DOCUMENT_KINDS = {noun: kind for kind, nouns in DOCUMENT_NOUNS.items() for noun in nouns.split(",")}
# Nouns for instruments that a text takes together.
COLLECTION_NOUNS = ("instruments", "conventions", "protocols", "treaties", "tools")

MONTHS = {
    name: number
    for number, names in enumerate(
        "January Jan|February Feb|March Mar|April Apr|May|June Jun|July Jul|August Aug"
        "|September Sept Sep|October Oct|November Nov|December Dec".split("|"),
        start=1,
    )
    for written in names.split()
    for name in (written, written.upper())  # "NEW YORK, 9 FEBRUARY 2017"
}

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
WHOLE_NUMBERS = {"a dozen": 12, "a hundred": 100, "a thousand": 1000, "half a million": 500_000}
VAGUE_NUMBERS = ("dozens", "scores", "hundreds", "thousands", "tens of thousands")

# Nouns and verbs that tell of an event, by its kind.
EVENT_WORDS = {
    "visit": "visit,visited,mission",
    "meeting": "meeting,meetings,session,briefing,met,gathered,convened,consultations,gathering",
    "conference": "conference",
    "seminar": "seminar,seminars,workshop,workshops",
    "forum": "forum",
    "summit": "summit",
    "exercise": "exercise,exercises,drills,drill",
    "attack": "attack,attacks,bombing,riot,explosion",
    "operation": "operation,operations,arrested,detained,dismantled",
    "training": "training,trainings",
    "announcement": "announced,declared,said,stated",
    "foundation": "founded,was created,was established,were created,creation",
}
EVENT_KINDS = {word: kind for kind, words in EVENT_WORDS.items() for word in words.split(",")}

# Words that tell which part an organization has in an event.
ROLE_WORDS = {
    "member": (
        "delegation included,team included,delegation comprised,delegation consisted,made up of,"
        "consisted of,delegation also included,was composed of,mission included,joined by,"
        "brought together,accompanied by,alongside,there came,in addition to,drew on"
    ),
    "participant": (
        "took part,take part,taking part,participated,participants,attended,were represented,"
        "was represented,represented too,came from,observers,delegations,guests,joined,cooperated,"
        "receive,received training,took active part"
    ),
    "organizer": (
        "convened,organized,organised,organizes,co organized,conducted,conducts,arranged,staged,"
        "concluded,undertook,arrested,detained,provided training"
    ),
    "lead": "led,led by,headed,headed by,acting for,on behalf of,in charge",
    "host": "hosted,hosts,host,played host,visit to,visited",
    "interlocutor": (
        "met the,met with,met representatives,met officials,meeting with,meetings with,talks with,"
        "held talks,discussions with,called on,received by"
    ),
    "speaker": (
        "announced,spoke,addressed,stated,reported,declared,estimates,estimate,estimated,put at,"
        "put the number,put the total,put the toll"
    ),
    "supporter": "support of,supported,helped,assisted,sponsored,backed",
    "initiator": "initiative of,initiated,by the order of,put forward",
}
ROLES = {word: role for role, words in ROLE_WORDS.items() for word in words.split(",")}

# Words that tell what happened to an instrument.
ACTION_WORDS = {
    "adopted": (
        "adopted,adopting,adoption,passed,accepted,acceptance,endorsed,newly adopted,agreed,enacted"
    ),
    "approved": "approved,approval",
    "signed": "signed,signature,signing",
    "ratified": "ratified",
    "ratification_pending": "ratification,ratifying",
    "acceded": "acceded,accession,joined,party to,parties to,has joined",
    "entered_into_force": (
        "entered into force,came into force,in force,took effect,went into effect"
    ),
    "amended": "amended,revised,amendments,amends,amending,corrected,updated",
    "established_body": "established pursuant to,established by,created by,pursuant to",
    "drafting": (
        "drafting,drafted,draft,developing,being developed,elaborated,preparation,prepared,"
        "in preparation,under examination"
    ),
    "implemented": (
        "implementing,implement,implements,implementation,implemented,carry out,carries out,"
        "carried out,carrying out,applies,applying,fulfils,fulfills,complies,execute,engaged in,"
        "participates in,performance"
    ),
    "supported": "supports,support the,supported,welcomes,calls for,call for,welcomed,urged",
    "co_sponsored": "co sponsored,cosponsored",
    "invoked": "guided by,in keeping with,in accordance with,in compliance with,based on,under the",
    "funded": "allocating,allocated",
    "published": "published,report",
    "recommended": "recommended,recommendations",
}
ACTIONS = {word: action for action, words in ACTION_WORDS.items() for word in words.split(",")}

# Words that tell what a figure counts, by the column "indicator".
INDICATOR_WORDS = {
    "departed_to_conflict": (
        "left,leave,leaving,gone,went to,travelled,traveled,joined,departed,fighting,fight,fought,"
        "fighters,depart"
    ),
    "returned": "returned,repatriated,repatriation,brought back,brought home,returnees,evacuated",
    "departures_prevented": (
        "prevented from leaving,stopped from leaving,prevented from travelling,"
        "prevented from traveling,prevented from departing"
    ),
    "died_in_conflict": "killed,killing,died,dead,deaths,believed dead,lost their lives,perished",
    "arrested": "arrested,detained,arrests,taken prisoner",
    "arrested_and_convicted": "convicted,sentenced,convictions,tried,prosecuted",
    "attacks": "attack,attacks,incidents,bombings",
    "attacks_prevented": "prevented,foiled,averted,thwarted,disrupted",
    "cases_to_court": "cases,transferred to the court",
    "sentence_length": "prison,imprisonment,sentence,sentences,penal,jail,penalties,punishment",
    "detachments": "detachments,units",
    "organizations_listed": "national list,list of,banned,designated,are included,proscribed",
    "instruments_joined": "party to,acceded,has joined,ratified,conventions,instruments,tools",
    "ratifications_pending": "ratification of",
    "codes_amended": "codes",
    "laws_amended": "laws",
    "funding_allocated": "allocating,allocated,budget,funding,worth",
    "states_participating": "countries,states,member states,participants",
    "activities_held": "activities,actions,events,projects",
    "visit_duration": "visit,mission,discussions,day",
    "programme_duration": "program,programme,plan,strategy",
    "strategy_pillars": "pillars,directions",
    "meetings_held": "meetings",
    "trained": "trained,trainees,received training,underwent training",
    "websites_blocked": "blocked",
}
INDICATORS: dict[str, tuple[str, ...]] = {}
for _indicator, _words in INDICATOR_WORDS.items():
    for _word in _words.split(","):
        INDICATORS[_word] = (*INDICATORS.get(_word, ()), _indicator)
# What the noun of a figure must be for an indicator; others count people.
INDICATOR_UNITS = {
    "attacks": "attacks incidents bombings",
    "attacks_prevented": "attacks plots crimes acts incidents",
    "cases_to_court": "cases",
    "sentence_length": "years months",
    "detachments": "detachments units",
    "organizations_listed": "organizations structures groups organisations",
    "instruments_joined": "instruments conventions tools treaties protocols",
    "ratifications_pending": "protocols conventions treaties instruments",
    "codes_amended": "codes",
    "laws_amended": "laws acts",
    "funding_allocated": "money",
    "states_participating": "countries states participants",
    "activities_held": "activities actions events projects",
    "visit_duration": "days hours",
    "programme_duration": "years",
    "strategy_pillars": "pillars directions",
    "meetings_held": "meetings",
    "websites_blocked": "websites sites pages accounts channels resources",
}
