"""Ages that few people reach: over 89 (as the Safe Harbor rule of HIPAA, 45 CFR 164.514(b)(2)(i)(C), counts them)."""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import TextPattern

OLD: Final = r"(?:9\d|1[0-2]\d)"
_UNITS_IN_WORDS: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_OLD_IN_WORDS: Final = (
    rf"(?:ninety(?:[\s-]{_UNITS_IN_WORDS})?|(?:one|a)\shundred(?:\sand\s(?:{_UNITS_IN_WORDS}|ten|eleven|twelve))?)"
)
_KIN: Final = (
    r"(?:mother|father|mum|mam|mummy|dad|daddy|brother|sister|partner|wife|husband|uncle|aunt|auntie|nan|nana|nanny|gran|"
    r"granny|grandma|grandmother|grandfather|grandad|granddad|cousin|neighbour|friend|carer|patient|pt|client|resident|"
    r"tenant|caller|lady|gentleman|woman|man|victim|deceased)"
)
_SOMEBODY: Final = rf"\b(?:he|she|who|{_KIN})"
ABOUT: Final = r"(?:(?:now|about|nearly|almost|only|already|just|over|approx\.?|around)\s)?"
GOES_ON: Final = (
    r"(?=\s?(?:$|[.;!?](?!\d)|,(?!\d)|\)|\n)|\s(?:now|and|but|today|already|next|this|lives?|living|with|so|who|in|"
    r"years?|yrs?|y/?o|old|soon|when|having|has)\b(?!\s(?:a\shalf|others?)\b))"
)
"""What stands behind an age, and behind no length or weight."""
_NO_AGE: Final = (
    r"(?<!\b(?:temp(?:erature)?|fever|oven|heat(?:ed)?|flat|room|bed|bay|unit|bus|route|seat|gate|no\.?|number|plot)"
    r"(?:\s(?:is|was|of|at|to))?[\s:=]{1,2})(?<![\w.,/\u00a3$\u20ac-])"
)
_SPAN_OF_TIME: Final = (
    r"(?<!\b(?:for|over|last|past|next|in|of|after|within|than|the|every|about|nearly|almost|some|first)\s)"
    r"(?<![\w.,/-])"
)
AGES: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.AGE,
        regex=rf"\b{OLD}(?=[\s-]?(?:years?|yrs?|yr)[\s-]?(?:old|o\b|of\sage)|\s?-?(?:yo\b|y/o\b|yrs?/o\b|y\.o\.))",
        score=0.7, needs="91", near=("y",),
    ),
    TextPattern(
        entity=Entity.AGE,
        regex=rf"\b(?:age[ds]?|turn(?:ed|ing|s))\b[\s:=(-]{{0,3}}(?:about\s|approx\.?\s)?\K{OLD}\b"
        r"(?!\s?(?:%|days?|weeks?|wks?|months?|mths?|min|hours?|-\d))",
        score=0.7, needs="91", near=("age", "turn"),
    ),
    TextPattern(
        entity=Entity.AGE,
        regex=rf"\b(?:aged?\s|turn(?:ed|ing|s)\s)\K{_OLD_IN_WORDS}\b|"
        rf"\b{_OLD_IN_WORDS}(?=[\s-]years?[\s-](?:old|of\sage))",
        score=0.7, near=("ninety", "hundred"),
    ),
    TextPattern(
        entity=Entity.AGE,
        regex=r"\b(?:9\d|1[0-2]\d)(?:st|nd|rd|th)(?=\sbirthday)|"
        r"\b(?:ninet(?:y-[a-z]{4,7}|ieth)|hundredth)(?=\sbirthday)|"
        r"\b(?:nona|cente)(?:ge)?narians?\b|\bin\s(?:his|her|their)\s\K(?:nineties|90'?s)\b",
        score=0.7, near=("birthday", "narian", "in his", "in her", "in their"),
    ),
    TextPattern(  # `94F`, and no degrees, millions or metres
        entity=Entity.AGE, regex=rf"{_NO_AGE}{OLD}(?=[FM]\b(?!\s\p{{Lu}}\p{{Ll}}+\s(?:Road|Lane|Street|Avenue)\b))",
        score=0.7, any_case=False, shapes=("00A",),
    ),
    TextPattern(
        entity=Entity.AGE, regex=rf"{_SPAN_OF_TIME}{OLD}(?=\s?yrs?\b)", score=0.7, needs="91", near=("yr",),
    ),
    TextPattern(  # `she is 93 now`, `Mum is 97`
        entity=Entity.AGE,
        regex=rf"{_SOMEBODY}(?:['\u2019]s|\sis|\swas|\swill\sbe)\s{ABOUT}\K(?:{OLD}|{_OLD_IN_WORDS}){GOES_ON}",
        score=0.7, near=("he", "who", "mu", "ma", "da", "na", "mother", "sister", "part", "wife", "husband", "uncle",
                         "aunt", "gra", "cousin", "neighbour", "friend", "carer", "p", "client", "resident", "ten",
                         "caller", "lady", "gentleman", "victim", "deceased"),
    ),
    TextPattern(  # `Mum, 91, lives`, `gran (96)`
        entity=Entity.AGE, regex=rf"\b{_KIN}(?:,\s\K{OLD}(?=,\s)|\s\(\K{OLD}(?=\)))", score=0.7, needs="91",
        shapes=(" 00", "(00"),
    ),
)  # fmt: skip
