"""Markup goes from a text, and nothing that merely stands between a `<` and a `>`."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.cleaned.cleaning import clean
from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


@pytest.mark.parametrize(
    "text",
    [
        "Temp <38 but BP <one hundred at 9am, hit by her father on Monday, and pulse > 90.",
        "She weighs <nine stone. Bruises seen on arm. Mother upset. Height>5ft.",
        "Reported by <mother> and <school nurse>.",
        "<a friend of the family> rang, <b but not c>, <p and hr>",
        "Marks: <mark> was absent, <address> unknown, <summary>",
        "dose <i think 5mg> given",
        "injury to <head>, <strong> smell at <table>",
        "a <- b -> c, <!> <?> </> <!later> <3",
        "<br = no>",
    ],
)
def test_what_stands_between_signs_of_less_and_more_stays(text: str) -> None:
    """Only markup goes: what somebody wrote between the signs is published, when it names nobody."""
    assert clean(text) == text
    assert REDACTOR.redact([text])[0].text == text


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<P CLASS=x>seen<BR/>again</P>", " seen again "),
        ('<td width="10%" valign=top nowrap>seen</td >', " seen "),
        ("<input type='text' disabled value='a > b'/>seen", " seen"),
        ('<a href=\\"mailto:j@x.uk\\">him</a>', " him "),
        ("<mark>bruise</mark> on <address\nid='x'>arm</address>", " bruise on arm "),
        ('<o:p></o:p><st1:place w:st="on">Woking</st1:place>', " Woking "),
        ("<![if !supportLists]>1<![endif]>", " 1 "),
        ("<!DOCTYPE html><?xml version='1.0'?>seen", " seen"),
        ("<!-- a\ncomment -->seen", " seen"),
        ("<![CDATA[seen by her <mother>]]> today", " seen by her <mother> today"),
        ("bru<b>ise</b>", "bruise "),
    ],
)
def test_markup_goes(written: str, seen: str) -> None:
    """Elements of HTML and Word with their attributes, comments and declarations go; what CDATA holds stays."""
    assert clean(written) == seen


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("From: Mrs Okafor <j.okafor@x.uk>", "From: [PERSON] <[EMAIL]>"),
        ("see <https://x.example/p> now", "see <[URL]> now"),
        ("seen by <Mrs Okafor>", "seen by <[PERSON]>"),
    ],
)
def test_what_stays_between_the_signs_is_searched(text: str, published: str) -> None:
    """An address in angle brackets becomes its placeholder."""
    assert REDACTOR.redact([text])[0].text == published
