"""Names that are words: found where they stand as names, left where they are words."""

from __future__ import annotations

import time

import pytest

from anonymise.prose.lists.names import name_lists
from anonymise.prose.names.listed.listed import find_listed
from anonymise.prose.names.placed.placed import find_placed
from anonymise.prose.names.placed.standing import words_of

LISTS = name_lists()


def placed(text: str) -> list[str]:
    """Find names by lists and places."""
    found = (*find_listed(text, LISTS), *find_placed(text, words_of(text), LISTS))
    spans = sorted(dict.fromkeys(found), key=lambda span: (span.start, -span.end))
    return [
        text[one.start : one.end]
        for one in spans
        if not any(
            other.start <= one.start and one.end <= other.end and (other.start, other.end) != (one.start, one.end)
            for other in spans
        )
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("may, kirsty dob 16/12/93 reports", "may, kirsty"),
        ("triaged by march, rupert. to wait", "march, rupert"),
        ("March, Victoria-Marie reports that", "March, Victoria-Marie"),
        ("Neighbour Wise, Chloë called", "Wise, Chloë"),
        ("nok best, bradley 07700", "best, bradley"),
        ("cpn lane, jacob. obs stable", "lane, jacob"),
        ("incident between page, chloë and samuel", "page, chloë"),
        ("DISPUTE WITH NEIGHBOUR TURNER, SUMMER, WHO HAS CUT", "TURNER, SUMMER"),
        ("Seen. Hope, Bradley (12) fell", "Hope, Bradley"),
        ("c/o as above. March-Butler, Joan SOB", "March-Butler, Joan"),
        ("dc bishop, joseph 4485 allocated", "bishop, joseph"),
    ],
)
def test_a_surname_that_is_a_word_is_found_before_the_given_name(text: str, found: str) -> None:
    """`surname, given` goes as a whole, in any case."""
    assert found in placed(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("handed to pc ward 3312 at 0410", "ward"),
        ("sgt bishop attended and dc park updated", "bishop"),
        ("sgt bishop attended and dc park updated", "park"),
        ("Spoke w/ Will re his sister", "Will"),
        ("she saw Drew hit the dog", "Drew"),
        ("he was told Harry had left", "Harry"),
        ("Grace (6) and Faith (4) seen alone", "Grace"),
        ("Grace (6) and Faith (4) seen alone", "Faith"),
        ("son will foster states he fell", "will foster"),
        ("sent to raj_patel and to Raj", "raj_patel"),
    ],
)
def test_a_name_that_is_a_word_is_found_in_odd_places(text: str, found: str) -> None:
    """After a short rank, a shorthand or a verb, and before an age in brackets, a word is somebody's name."""
    assert found in placed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Carer will cook and clean",
        "mum will cope with support",
        "partner may foster a child",
        "dr on ward 4",
        "rn ward 4",
        "pc at court",
        "help with Art and maths",
        "he saw Star Wars",
        "In May (2) and August (3)",
        "Ward (6) and bay (4)",
    ],
)
def test_a_word_in_an_odd_place_stays(text: str) -> None:
    """What a relative will do, a ward's number, a subject at school and a month with a count are left."""
    assert placed(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in may, kirsty said so", ["kirsty"]),
        ("In March, Victoria said so", ["Victoria"]),
        ("on 3 March, Victoria left", ["Victoria"]),
        ("last summer, kirsty left", ["kirsty"]),
        ("on the page, kirsty wrote", ["kirsty"]),
        ("at his best, bradley is calm", ["bradley"]),
        ("to the north-west, kirsty fell", ["kirsty"]),
        ("in the short-term, kirsty agreed", ["kirsty"]),
        ("Best, Kirsty", ["Kirsty"]),
        ("Love, Kirsty", ["Kirsty"]),
        ("spring, summer and winter", []),
        ("across the street, kirsty fell", ["kirsty"]),
        ("went to church, kirsty too", ["kirsty"]),
        ("grows rose, lily, iris and holly", []),
    ],
)
def test_a_word_before_a_name_stays(text: str, found: list[str]) -> None:
    """A month, a page or a street before a comma is left, and the name behind it goes."""
    assert placed(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("details of jack wise, his friend", "jack wise"),
        ("finley ash to update ip", "finley ash"),
        ("att by pc theo ash 2427", "theo ash"),
        ("olivia best to update ip", "olivia best"),
        ("raymond best states ex-partner left", "raymond best"),
        ("ian hope mechanical fall", "ian hope"),
        ("triaged by olivia hope. analgesia", "olivia hope"),
        ("lauren grace c/o rif pain", "lauren grace"),
        ("by sophie may (25th november)", "sophie may"),
        ("sophie may states she is", "sophie may"),
        ("sophie may", "sophie may"),
        ("wing yan li punched to face", "wing yan li"),
        ("zofia march assaulted by", "zofia march"),
        ("IT IS JACK BEST. NO CCTV", "JACK BEST"),
        ("SUMMER KNIGHT 7737 ATTENDED", "SUMMER KNIGHT"),
        ("ENP Summer May aware", "Summer May"),
        ("Jose Garcia Ibanez stop searched", "Jose Garcia Ibanez"),
        ("Joao Santos Costa exacerbation asthma", "Joao Santos Costa"),
    ],
)
def test_a_surname_that_is_a_word_is_found_behind_the_given_name(text: str, found: str) -> None:
    """`given surname` goes as a whole where no verb can be meant."""
    assert found in placed(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sophie may attend clinic", ["sophie"]),
        ("sophie will need bloods", ["sophie"]),
        ("sophie may always refuse", ["sophie"]),
        ("so sophie may as well go", ["sophie"]),
        ("told sophie best practice", ["sophie"]),
        ("did zofia hope for it", ["zofia"]),
        ("zofia drew a house", ["zofia"]),
        ("zofia will, if asked", ["zofia will"]),  # in doubt it goes
        ("the jack short of a plug", []),
        ("a poppy field", []),
        ("the lily pond was frozen", []),
        ("a ruby ring was taken", []),
        ("rose garden in bloom", []),
        ("frank blood in stool", []),
        ("mark wood with a pen", []),
        ("pat dog visited", []),
        ("Amber light was on", []),
        ("Holly hedge cut down", []),
    ],
)
def test_a_word_behind_a_name_stays(text: str, found: list[str]) -> None:
    """Verbs, plants and stones are left."""
    assert placed(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rn wood safeguarding considered", "wood"),
        ("to majors. rn butler", "butler"),
        ("obs hrly. rn poppy", "poppy"),
        ("strat discussion with ds poppy 7709", "poppy"),
        ("for info of npt grace 8707", "grace"),
        ("Pt FIELD exacerbation asthma", "FIELD"),
        ("Consent obtained from Summer. Left", "Summer"),
        ("Consent obtained from MAY. Left", "MAY"),
        ("She told HOPE this in confidence", "HOPE"),
        ("spoke to Best again", "Best"),
        ("s/w wood visited", "wood"),
        ("s/n v. winter analgesia given", "v. winter"),
        ("PPN to be submitted by Summer.", "Summer"),
        ("discussed with tm green, eleanor. threshold", "green, eleanor"),
        ("advised to wait, king to reassess", "king"),
        ("messages to zofia hope on", "zofia hope"),
        ("Pt BEST exacerbation asthma", "BEST"),
        ("Drew gave address 46", "Drew"),
        ("Pt White mechanical fall", "White"),
        ("to be updated by Best.", "Best"),
        ("Grandparent D. Wise offers support", "D. Wise"),
        ("assaulted by a. grace outside", "a. grace"),
        ("O. DAY DID NOT WISH TO SAY", "O. DAY"),
        ("NFA, signposted. STREET agrees.", "STREET"),
        ("Gale agrees.", "Gale"),
        ("Hope agrees.", "Hope"),
        ("gale says she fell", "gale"),
        ("LONG left prior to police arrival", "LONG"),
        ("hope did not wish to complain", "hope"),
        ("Att with March, who gives hx", "March"),
        ("Precious staying with sister", "Precious"),
        ("Butt, 2 yrs, SOBOE", "Butt"),
        ("self presented. lane, 49 yrs, temp 39", "lane"),
        ("Best, 92 yrs, FOOSH", "Best"),
        ("advised to wait, field to reassess", "field"),
        ("Summer and sibling Charlotte live", "Summer"),
        ("mum will short, 41 yrs, agreed", "will short"),
        ("mum will chase (41) agreed", "will chase"),
        ("mum Will Chase agreed", "Will Chase"),
        ("friend rose hunter came", "rose hunter"),
        ("TO BE OBTAINED BY O'SULLIVAN.", "O'SULLIVAN"),
        ("by mcgee-brown on", "mcgee-brown"),
    ],
)
def test_a_word_that_is_announced_as_a_name_goes(text: str, found: str) -> None:
    """A rank, a role, an initial, an age or what only people do makes a name of a word."""
    assert found in placed(text)


