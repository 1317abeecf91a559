"""Columns that hold what their contract does not declare are told by kind and share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import process_time

import pytest

from anonymise.cells.days import born_children, born_units
from anonymise.cells.numbers import POSTCODE, number_kinds
from anonymise.cells.positions import position_columns
from anonymise.undeclared import undeclared
from anonymise.validity import is_nhs_number
from datalab.contract.drafting.sample_file import read_sample

NHS_PLAIN = ["9434765919", "9434765870", "9434765889", "9990000018"]
WORDS = [
    f"{colour} {thing}" for colour in ("red", "green", "blue") for thing in ("car", "door", "field", "coat", "hat")
]
NHS = ["9434765919", "943 476 5870", "9434765889", "999 000 0018"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (WORDS, None),
        ([], None),
        (["", "  "], None),
        ([*WORDS, "07700 900123", "01632 960 001", "+44 7700 900456"], "telephone numbers"),
        ([*WORDS, "07700 900123", "01632 960 001"], None),  # two may be slips
        (["a.nowak@example.org", "b@example.org", "c.d@mail.example.com"], "e-mail addresses"),
        (["GU21 4XX", "BA2 3AA", "LS1 4DY"], "full postcodes"),
        (["AB123456C", "JG103759A", "AB 12 34 56 D"], "National Insurance numbers"),
        (["2003/0011985X", "12/123456Y", "03/11985x", "12/0123456Y"], "PNC identifiers"),
        ([f"12/{number}A" for number in range(400)], None),  # one in twenty-three passes the check
        (["GB29 NWBK 6016 1331 9268 19", "DE89370400440532013000", "FR1420041010050500013M02606"], "bank accounts"),
        (["4111 1111 1111 1111", "378282246310005", "5555555555554444"], "payment cards"),
        (["9276308686", "9276308694", "9276308708"], "unique learner numbers"),
        (["Agnieszka Nowak", "Okonkwo, Ngozi", "Siobhan Murphy", "Imran Hussain", "unknown"], "names of people"),
        (["Grace Field", "Rose Garden", "Will Power", "Mark Down", "Bill Board"], None),  # words
        ([str(number) for number in range(1_000_000_000, 1_000_003_000, 7)], None),  # one in eleven passes the check
        ([f"E{number:08d}" for number in range(1_000_000, 1_000_300)], None),  # codes of areas
        ([str(number) for number in range(90)], None),
        ([f"Incident {number} at the bus stop" for number in range(90)], None),
    ],
)
def test_a_column_is_told_by_its_values(values: Sequence[str], kind: str | None) -> None:
    """Check digits, shapes and lists of names tell identifiers; words, codes and counts are none."""
    found = undeclared(values)

    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["Zebedee Fotheringham", "PC Gwenllian Probert", "Xhevahire Krasniqi", "Omar Sharif"], "names of people"),
        ([f"Mrs {name}" for name in ("Ngozi Okafor", "Amina Warsame", "Bukola Adeyemi")], "names of people"),
        ([*WORDS, *(f"{word} again" for word in WORDS), "Mr Baker", "Dr Thangarajah", "DC Aslan"], "names of people"),
        (["P. Patel", "J.R. Okafor", "S. Krasniqi", "A. Nowak"], "names of people"),
        (["Patel, P", "Okafor, J R", "Nowak, A.", "Hussain, I"], "names of people"),
        (["Okafor", "Patel", "Nowak", "Hussain", "Murphy", "Baker", "Osei"], "names of people"),
        (["Ngozi", "Agnieszka", "Imran", "Siobhan", "Kwame", "Pradeep"], "names of people"),
        (["Arben Krasniqi", "Kwabena Frimpong", "Hodan Warsame", "Emre Aslan", "Farid Stanekzai"], "names of people"),
        (["14 Acacia Avenue", "Flat 2, 9 Mill Lane", "120a High Street"], "addresses"),
        (["14 Acacia Avenue", "GU21 4XX", "the depot", "7 Mill Lane"], "identifiers of several kinds"),
        (["14 Acacia Avenue, Woking GU21 4XX", "The Mill, Ash GU12 6AB", "Oakdene, Bath BA2 3AA"], "full postcodes"),
        ([f"AB{place:02d} CDE" for place in range(1, 9)], "registration marks of vehicles"),
        ([f"192.0.2.{place}" for place in range(9)], "IP addresses"),
        (["2001:db8::1", "2001:db8::2", "2001:db8::3"], "IP addresses"),
        (["A1234BC", "A4321CD", "A9876XY"], "prison numbers"),
        (["0101851230", "1512704561", "3006998887"], "CHI numbers"),
        (["100023336956", "10070790482", "100062619419"], "property reference numbers"),
        (["533401372", "518209934", "107755108"], "passport numbers"),
        (["7700900123", "7700900456", "7700900789"], "telephone numbers"),
        (["@ngozi_o", "@dave", "@kwame99"], "user names"),
        (["ngozi42", "agnieszka7", "imran1988"], "user names"),
        (["omar.sharif", "siobhan.murphy", "imran_hussain"], "user names"),
        (["42/12345/23", "42/22345/23", "CR/123456/24"], "references of cases or crimes"),
        (["51.3190,-0.5590", "51.2362, -0.5704", "53.8008,-1.5491"], "exact places"),
        (["///filled.count.soap", "///index.home.raft", "///daring.lion.race"], "exact places"),
        (["01/02/1985", "12/11/1963", "03/04/2001"], "dates of birth"),
        (["19850201", "19631112", "20010403"], "dates of birth"),
        (["Rang Ngozi Okafor on 07700 900123 today", "Rang 07700 900124, no answer", "Left word on 07700900125"],
         "telephone numbers"),
        (["Spoke with Imran Hussain about rent", "Told Siobhan Murphy to ring back", "Saw Agnieszka Nowak at home"],
         "names of people"),
        (["write to a@post.example", "or b@post.example please", "see c@post.example"], "e-mail addresses"),
        (["1955-03-02 00:00:00", "1963-12-11 00:00:00", "2001-04-03 00:00:00"], "dates of birth"),
        (["1955-03-02T00:00:00Z", "1963-12-10T23:00:00Z", "2001-04-03T00:00:00Z"], "dates of birth"),
        (["14-Mar-55", "11-Dec-63", "3-Apr-01"], "dates of birth"),
        (["14/03/55", "11/12/63", "03/04/01"], "dates of birth"),
        (["14031955", "11121963", "3042001"], "dates of birth"),
        (["14th March 1955", "11 Dec. 1963", "April 3rd, 2001"], "dates of birth"),
        (["7700900123.0", "7700900456.0", "7700900789.0"], "telephone numbers"),
        ([f"{number}.0" for number in NHS_PLAIN], "NHS numbers"),
        ([f"'{number}" for number in NHS_PLAIN], "NHS numbers"),
        ([f'"{number}"' for number in NHS_PLAIN], "NHS numbers"),
        ([f"NHS{number}" for number in NHS_PLAIN], "NHS numbers"),
        ([f"{number}/A" for number in NHS_PLAIN], "NHS numbers"),
        ([f"{int(number):.9e}" for number in NHS_PLAIN], "NHS numbers"),
        (["\uff19\uff14\uff13\uff14765919", *NHS_PLAIN[1:]], "NHS numbers"),
        (['{"officer":"Ngozi Okafor"}', '{"officer":"Imran Hussain"}', '{"officer":"Omar Sharif"}'],
         "names of people"),
        (["Okafor Ngozi|1980-01-01", "Hussain Imran|1975-02-03", "Sharif Omar|1990-04-05"], "names of people"),
        (["0001-Ngozi_Okafor", "0002-Imran_Hussain", "0003-Omar_Sharif"], "names of people"),
        (["NgoziOkafor12", "ImranHussain7", "OmarSharif"], "names of people"),
        (["\u0645\u062d\u0645\u062f \u0639\u0644\u064a", "\u0641\u0627\u0637\u0645\u0629 \u062d\u0633\u0646",
          "\u0623\u062d\u0645\u062f \u062e\u0627\u0644\u062f", "\u0632\u064a\u0646\u0628 \u0639\u0645\u0631"],
         "names of people"),
        (["\u738b\u4f1f", "\u674e\u5a1c", "\u5f20\u654f", "\u5218\u6d0b"], "names of people"),
        (["Rose Cottage", "The Old Vicarage", "Hafod Farm", "Windy Ridge", "Glen Cottage", "The Old Forge"],
         "addresses"),
        (["PC 4412", "PC4413", "DS 551", "PS 1204"], "numbers of officers"),
        (["NHS 943 476 5919 seen", "seen, 9434765870 again", "no 943 476 5889"], "NHS numbers"),
    ],
)  # fmt: skip
def test_ways_to_write_an_identifier_are_told(values: Sequence[str], kind: str) -> None:
    """Titles, initials, lone names, homes, marks, handles, references, days of birth and remarks are told."""
    found = undeclared(values)

    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    "values",
    [
        ["On or near Station Road", "On or near Leslie Close", "On or near Charlotte Street", "On or near A3"],
        ["Woking 004B", "Leeds 012A", "Guildford 018C", "Elmbridge 001A"],
        ["E01030956", "E01030957", "E01010627", "E01011400"],
        ["Leeds", "Bradford", "Preston", "Barnsley", "Selby", "Whitby", "Wakefield"],
        ["France", "Georgia", "Jordan", "Chad", "Ireland", "Ghana"],
        ["Baker", "Teacher", "Electrician", "Nurse", "Cook", "Mason"],
        ["2019/20", "2020/21", "120/80", "140/95"],
        ["2024-01-03", "2024-02-09", "2025-03-11"],
        ["01/02/2024", "12/11/2024", "03/04/2024"],
        ["1.0.2", "1.0.3", "2.1.0"],
        ["PC World", "Miss Match", "Dr Drive"],
        [f"{number:010d}" for number in range(400)],
        [f"{number}" for number in range(100_000, 900_000, 7_001)],
        [f"{number}.{number % 10}" for number in range(400)],
        ["asthma", "Crohn disease", "Parkinson disease", "diabetes"],
        ["A81001", "A81002", "B82010", "Y01234"],
        ["GU21", "LS1", "BA2 3", "SW1A"],
        ["Ward 4", "E Wing", "Block B", "Room 12"],
        ["Ford", "Vauxhall", "Mercedes", "Skoda", "Lexus", "Alfa Romeo", "Austin", "Morris", "Bentley", "unknown"],
        ["2009-01-03 14:12:00", "1999-02-09 09:30:00", "2015-03-11 23:59:00"],
        ["14-Mar-24", "11-Dec-24", "03-Apr-25"],
        ["1.0.22", "1.10.21", "10.11.96", "3.14.15"],
        ["20190314", "20-45-12", "30114422", "99999999"],
        ["Castle", "Park", "Grange", "Harbour", "Oak House", "Elm Lodge", "The Mill"],
        ["MainStreet1", "GreenDoor2", "ServerRoom7", "JackRussell", "BlueBell"],
        ["{}", '{"state":"open"}', '{"state":"closed"}', '{"state":"Open Door"}', "a|b|c", "F32.1; J45", "x_1", "y_2"],
        ["ab|cd|ef", "al|cd|gh", "al|jo|ef", "ed|cd|em", "bo|y", "F32.1|al", "J45|jo", "K3|ed"],
        ["PC World", "PS 2", "DC 12", "PSX 1999"],
        ["SC0123", "SC1234", "DI100", "SP2001"],
        ["Thomas Tallis School", "David Nieper Academy", "Omar Sharif Primary School", "Gareth Davies Sixth Form",
         "St John Fisher Catholic High School"],
        ["Seen with Parkinson disease today", "Imran Hussain Syndrome in the family", "Has Fatima Begum Disease too"],
        ["Birmingham|B1", "Leeds|LS1", "York|YO1"],
        [f"{number}.0" for number in range(10_000, 90_000, 701)],
    ],
)  # fmt: skip
def test_what_research_needs_is_not_held(values: Sequence[str]) -> None:
    """Streets without a house, areas, towns, countries, occupations, school years, codes and versions are none."""
    assert undeclared(values) is None


def test_nhs_numbers_are_told_among_words() -> None:
    """Half a column of valid NHS numbers is told, with how many of how many."""
    found = undeclared([*NHS, "pending", "unknown"])

    assert found is not None
    assert (found.kind, found.looked_at) == ("NHS numbers", 6)
    assert found.found >= 3


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("police/2018-07-west-yorkshire-street.csv.gz", {"Crime ID"}),
        ("police/2022-10-surrey-street.csv.gz", {"Crime ID"}),
        ("education/dfe_absence_school_sample_las.parquet", set()),
        ("education/dfe_exclusions_by_reason.csv", set()),
        ("nhs/ae_attendances.csv", set()),
        ("nhs/odi_hospital_ae_data.csv", {"Health Service ID", "Postcode"}),
        ("probation/persons.csv", {"given_name", "family_name", "alias"}),
        ("linkage/febrl1.csv", {"rec_id", "given_name", "surname", "street_number", "address_1", "address_2",
                                "date_of_birth", "soc_sec_id"}),
    ],
)  # fmt: skip
def test_real_extracts_are_held_for_people_alone(test_data: Path, file: str, columns: set[str]) -> None:
    """Of real extracts only columns that name people or their homes are told; streets, areas and counts are not."""
    sample = read_sample(test_data / file, rows=600)

    told = {name for name, values in sample.items() if undeclared(dict.fromkeys(values))}

    assert told <= columns
    assert {"given_name", "family_name", "surname", "Postcode"} & set(sample) <= told


def test_no_number_of_seven_digits_is_anybodys() -> None:
    """What is bounded below eight digits need not be looked at: of ten thousand numbers none looks like any."""
    rng = Random(5)
    numbers = [rng.randrange(10 ** rng.randrange(1, 8)) for _ in range(10_000)]

    assert not [kind for number in numbers for kind in number_kinds(str(number))]
    assert undeclared(map(str, numbers)) is None


@pytest.mark.parametrize("cell", ["ACGT" * 5_000, "Aa" * 10_000, "A." * 10_000, "A " * 10_000, "A-" * 10_000])
def test_a_long_cell_takes_no_longer_than_its_length(cell: str) -> None:
    """A sequence of letters in a kept column is looked at in a moment: no look tries every pair of its places."""
    began = process_time()

    assert undeclared([cell]) is None

    assert process_time() - began < 3


CODES = [f"K{number:03d}-{number % 7}" for number in range(240)]
FULL = [
    f"{given} {family}"
    for given, family in zip(
        ("Agnieszka", "Ngozi", "Siobhan", "Imran", "Omar", "Gareth", "Priya", "Kwame", "Fatima", "Nigel", "Sandra"),
        ("Nowak", "Okonkwo", "Murphy", "Hussain", "Sharif", "Davies", "Patel", "Mensah", "Begum", "Thompson", "Clarke"),
        strict=True,
    )
]


@pytest.mark.parametrize(
    ("few", "kind"),
    [
        (FULL, "names of people"),
        ([f"{name.split()[1]}, {name.split()[0]}" for name in FULL], "names of people"),
        ([f"7700900{place:03d}" for place in range(8)], "telephone numbers"),
        ([f"AB{place:02d} CDE" for place in range(10, 18)], "registration marks of vehicles"),
        ([f"A{place}23BC" for place in range(10, 18)], "prison numbers"),
    ],
)
def test_a_few_identifiers_among_codes_are_told(few: Sequence[str], kind: str) -> None:
    """Full names, and numbers whose shape the codes around them lack, are told from three or five in a hundred."""
    found = undeclared([*CODES, *few])

    assert found is not None
    assert (found.kind, found.found, found.looked_at) == (kind, len(few), 240 + len(few))


@pytest.mark.parametrize(
    ("few", "kind"),
    [
        (100, "NHS numbers"),
        (9, "NHS numbers"),
        (4, None),  # of 404 values they are less than a fiftieth
    ],
)
def test_numbers_that_all_pass_their_check_stand_out(few: int, kind: str | None) -> None:
    """Among codes of another length, ten digits of which nearly all are NHS numbers are told by far fewer."""
    numbers = [number for number in map(str, range(9_000_000_000, 9_000_010_000)) if is_nhs_number(number)][:few]

    found = undeclared([*map(str, range(1_000, 1_400)), *numbers])

    assert (found.kind if found else None) == kind
    assert undeclared([*map(str, range(1_000, 1_400)), *map(str, range(9_000_000_000, 9_000_000_100))]) is None


def test_a_full_name_in_one_remark_of_ten_is_told() -> None:
    """Names in remarks are told from fewer than names that streets, ships and diseases may have."""
    remarks = [f"Visit {place} completed" for place in range(90)]
    found = undeclared([*remarks, *(f"Spoke to {name}" for name in FULL[:10])])

    assert found is not None
    assert (found.kind, found.found) == ("names of people", 10)
    assert undeclared([*remarks, *(f"Seen at {name} School" for name in FULL[:10])]) is None


def test_codes_that_look_like_identifiers_by_chance_are_not_told() -> None:
    """Of random codes of the same length a few have the shape of a telephone number or a mark: that tells nothing."""
    rng = Random(4)
    numbers = [str(rng.randrange(10**9, 10**10)) for _ in range(2_000)]
    codes = ["".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=7)) for _ in range(2_000)]

    assert undeclared([number for number in numbers if not number.startswith(("1", "2"))]) is None
    assert undeclared([code for code in codes if POSTCODE not in number_kinds(code)]) is None


TODAY = date(2026, 1, 1)
BORN = [date(1926, 3, 4) + timedelta(days=311 * place) for place in range(100)]
SEEN = [date(2024, 1, 1) + timedelta(days=3 * place) for place in range(100)]


def test_a_day_that_never_changes_within_a_unit_and_spans_generations_is_a_birth() -> None:
    """It is told of columns of type date; days that change, lie close together or are to come are events."""
    assert born_units([(day, day) for day in BORN], TODAY) == 100
    assert born_units([(day, day) for day in SEEN], TODAY) == 0
    assert born_units([(day, day + timedelta(days=9)) for day in BORN], TODAY) == 0
    assert born_units([(day, day) for day in (*BORN, date(2031, 1, 1))], TODAY) == 0
    assert born_units([(day, day) for day in BORN[::10]], TODAY) == 0
    assert born_units([], TODAY) == 0


TERM = date(2025, 12, 19)
PUPILS = [date(2009, 9, 1) + timedelta(days=7 * place + place % 7) for place in range(600)]


def test_a_day_as_long_ago_as_pupils_are_old_is_a_birth() -> None:
    """It is told by other days of the extract; admissions, days of a term and days of nothing later are events."""
    pupils = [(day, day) for day in PUPILS]
    assert born_children(pupils, TERM) == 600
    assert born_children(pupils, PUPILS[-1]) == 0
    assert born_children(pupils, date.min) == 0
    assert born_children(pupils[:90], TERM) == 0
    assert born_children([(day, day + timedelta(days=9)) for day in PUPILS], TERM) == 0
    workdays = [day - timedelta(days=max(0, day.weekday() - 4)) for day in PUPILS]
    assert born_children([(day, day) for day in workdays], TERM) == 0
    terms = [date(2010 + place % 10, 9, 1) for place in range(600)]
    assert born_children([(day, day) for day in terms], TERM) == 0
    one_year = [date(2015, 1, 1) + timedelta(days=place % 365) for place in range(600)]
    assert born_children([(day, day) for day in one_year], TERM) == 0


def test_latitudes_beside_longitudes_are_exact_places() -> None:
    """Both columns are told; alone, rounded, or of another part of the world they are measures."""
    north, east = ([f"{start + place / 7_001:.6f}" for place in range(50)] for start in (51.2, -1.6))

    assert position_columns({"y": north, "x": east, "z": ["1.5", "2"]}) == {"y": 50, "x": 50}
    assert position_columns({"y": north}) == {}
    assert position_columns({"y": [f"{float(one):.2f}" for one in north], "x": east}) == {}
    assert position_columns({"y": north, "x": [one.replace("-1", "71") for one in east]}) == {}
    assert position_columns({"y": [], "x": []}) == {}
