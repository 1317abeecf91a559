"""Ways to reach somebody, accounts and devices, and long numbers of no known kind."""

from __future__ import annotations

import re
from typing import Final

from anonymise.identifiers import squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.patterns.pattern import TextPattern
from anonymise.validity import is_card_number, is_iban, is_imei


def _is_long_number(text: str) -> bool:
    """Whether digits are a number and no span of years."""
    return _SPAN_OF_TIMES.fullmatch(text) is None


def _is_card(text: str) -> bool:
    return is_card_number(squeeze(text))


def _is_iban(text: str) -> bool:
    return is_iban(squeeze(text))


def _is_imei(text: str) -> bool:
    return is_imei(squeeze(text))


def _is_handle(text: str) -> bool:
    """Whether a word after the name of a platform is a name there: `changed our Twitter name and` has none."""
    return not text.isalpha() or name_lists().ordinary(bare(text)) > Ordinary.COMMON


_SPAN_OF_TIMES = re.compile(r"(?:19|20)\d\d ?- ?(?:19|20)\d\d")
_OPEN, _CLOSE = r"\s?[(\[{<]\s?", r"\s?[)\]}>]\s?"
_SPELT_AT: Final = rf"{_OPEN}(?:at|@){_CLOSE}"
_SPELT_ATS: Final = tuple(f"{bracket}{blank}{at}" for bracket in "([{<" for blank in ("", " ") for at in ("at", "@"))
_AT: Final = rf"(?:{_SPELT_AT}|\sat\s|\s?@\s?)"
_SPELT_DOT: Final = rf"(?:{_OPEN}(?:dot|\.){_CLOSE}|\sdot\s)"
_SPELT_DOTS: Final = (
    " dot ",
    *(f"{bracket}{blank}{dot}" for bracket in "([{<" for blank in ("", " ") for dot in ("dot", ".")),
)
_DOT: Final = rf"(?:{_SPELT_DOT}|\s?\.\s?)"
_ENDS: Final = r"(?:com|net|org|co|ac|gov|uk|edu|info|me|io|eu|ie)"
_PROVIDER: Final = r"(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|btinternet|protonmail)"
_PLATFORM: Final = (
    r"(?:insta(?:gram)?|ig|snap(?:chat)?|tik\s?tok|twitter|facebook|fb|discord|telegram|kik|whatsapp|youtube|reddit|"
    r"tumblr|twitch|xbox|psn|playstation|steam|skype|linkedin|onlyfans|tinder|grindr|roblox|signal)"
)

_MAC_SHAPES: Final = tuple(
    f"{a}{b}{sign}{c}{d}" for a in "A0" for b in "A0" for c in "A0" for d in "A0" for sign in ":-."
)

_BRITISH: Final = r"(?:(?:\+|00)\s?44[\s.-]?(?:\(0\))?|\(0(?=[\d\s]{0,6}\))|0)(?:[\s().-]{0,2}\d){9,10}(?!\d)"
"""A telephone number; a bracket before it is part of it where it closes within."""

