"""Days of birth among the dates of a text: told by words, by what stands beside them, by how long ago they are.

Somebody who knows a birthday and sees it moved knows by how much, and with it every date of the unit. So what may be
one is not moved. Many a date that is told so is none, such as that of an operation years ago: it is masked for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.dates.written_date import WrittenDate, read_date
from anonymise.prose.dates.written_range import WrittenRange
from anonymise.prose.entities import Entity, Span

LONG_AGO: Final = timedelta(days=3652)
"""Ten years before the newest date of a text or its row: notes tell of what happened lately, and of births."""
_LOOKED: Final = 30
"""Characters beside a date that are looked at."""
_SENTENCE: Final = 80
"""The same, back to a word of birth in its sentence."""
_WORD: Final = regex.compile(
    r"(?:\bborn\b(?:\s(?:on|in|between|from|about|around))?|\bd\.?\s?o\.?\s?b\b\.?|\b(?:date\sof\s)?birth(?:\s?date|day)?|\bb\.)"
    r"(?:\s(?:is|was|of|on|party|falls|fell|celebrat(?:ed|ions?)|in)){0,3}[\s:;,=(\-]{0,4}$",
    flags=regex.IGNORECASE,
)
_WORD_AFTER: Final = regex.compile(r"[\s,(\[]{1,3}(?:d\.?o\.?b\b|date\sof\sbirth)", flags=regex.IGNORECASE)
_BORN: Final = regex.compile(r"\b(?:born|gave\sbirth)\b([^.;!?\n]*)$", flags=regex.IGNORECASE)
_HAPPENED: Final = regex.compile(
    r"\b(?:seen|saw|visit\w*|attend\w*|admi\w+|review\w*|present\w*|mov(?:ed|ing)|arriv\w*|discharg\w*|since|refer\w*|"
    r"call\w*|report\w*|arrest\w*|convict\w*|charg\w*|died|death|married|until|started|began)\b|\d[/.-]\d",
    flags=regex.IGNORECASE,
)
"""Between a birth and a date: what the date is of, or another date, which is the birth's."""
_GAP: Final = r"(?:[^\S\n]?[,|(\[/:;\u2013-][^\S\n]?|[^\S\n])"
_GAP_AFTER: Final = r"\)?(?:[^\S\n]?[,|(\[/:;\u2013-][^\S\n]?|[^\S\n])"
_SEX: Final = r"(?:[MF]|(?i:male|female|boy|girl))"
_SEX_BEFORE: Final = regex.compile(rf"(?<![\w'\u2019&/.-])(?:\d{{1,3}}\s?)?{_SEX}{_GAP}$")
_SEX_AFTER: Final = regex.compile(rf"{_GAP_AFTER}(?:\d{{1,3}}\s?)?{_SEX}(?=[^\S\n]*(?:$|[,|()\];\n]))")
_YEARS: Final = r"(?:yrs?|years?|y/?o)"
_AGED: Final = r"(?:aged?|age:)[^\S\n]"
_AGE_BEFORE: Final = regex.compile(
    rf"\b(?:{_AGED}\d{{1,3}}(?:\s?{_YEARS})?|"
    rf"\d{{1,3}}[\s-]?(?:{_YEARS}|(?:months?|weeks?|days?)[\s-]old)(?:[\s-]old)?){_GAP}$",
    flags=regex.IGNORECASE,
)
_AGE_AFTER: Final = regex.compile(
    rf"{_GAP_AFTER}(?:(?:now\s|currently\s)?{_AGED}\d{{1,3}}\b|"
    rf"\d{{1,3}}[\s-]?(?:{_YEARS}\b(?!\s(?:ago|later|after|before|since|imprison|custod|in\b))|"
    r"(?:months?|weeks?|days?)[\s-]old\b))",
    flags=regex.IGNORECASE,
)
_BEHIND_NAME: Final = regex.compile(r"(?:[^\S\n]\p{Lu}\.?)?[^\S\n]?[,|(\[]?[^\S\n]?")
_WRITER: Final = regex.compile(
    r"\b(?:(?:seen|reported|reviewed|signed|assessed|written|completed|recorded|entered|countersigned|typed|prepared|authorised|"
    r"approved|checked|updated|discussed|taken|made)\s(?:by|with)|signed|author|dr|prof|s/?n|s/?w|rn|hv|pc|dc|ps|ds|di|"
    r"pcso|sgt|dci|sister|nurse|officer|consultant|registrar|gp|midwife)[\s.:]{1,3}(?:\w{1,5}\s)?$",
    flags=regex.IGNORECASE,
)
"""Before a name: staff, whose names stand beside the day on which they wrote."""
_CLOCK: Final = regex.compile(r"[^\S\n]{1,2}(?:at[^\S\n])?\d{1,2}[:.]?\d\d(?!\d|[/.-])")
_WEEKDAY: Final = regex.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)", flags=regex.IGNORECASE)


