"""What a column probably is, told by its header; the port through which something cleverer can say more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from datalab.contract.model import MatchKind, Role, Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a column probably is, for the custodian to confirm."""

    role: Role
    treatment: Treatment
    match: MatchKind | None = None
    reason: str
    """Why, in words that hold no value of the column: `the name says it is a surname`."""


class ColumnNamer(Protocol):
    """Says what a column probably is."""

    def suggest(self, column: str, sample: Sequence[str]) -> Suggestion | None:
        """Return a suggestion, or None where there is nothing to say.

        Args:
            column: the column's header.
            sample: some of its values as text, without blanks; stays on the custodian's machine.
        """


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Several namers, asked in turn until one knows."""

    namers: tuple[ColumnNamer, ...]

    def suggest(self, column: str, sample: Sequence[str]) -> Suggestion | None:
        """Return the first suggestion that any of them has."""
        return next((found for namer in self.namers if (found := namer.suggest(column, sample))), None)


_KEY, _MATCH, _QUASI = Role.PERSON_KEY, Role.MATCH_FIELD, Role.QUASI_IDENTIFIER
_DROP, _GENERALISE, _KEEP = Treatment.DROP, Treatment.GENERALISE, Treatment.KEEP
HOLDERS = (
    *("person", "nominal", "pupil", "student", "patient", "client", "subject", "offender", "service user"),
    *("case", "crime", "incident", "delius", "rec", "record"),
)
"""Words before `id` or `number` in the headers of person keys and record keys."""
_Row = tuple[str, Role, Treatment, MatchKind | None, str]
HEADERS: tuple[_Row, ...] = (
    (r"nhs (number|num|no|id)|nhs|health service (id|number)", _MATCH, _DROP, MatchKind.NHS_NUMBER, "an NHS number"),
    (r"upn|unique pupil number", _MATCH, _DROP, MatchKind.UPN, "a unique pupil number"),
    (r"nino|national insurance( (number|no))?", _MATCH, _DROP, MatchKind.NINO, "a National Insurance number"),
    (r"(soc|social) sec(urity)?( (id|number|no))?|ssn", _MATCH, _DROP, MatchKind.NATIONAL_ID, "a national id"),
    (r"(first|given|fore|middle|christian) ?names?", _MATCH, _DROP, MatchKind.GIVEN_NAME, "a given name"),
    (r"(last|family|maiden|sur) ?name", _MATCH, _DROP, MatchKind.SURNAME, "a surname"),
    (r"dob|date of birth|birth ?date|d o b", _MATCH, _DROP, MatchKind.DATE_OF_BIRTH, "a date of birth"),
    (r"sex|gender|sex code|gender code", _QUASI, _KEEP, MatchKind.SEX, "somebody's sex"),
    (r"(home |current )?post ?code|pcd", Role.GEOGRAPHY, _GENERALISE, MatchKind.POSTCODE, "a postcode"),
    (r"(house|street|building|flat) (number|no|num)", _MATCH, _DROP, MatchKind.HOUSE_NUMBER, "a house number"),
    (r"(home )?address( line)?( ?\d)?|street( name)?", _MATCH, _DROP, MatchKind.ADDRESS_LINE, "an address"),
    (r".*\b(phone|mobile|telephone|tel)( (number|no))?", _MATCH, _DROP, MatchKind.PHONE, "a telephone number"),
    (r".*\be ?mail( address)?", _MATCH, _DROP, MatchKind.EMAIL, "an e-mail address"),
    (r"(full |preferred |other )?names?|alias(es)?|aka|nick ?name", _QUASI, _DROP, None, "a name"),
    (
        r"uprn|vrm|vrn|number plate|(vehicle )?registration( (mark|number|no))?|ip( address)?|device.*id|.*wearer id",
        _QUASI,
        _DROP,
        None,
        "an identifier",
    ),
    (r"(driving |driver )?licen[cs]e( (number|no))?|imei|chi( (number|no))?", _QUASI, _DROP, None, "an identifier"),
    (r"(.* )?passport( (number|no|num|id))?", _QUASI, _DROP, None, "a passport number"),
    (r"(.* )?(user ?names?|log ?ins?( id)?|user ?id|handle|screen ?name)", _QUASI, _DROP, None, "a user name"),
    (
        f"({'|'.join(HOLDERS)})( (o?id|key|ref|reference|number|no|urn))+|id",
        _KEY,
        Treatment.PSEUDONYMISE,
        None,
        "the agency's own number of a person or record",
    ),
    (r"age|age (in )?years|age at .*", _QUASI, _GENERALISE, None, "an age"),
    (
        r".*\b(notes?|narrative|comments?|free ?text|remarks|summary|description|statement)",
        Role.FREE_TEXT,
        Treatment.REDACT,
        None,
        "prose",
    ),
    (r"longitude|latitude|lon|lng|lat|easting|northing|x|y|location", Role.GEOGRAPHY, _DROP, None, "an exact place"),
    (
        r".*\b(lsoa|msoa|ward|borough|district|county|suburb|town|city|region|country|authority|la|state)\b.*",
        Role.GEOGRAPHY,
        _KEEP,
        None,
        "an area",
    ),
    (
        r"(.* )?(company|employer|organi[sz]ation|business|supplier)( name)?",
        Role.ADMINISTRATIVE,
        _DROP,
        None,
        "an organisation",
    ),
    (r"(.* )?(occupation|job( title)?|profession|trade|industry)", _QUASI, _KEEP, None, "an occupation"),
    (r"(.* )?products?( (name|type|category))?", Role.ADMINISTRATIVE, _KEEP, None, "a product"),
    (r".*\b(ethnic|religio|disab|sexual|orientation|marital|nationality|language).*", _QUASI, _KEEP, None, "a trait"),
    (
        r".*\b(crime type|offence|outcome|diagnosis|treatment|condition|triage|category|complaint|event name)\b.*",
        Role.SENSITIVE,
        _KEEP,
        None,
        "what happened to somebody",
    ),
    (r".*\b(code|ids?|urn|estab|ref|reference|version|batch)", Role.ADMINISTRATIVE, _DROP, None, "a code of a record"),
)
"""What whole headers mean, written in lower case words; the first row that matches counts."""


class HeaderNamer:
    """Reads headers only: needs no model and never looks at a value."""

    def suggest(self, column: str, sample: Sequence[str]) -> Suggestion | None:  # noqa: ARG002 - the port's signature
        """Return what the header says, or None."""
        words = header_words(column)
        for pattern, role, treatment, match, what in HEADERS:
            if re.fullmatch(pattern, words):
                return Suggestion(role=role, treatment=treatment, match=match, reason=f"the header says it is {what}")
        return None


def header_words(column: str) -> str:
    """Return a header as lower case words: `dateOfBirth`, `DATE_OF_BIRTH` and `Date of birth` are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    return " ".join(re.findall(r"[a-z]+|\d+", spaced.casefold()))