@pytest.mark.parametrize(
    "text",
    [
        "rn will review, rn may discharge",
        "rn to review on ward",
        "ps love the new place",
        "ds court listing",
        "Pt well, Pt may go home",
        "pt hand swollen, pt field of vision full",
        "pt white and cold",
        "letter from May",
        "due by March 2021, done by Summer 2021",
        "went to Church, came from West",
        "call from March about it",
        "spoke to best friend",
        "lives with hope",
        "Pt MAY go home",
        "PT WHITE MALE",
        "seen by day, moved by night",
        "by May he was well",
        "by Spring term",
        "paid by hand. led by court.",
        "by West Field Lane",
        "Ward agrees to take him",
        "Driver states that he fell",
        "Nurse says he ate",
        "Price agreed.",
        "Street lights out",
        "Hope this helps",
        "Hope is that he improves",
        "Summer has been wet",
        "Black lives matter",
        "Best to review in clinic",
        "Vitamin D. Best taken daily",
        "see plan b. hope for the best",
        "House, 3 bedrooms",
        "Home, 2 days later",
        "Park, street and field were searched",
        "Field reports show",
        "Will attend. May need bloods.",
        "long, 3 cm cut",
        "mother house, baby bath, patient bed",
        "one o'clock",
        "Mother Nature",
        "Rose to her feet",
        "Grace period ends",
        "wait, best to review",
        "mum will ring back",
        "MUM WILL RING BACK",
        "carer will wait outside",
        "officer will chase the cctv",
        "teacher will mark the work",
        "witness will read the statement",
        "father will pay by card",
        "patient may harm himself",
        "rn will price it",
        "suspect ran down the alley",
        "sister rose early",
    ],
)
def test_a_word_that_nothing_announces_stays(text: str) -> None:
    """What stands as a word is left."""
    assert placed(text) == []


@pytest.mark.parametrize(
    "text",
    ["may, " * 40_000, "hope grace " * 18_000, "by best " * 25_000, "may" + " " * 190_000 + "may", "a. wise " * 25_000],
)
def test_long_runs_of_words_take_no_longer_each(text: str) -> None:
    """Time grows with the text and no faster."""
    words = words_of(text)
    began = time.process_time()

    list(find_placed(text, words, LISTS))

    assert time.process_time() - began < 5


def test_a_second_surname_may_begin_another_name() -> None:
    """Two names without a comma between go, both of them whole."""
    text = "Jose Garcia Carlos Lopez came"

    assert {at for one in find_listed(text, LISTS) for at in range(one.start, one.end)} >= {*range(11), *range(12, 24)}