NUMBERS: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.EMAIL,
        regex=r"(?<![\w.])[\w.!#$%&'*+/=?^`{|}~-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
        score=0.95,
        needs="@",
    ),
    TextPattern(
        entity=Entity.EMAIL,
        regex=rf"(?<![\w.])[\w.+-]{{1,64}}{_SPELT_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}?{_DOT}{_ENDS}\b(?:{_DOT}uk\b)?",
        score=0.93,
        near=_SPELT_ATS,
    ),
    TextPattern(
        entity=Entity.EMAIL,
        regex=rf"(?<![\w.])[\w.+-]{{1,64}}\sat\s[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}?{_SPELT_DOT}{_ENDS}\b(?:{_DOT}uk\b)?",
        score=0.93,
        near=_SPELT_DOTS,
    ),
    TextPattern(
        entity=Entity.EMAIL, regex=rf"(?<![\w.])[\w.+-]{{1,64}}{_AT}{_PROVIDER}\b", score=0.9,
        near=("gmail", "googlemail", "hotmail", "outlook", "yahoo", "icloud", "btinternet", "protonmail"),
    ),
    TextPattern(entity=Entity.HANDLE, regex=r"(?<![\w@])@\w{2,30}", score=0.6, needs="@"),
    TextPattern(
        entity=Entity.HANDLE,
        regex=rf"\b{_PLATFORM}\b(?:"
        r"(?:\s(?:account|acc|profile))?\s(?:handle|(?:user)?name|user|id|tag)\b(?:\sis\b)?\s?[:=-]?\s?\K"
        r"|(?:\s(?:account|acc|profile|is|as|under)\b|\s?[:=-]){1,3}\s?\K(?=[^\W\d_]{0,28}[\d_.]\w))\w[\w.]{2,30}\b",
        score=0.62, check=_is_handle,
        near=("insta", "ig", "snap", "tok", "twitter", "facebook", "fb", "discord", "telegram", "kik", "whatsapp",
              "youtube", "reddit", "tumblr", "twitch", "xbox", "psn", "playst", "steam", "skype", "linked", "onlyf",
              "tinder", "grindr", "roblox", "signal"),
    ),
    TextPattern(entity=Entity.HANDLE, regex=r"(?<![\w/])u/[\w-]{3,20}\b|\b\w{2,32}#\d{4}\b", score=0.6,
                near=("u/", "#")),
    TextPattern(
        entity=Entity.URL,
        regex=r"\b(?:(?:https?|hxxps?|ftp|file)://|www\.)[^\s<>\"']{2,2000}",
        score=0.9,
        needs=":.",
    ),
    TextPattern(
        entity=Entity.URL,
        regex=r"\b(?:[\w-]{1,63}\.){1,5}(?:com|org|net|info|io|uk|eu|ie|me|tv|gov|edu)\b(?:/[^\s<>\"']{0,2000})?",
        score=0.6,
        needs=".",
    ),
    TextPattern(
        entity=Entity.URL,
        regex=rf"\b(?:www\s?dot\s)?[\w-]{{1,63}}(?:\sdot\s|\s?[\[(](?:dot|\.)[\])]\s?)"
        rf"(?:co(?:\sdot\s|\s?[\[(](?:dot|\.)[\])]\s?|\.)uk|{_ENDS})\b",
        score=0.6,
        near=(" dot ", "(dot", "[dot", "[.]", "(.)"),
    ),
    TextPattern(
        entity=Entity.PHONE,
        regex=rf"(?<![\w.]){_BRITISH}",
        score=0.8,
        needs="0",
    ),
    TextPattern(  # Run together with what says so: `tel07700 900123`, `T01483 571571`.
        entity=Entity.PHONE,
        regex=rf"\b(?:tel|telephone|phone|ph|mobile|mob|home|fax|ring|rang|call|[tmhwp])\.?\K{_BRITISH}",
        score=0.8,
        shapes=("A0", "A.0", "A(0", "A.(0", "A+", "A.+"),
    ),
    TextPattern(entity=Entity.PHONE, regex=r"\+[1-9]\d{0,2}(?:[\s().-]{0,2}\d){6,12}(?!\d)", score=0.75, needs="+"),
    TextPattern(
        entity=Entity.PHONE,
        regex=r"\b(?:tel|telephone|phone|mobile|mob|fax|contact|call(?:ed)?)\b[^\d\n]{0,20}\K\d(?:[\s-]?\d){5,12}\b",
        score=0.7,
        needs="0",
    ),
    # Money.
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\b[A-Z]{2}\d{2}(?:[\s-]?[A-Z0-9]{4}){2,7}(?:[\s-]?[A-Z0-9]{1,4})?\b",
        score=0.95, shapes=("AA00",), check=_is_iban,
    ),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b",
        score=0.5, any_case=False, shapes=("AA00",),
    ),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\b(?:sort\s?code|s/c|sc)\b[^\d\n]{0,8}\K\d\d[\s-]?\d\d[\s-]?\d\d\b",
        score=0.9, needs="0", near=("sort", "s/c", "sc"),
    ),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"\b(?:account|acc|acct|a/c)\b[^\d\n]{0,12}\K\d{6,10}\b", score=0.85,
        needs="0", near=("acc", "a/c"),
    ),
    TextPattern(
        entity=Entity.BANK_ACCOUNT, regex=r"(?<![\d-])\d\d-\d\d-\d\d(?:[\s,/]{1,2}(?:\d{8}|\d{4}\s\d{4}))?(?![\d-])",
        score=0.7, shapes=("00-00-00",),
    ),
    TextPattern(
        entity=Entity.CARD, regex=r"(?<![\w.])[2-6]\d{3}(?:[\s-]?\d{2,6}){2,4}\b", score=0.92,
        squeezed=("0000000000000",), check=_is_card,
    ),
    TextPattern(
        entity=Entity.CARD, regex=r"\b(?:card|visa|mastercard|amex)\b[^\d\n]{0,16}?\bend(?:s|ing)(?:\sin)?\s\K\d{4}\b",
        score=0.85, needs="0", near=("end",),
    ),
    # Devices.
    TextPattern(
        entity=Entity.DEVICE, regex=r"\b(?:imei(?:sv)?|imsi|iccid)\b[^\d\n]{0,12}?\K\d(?:[\s/-]?\d){13,19}\b",
        score=0.93, needs="0", near=("imei", "imsi", "iccid"),
    ),
    TextPattern(
        entity=Entity.DEVICE, regex=r"(?<![\w.])\d{2}[\s-]?\d{6}[\s-]?\d{6}[\s-]?\d(?![\w-])", score=0.42,
        squeezed=("000000000000000",), check=_is_imei,
    ),
    TextPattern(
        entity=Entity.DEVICE,
        regex=r"(?<![\w:-])(?:[0-9A-F]{2}(?:(?::[0-9A-F]{2}){5}|(?:-[0-9A-F]{2}){5})|"
        r"[0-9A-F]{4}(?:\.[0-9A-F]{4}){2})(?![\w:-])",
        score=0.9, shapes=_MAC_SHAPES,
    ),
    TextPattern(
        entity=Entity.NUMBER, regex=r"(?<![\w.£$€])\d(?:[ -]?\d){6,30}(?!\w)", score=0.4,
        squeezed=("0000000",), check=_is_long_number,
    ),
)  # fmt: skip
