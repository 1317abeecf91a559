"""Posts of social media: texts in which NERs that learnt from prose miss more names, and are asked to lean further."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from anonymise.prose.model.reader import BatchReader, Reader

_POST: Final = re.compile(r"(?<![\w@.])@\w{2,}|(?<![\w&])#[^\W\d]\w{3,}|\bt\.co/|\bRT\b")
"""A handle, a tag (a fracture is written `#NOF` or `# NOF`: three letters and not more), a short link, a retweet."""


def is_post(text: str) -> bool:
    """Whether a text is written as posts are: it names a handle or a tag, or passes another post on."""
    return _POST.search(text) is not None


class ReaderByStyle:
    """Reads posts with one reader and all else with another.

    Args:
        prose: reads what is no post.
        posts: reads posts.
    """

    def __init__(self, prose: Reader, posts: Reader) -> None:
        self._readers = {False: prose, True: posts}

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield what the readers find: first in all that is no post, then in posts.

        Raises:
            ValueError: as the readers.
        """
        styles = [is_post(text) for text in texts]
        for style, reader in self._readers.items():
            chosen = [number for number, is_so in enumerate(styles) if is_so is style]
            for number, start, end, label in reader.read([texts[number] for number in chosen]):
                yield chosen[number], start, end, label


def by_style(reader: Reader, lean: Mapping[str, float]) -> Reader:
    """Return a reader that leans as one does in prose, and as stated in posts; one that cannot lean is left as it is.

    Args:
        reader: reads prose.
        lean: how far to lean towards each label in posts, in log odds.
    """
    return ReaderByStyle(reader, reader.leaning(lean)) if isinstance(reader, BatchReader) else reader
