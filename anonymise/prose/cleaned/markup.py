"""Markup in prose: what is surely an element, a comment or a declaration, and not something between a `<` and a `>`.

Notes say `BP <one hundred ... pulse > 90` and `reported by <mother>`: what is no markup stays, and is searched.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_NAMES: Final = (
    "a abbr acronym area b base basefont bdi bdo blockquote br col colgroup dd del dfn div dl dt em fieldset "
    "figcaption frameset h1 h2 h3 h4 h5 h6 hgroup hr html i iframe img ins kbd li meta nobr noframes noscript ol "
    "optgroup p pre q rect rp rt ruby s samp sub sup tbody td textarea tfoot th thead tr tt u ul var wbr xml"
)
"""Elements of HTML (living standard, 4 and 16.2) that nobody writes between signs by chance."""
_WORDS: Final = (
    "address article aside audio big body button canvas caption center cite code data details dialog dir embed "
    "figure font footer form frame head header input label legend link main map mark menu meter nav object option "
    "output param path picture progress script search section select slot small source span strike strong style "
    "summary svg table template time title track video"
)
"""Elements that are words, and `a`, `i`: they are elements where an attribute or an end of one stands in the text."""
_LETTERS: Final = "a b i p q s u"
_PREFIXED: Final = r"(?:o|m|v|w|x|st1|u1|svg|xsl|xsd?|xsi|soap|soapenv):[a-z][a-z0-9-]{0,30}"
"""Elements of Word, Office, XML Schema and SOAP."""
_BARE: Final = (
    "async|autofocus|autoplay|checked|compact|controls|defer|disabled|hidden|loop|multiple|muted|nohref|noshade|nowrap|"
    "open|readonly|required|reversed|selected"
)
"""Attributes without a value (HTML, 13.1.2.3: empty attribute syntax)."""
_VALUE: Final = r"\\?\"[^\"<]{0,1000}\"|'[^'<]{0,1000}'|[^\s\"'=<>`]{1,300}"
_ATTRIBUTE: Final = rf"\s{{1,50}}(?:[a-z_:@][\w:.-]{{0,40}}\s{{0,5}}=\s{{0,5}}(?:{_VALUE})|(?:{_BARE})\b)"
_END: Final = r"\s{0,50}/?>"
_ANY: Final = "|".join(f"{_NAMES} {_WORDS}".split())
_SURE: Final = "|".join(name for name in _NAMES.split() if name not in _LETTERS.split())
_DOUBTFUL: Final = "|".join(f"{_WORDS} {_LETTERS}".split())
_COMMENT: Final = r"<!--.{0,2000}?-->"
_DECLARED: Final = (
    r"<!doctype\s[^<>]{0,200}>|<\?xml\s[^<>]{0,200}\?>|<!\[(?:if|endif)[^<>\]]{0,60}\](?:--)?>|<!\[CDATA\[|\]\]>"
)
_ENDED = re.compile(rf"</({_DOUBTFUL})\s{{0,50}}>", re.IGNORECASE)
_INLINE = re.compile(
    r"(?:</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|o:p|q|s|samp|small|span|strike|strong|sub|"
    r"sup|tt|u|var|wbr)\b[^<>]*>|<!--.*?-->|<![^<>]*>|\]\]>)+",
    re.DOTALL | re.IGNORECASE,
)
"""Markup that a browser shows nothing of, not even a blank (HTML, 4.5: text-level semantics)."""
_LIKELY: Final = 64
"""Sets of doubtful elements that are kept: notes of one system use the same."""


def without_markup(text: str) -> str:
    """Return a text without its markup: a tag can carry an address in an attribute, so it goes as a whole."""
    if "<" not in text and "]]>" not in text:
        return text
    return _tags(frozenset(name.casefold() for name in _ENDED.findall(text))).sub(_between, text)


@lru_cache(_LIKELY)
def _tags(ended: frozenset[str]) -> re.Pattern[str]:
    """Return what finds runs of markup in a text in which those doubtful elements end."""
    sure = "|".join((_SURE, _PREFIXED, *sorted(ended)))
    return re.compile(
        rf"(?:</(?:{_ANY}|{_PREFIXED})\s{{0,50}}>|<(?:{sure})(?:{_ATTRIBUTE}){{0,40}}{_END}|"
        rf"<(?:{_DOUBTFUL})(?:{_ATTRIBUTE}){{1,40}}{_END}|{_COMMENT}|{_DECLARED})+",
        re.DOTALL | re.IGNORECASE,
    )


def _between(match: re.Match[str]) -> str:
    """Return what a reader sees of tags: nothing inside a word, a blank elsewhere.

    Where a small letter stands before and a capital after, two words were set apart by the tags alone.
    """
    text, start, end = match.string, match.start(), match.end()
    inside = start > 0 and end < len(text) and text[start - 1].isalnum() and text[end].isalnum()
    if not inside or not _INLINE.fullmatch(match.group()):
        return " "
    return " " if text[start - 1].islower() and text[end].isupper() else ""
