"""Parties of a case, of whatever words: by their initials, by the head of a judgment, by what the judgment calls them.

`A.B. v. Poland`, `KB v Essex`; `CASE OF BEST v. FINLAND`; `by a Turkish national, Mr Ay`; `Best (“the applicant”)`.
An applicant is the one whom a judgment is about, and is often called by a word: `Can`, `Er`, `Best`.
"""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.lists.words import RANKS, STAFF
from anonymise.prose.names.again.titled import CALLED
from anonymise.prose.names.nobody.trade import is_common
from anonymise.prose.names.nobody.words import NOBODY
from anonymise.prose.patterns.pattern import TextPattern
from anonymise.prose.patterns.people import NAMES

_INITIALS: Final = r"\p{Lu}\.?(?:[ -]?\p{Lu}\.?){0,3}(?![\p{L}\p{N}&/'\u2019-])"
_LETTERED: Final = (
    r"(?<!\b(?i:vitamin|vit|plan|type|hepatitis|hep|group|arm|flat|unit|block|section|appendix|grade|class|option|part|"
    r"version|team|set|model|drug|case)\s)"
)
"""What has a letter for its name: `group A v Group B`."""
_NEAR: Final = (" v ", " v. ", " vs ", " vs. ")
_AGAINST: Final = r"\s[vV][sS]?\.?\s"
_NO_PARTY: Final = NOBODY | RANKS | STAFF | frozenset(
    ("r", "uk", "us", "usa", "eu", "un", "tv", "gp", "ct", "mri", "ecg", "eeg", "pet", "it", "pc", "dvd", "cd", "am",
     "pm", "hr", "pr", "iv", "im", "po", "sc", "pv", "pr", "nhs", "cps", "dpp", "sshd", "gmc", "nmc", "bma", "bbc",
     "itv", "dwp", "hmrc", "dbs", "lea", "sen", "hiv", "hcv", "hbv", "cbt", "ssri", "act", "dbt", "rct", "bmi", "hbac",
     "fc", "afc", "rfc", "ai", "vr", "mac", "ps", "nt", "esa", "pip", "jsa", "uc", "rag", "ok", "ii", "iii", "vi")
)  # fmt: skip
"""In capitals beside a `v` an institution, a country, a test; `R` is the Crown."""
_NATIONALS: Final = r"(?:\bnationals?,\s|(?!^)\G(?:,\s(?:and\s)?|\sand\s))\K"
"""Before the first of them, or where the one before ended: a look back from each capital takes a third of all time."""
_BRACKETED: Final = ("hereinafter", *(f"({quote}the " for quote in ("", '"', "'", "\u201c", "\u2018")))
_OF_BODIES: Final = frozenset(("department", "secretary", "minister", "state", "government", "commission", "council"))


def _can_be_initials(text: str) -> bool:
    """Whether capitals are no abbreviation and no word: `NO v YES`."""
    small = "".join(filter(str.isalpha, text)).casefold()
    return small not in _NO_PARTY and (len(small) == 1 or "." in text or name_lists().ordinary(small) > Ordinary.COMMON)


def _is_party(text: str) -> bool:
    first, _, second = text.partition(" and ")
    return _can_be_initials(first.partition(" (")[0]) and (not second or _can_be_initials(second))


def _is_somebody(text: str) -> bool:
    """Whether a party is no office: `the Home Department (the appellant)`."""
    words = [bare(word) for word in text.split()]
    return not all(is_common(word) or word in _OF_BODIES for word in words)


PARTIES: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.PERSON,
        regex=rf"(?<![\p{{L}}\p{{N}}.&/'\u2019-]|\d\s){_LETTERED}{_INITIALS}(?:\sand\s{_INITIALS})?"
        rf"(?=(?:\s\([\p{{L}} ]{{2,24}}\))?(?:\s(?i:and\s(?:others?|another)))?{_AGAINST}(?i:the\s)?\p{{Lu}})",
        score=0.7, any_case=False, near=_NEAR, check=_is_party,
    ),
    TextPattern(
        entity=Entity.PERSON,
        regex=rf"(?<=\p{{Lu}}[\p{{L}}.)]{{0,30}}{_AGAINST}){_INITIALS}(?:\sand\s{_INITIALS})?",
        score=0.7, any_case=False, near=_NEAR, check=_is_party,
    ),
    TextPattern(
        entity=Entity.PERSON,
        regex=r"\b(?:CASE\sOF|Case\sof)\s\K\p{Lu}[^\n]{0,100}?"
        r"(?=(?:\s(?:AND|and)\s(?:OTHERS?|[Oo]thers?|ANOTHER))?\s[vV]s?\.?\s)",
        score=0.7, any_case=False, near=("case of",), check=_is_somebody,
    ),
    TextPattern(
        entity=Entity.PERSON,
        regex=r"\b(?:Between|BETWEEN)[:\s]\s?\K\p{Lu}[^\n,;()]{1,60}?(?=[\s,]{1,3}(?:(?:First|FIRST)\s)?"
        r"(?i:appellant|claimant|applicant|petitioner|pursuer)s?\b)",
        score=0.7, any_case=False, near=("between",), check=_is_somebody,
    ),
    TextPattern(
        entity=Entity.PERSON,
        regex=rf"\b[Tt]he\s(?:applicant|appellant|claimant|complainant|petitioner)s,\s\K{NAMES}"
        rf"(?:(?:,\s|\sand\s|,\sand\s){NAMES}){{0,6}}(?=,?\s(?:are|were|is|was|have|had)\b|,|\sand\s\p{{Lu}})",
        score=0.7, any_case=False, near=("applicants,", "appellants,", "claimants,", "complainants,", "petitioners,"),
        check=_is_somebody,
    ),
    TextPattern(
        entity=Entity.PERSON,
        regex=r"(?<=\p{Lu}[\p{L}\p{M}.'\u2019-]{0,30},?\sand\s)\p{Lu}\.\s?\p{Lu}\.(?:\s?\p{Lu}\.)?(?!\s?\p{Lu}\p{Ll})",
        score=0.6, any_case=False, near=(" and ",), shapes=("A.A.", "A. A."), check=_can_be_initials,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_NATIONALS}{NAMES}(?=[^\n;]{{0,300}}?\({CALLED})", score=0.7, any_case=False,
        near=("national, ", "nationals, "), check=_is_somebody,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"(?<![\p{{L}}\p{{N}}]){NAMES}(?=,?\s\({CALLED}\))", score=0.7, any_case=False,
        near=_BRACKETED, check=_is_somebody,
    ),
)  # fmt: skip
