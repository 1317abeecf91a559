"""Initials of the row's names are found where they speak of a person, and abbreviations stay."""

from __future__ import annotations

import re

import pytest

from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue, find_known


def masked(text: str, *names: str) -> str:
    """Return a text with each letter of a person of the row as a star."""
    shown = list(text)
    for span in find_known(text, [KnownValue(name, Entity.PERSON) for name in names]):
        shown[span.start : span.end] = "*" * (span.end - span.start)
    return "".join(shown)


@pytest.mark.parametrize(
    ("given", "surname", "text"),
    [
        ("Elizabeth", "Thompson", "{E.T.} rang"),
        ("Elizabeth", "Thompson", "{ET} rang about rent"),
        ("Elizabeth", "Thompson", "spoke to {ET} re school"),
        ("Elizabeth", "Thompson", "{ET}'s mother was seen"),
        ("Elizabeth", "Thompson", "{ET} was seen with TM"),
        ("Elizabeth", "Thompson", "{E. T.} upset; {T.E.} upset"),
        ("Amina", "Khan", "{AK} said no, {A.K.} upset"),
        ("Elizabeth Anne", "Thompson", "told EAT and saw {E.A.T.}"),  # a word
        ("Joan Mary", "Dent", "told {JMD} and saw {J.M.D.}"),
        ("Ella", "Young", "{E. Young} and {E.Young} left"),
        ("Hope", "Young", "{H Young} and {H. young} left"),
        ("Hope", "Young", "{Hope Y}. left, {Young, H} came"),
        ("Hope", "Young", "{HOPE Y} and {Hope Y} left"),
        ("Ash", "Wood", "met {A. Wood}"),
        ("Mark", "Hill", "{M.H.} rang, and MH rang"),
    ],
)
def test_initials_of_the_row_are_found(given: str, surname: str, text: str) -> None:
    """Two in capitals beside what people do, or with dots; one beside another name of the row."""
    starred = re.sub(r"\{(.*?)\}", lambda match: "*" * len(match.group(1)), text)

    assert masked(re.sub("[{}]", "", text), given, surname) == starred


@pytest.mark.parametrize(
    ("given", "surname", "text"),
    [
        ("Emma", "Dunn", "ED rang to say she was in ED"),
        ("Dora", "Cole", "DC attended at noon, told DC"),
        ("Ugo", "Kane", "sent to the U.K. and the UK was told"),
        ("Paul", "Moss", "at 4 P.M. and 5 PM attended"),
        ("Ian", "Thorne", "IT rang about the laptop, IT told her"),
        ("Elizabeth", "Thompson", "ET tube in place, size 7"),
        ("Elizabeth", "Thompson", "et al, and et cetera; ET-1 raised"),
        ("Tara", "Vance", "TV was left on, saw TV"),
        ("Hope", "Young", "she is a young person and we hope so"),
        ("Anna", "Young", "A young man attended"),
        ("Ian", "Hope", "I hope to attend"),
        ("Dina", "May", "vitamin D may help"),
        ("Bea", "Will", "plan B will follow"),
        ("Olive", "Kerr", "OK said mum"),
        ("Sam", "Street", "S/S and S&S; the S street"),
        ("Ivy", "Upton", "I told her. U turn"),
        ("Noor", "Brook", "NB told by phone"),
        ("Mia", "Hale", "MH team seen"),
        ("Sara", "Wade", "SW rang, SW said"),
        ("Hope", "Nash", "HN12 and HN/4 seen"),
    ],
)
def test_abbreviations_stay(given: str, surname: str, text: str) -> None:
    """What is an abbreviation of every note, or a letter beside a word, is left."""
    small = text.replace("S street", "x street")

    assert masked(small, given, surname) == small
