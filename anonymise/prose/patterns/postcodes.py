"""Postcodes by the areas that there are: a code of another area has the shape alone, as many tickets and parts do.

With a blank before its inward part it goes whatever its area: nothing but a postcode is written so, or a slip in one.
"""

from __future__ import annotations

from typing import Final

_AREAS: Final = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN "
    "EX FK FY G GL GU GX GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE "
    "NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR "
    "TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_SAMPLE: Final = "WX"
"""Of the sample county, which is nowhere: its extracts are redacted as a real county's are."""
AREAS: Final = frozenset((*_AREAS.split(), _SAMPLE))
"""Letters that postcodes begin with (BS 7666-2), with those of the forces, of banks and of Gibraltar."""


def can_be_postcode(text: str) -> bool:
    """Whether what has the shape of a postcode has a blank in it, or the letters of an area at its head."""
    written = text.upper()
    head = written[: 1 + written[1:2].isalpha()]
    return any(map(str.isspace, text)) or head in AREAS or written.startswith("GIR")