def says_birth(text: str, span: Span) -> bool:
    """Whether words before or behind a date say that it is one of birth."""
    before = text[max(0, span.start - _LOOKED) : span.start]
    if _WORD.search(before) is not None or _WORD_AFTER.match(text, span.end) is not None:
        return True
    born = _BORN.search(text[max(0, span.start - _SENTENCE) : span.start])
    return born is not None and _HAPPENED.search(born[1]) is None


def likely_births(text: str, spans: Sequence[Span], latest: date | None) -> frozenset[int]:
    """Return where dates begin that no word calls births, and that are likely some.

    They stand beside a sex or an age, directly behind a name, or lie ten years or more before the newest date.

    Args:
        text: cleaned text.
        spans: what was found in it, in order and without overlap.
        latest: the newest date of the row; None where it has none.
    """
    dates = [
        (place, written)
        for place, span in enumerate(spans)
        if span.entity is Entity.DATE and (written := _read(text[span.start : span.end])) is not None
    ]
    beside = (
        spans[place].start
        for place, written in dates
        if isinstance(written, WrittenDate)
        and (_is_described(text, spans[place]) or (place > 0 and _is_named(text, spans[place - 1], spans[place])))
    )
    return frozenset((*beside, *(spans[place].start for place in _long_ago(dates, latest))))


def _read(said: str) -> WrittenDate | WrittenRange | None:
    return read_date(said) or WrittenRange.read(said)


def _is_described(text: str, span: Span) -> bool:
    """Whether a sex or an age stands beside a date."""
    before = text[max(0, span.start - _LOOKED) : span.start]
    return any(
        (_SEX_BEFORE.search(before), _AGE_BEFORE.search(before), _SEX_AFTER.match(text, span.end),
         _AGE_AFTER.match(text, span.end))
    )  # fmt: skip


def _is_named(text: str, name: Span, span: Span) -> bool:
    """Whether a date stands directly behind a person's name, who is not the writer, and has no time of day."""
    return (
        name.entity is Entity.PERSON
        and _BEHIND_NAME.fullmatch(text, name.end, span.start) is not None
        and _WEEKDAY.match(text, span.start) is None
        and _CLOCK.match(text, span.end) is None
        and _WRITER.search(text[max(0, name.start - _LOOKED) : name.start]) is None
    )


def _long_ago(dates: Sequence[tuple[int, WrittenDate | WrittenRange]], latest: date | None) -> Iterator[int]:
    """Yield the places of dates that lie long before the newest.

    A year in two figures may be of either century: one that lies long after all others is of the last. A number before
    a birth may make a range of it (`1 - 02/09/1988`): of ranges the last day is looked at.
    """
    known = [(place, day, written.is_short) for place, written in dates if (day := written.last) is not None]
    sure = [day for _, day, is_short in known if not is_short]
    newest = max((*sure, *([latest] if latest else [])), default=None)
    others = [newest] if newest is not None else [end([day for _, day, _ in known]) for end in (min, max) if known]
    for place, day, is_short in known:
        if any(other - day >= LONG_AGO or (is_short and day - other >= LONG_AGO) for other in others):
            yield place
