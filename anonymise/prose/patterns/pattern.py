"""One shape of one kind of identifier, and the look at a text that spares most patterns.

A pattern costs some twenty microseconds a note even where nothing is found, a look for a word a tenth of one. What a
pattern cannot do without is stated beside it; that nothing is lost by it is a property under test.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from string import ascii_letters
from typing import Final, Self

from anonymise.prose.entities import Entity

IS: Final = r"(?:\s?(?:nos?|num(?:ber)?s?|id|ref(?:erence)?s?|codes?|record|mark|is|was|given|as|[:.#=(\-])){0,4}\s?"
"""What stands between the name of a number and the number: `UPRN no. is: `."""
_LETTERS: Final = frozenset(f"{ascii_letters}\u0130\u0131\u017f\u212a")
"""Those of ASCII, and the four that are one of them in another case: dotted and dotless i, long s, Kelvin's sign."""
_BLANKS: Final = {code: " " for code in range(0x3001) if chr(code).isspace()}


def one_of(words: Iterable[str]) -> str:
    """Return a pattern of many words that looks at each first letter once: a long alternation is tried word by word."""
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[0], []).append(word[1:])
    branches = (f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return f"(?:{'|'.join(branches)})"


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a text at a glance."""

    digits: str
    """The text, with a `0` where it has any digit."""
    folded: str
    """Without case, each blank a space."""
    turkish: bool
    """Whether it holds a dotless or a dotted i, which match in any case and fold to something else."""
    shape: str
    """`A` for each letter that `[A-Z]` can match in any case, `0` for each digit, a blank for each blank."""
    squeezed: str
    """The shape without blanks, dots and hyphens."""

    @classmethod
    def at(cls, text: str) -> Self:
        """Look at a text."""
        shape, folded = text.translate(_shapes()), text.casefold().translate(_BLANKS)
        return cls(
            digits=f"{text}0" if "0" in shape else text,
            folded=folded,
            turkish="\u0131" in folded or "i\u0307" in folded,
            shape=shape,
            squeezed=shape.replace(" ", "").replace("-", "").replace(".", ""),
        )


@cache
def _shapes() -> dict[int, str]:
    shapes: dict[int, str] = {}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if character in _LETTERS:
            shapes[code] = "A"
        elif character.isdecimal():
            shapes[code] = "0"
        elif character.isspace():
            shapes[code] = " "
    return shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a text must hold, or a pattern is not tried; of each that is stated, one is enough."""

    characters: str = ""
    """`0` stands for any digit."""
    near: tuple[str, ...] = ()
    """Words in small letters, in any case."""
    shapes: tuple[str, ...] = ()
    """Pieces of the shape."""
    squeezed: tuple[str, ...] = ()
    """Pieces of the squeezed shape."""

    def met_by(self, look: Look) -> bool:
        """Whether a pattern may find something."""
        # `any` over a generator and a function for the loop were tried: both take longer than the rest of the look.
        if self.near and not look.turkish:
            for word in self.near:
                if word in look.folded:
                    break
            else:
                return False
        if self.characters:
            for character in self.characters:
                if character in look.digits:
                    break
            else:
                return False
        if self.shapes:
            for shape in self.shapes:
                if shape in look.shape:
                    break
            else:
                return False
        return not self.squeezed or any(shape in look.squeezed for shape in self.squeezed)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPattern:
    """One shape of one kind of identifier."""

    entity: Entity
    regex: str
    """In the dialect of the `regex` package."""
    score: float
    any_case: bool = True
    needs: str = ""
    """As `Wanted.characters`, and so on."""
    near: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    squeezed: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    """Turns matches away that are something else."""

    @property
    def wanted(self) -> Wanted:
        """What a text must hold."""
        return Wanted(characters=self.needs, near=self.near, shapes=self.shapes, squeezed=self.squeezed)
