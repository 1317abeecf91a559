"""What leads a page elsewhere without a click: its tags pass as comments.

A link of the page's head opens a connection ahead as it is read, to a name that tells whatever one likes: Firefox sends
it in the clear (RFC 6066, 3), and obeys no header that closes that. A page goes elsewhere by `meta`, each of its links
by `base`, and a link's address changes by `animate` and `set`, which the guard does not see. JupyterLab's pages need
none of these: their icons and the width of a screen are lost, which a frame does not show. A `<!` that begins no
declaration is a comment up to the next `>` (HTML, 13.2.5.42).
"""

from __future__ import annotations

import re

from infra.enclave.door.page.exchange import Exchange

LONGEST = b"<animate"
_TAG = re.compile(rb"<(?=(?:link|meta|base|animate|set)[\t\n\f\r />])", re.IGNORECASE)


class StillPage(Exchange):
    """A page that passes piece by piece."""

    def __init__(self) -> None:
        super().__init__(_TAG, b"<!", longest=len(LONGEST) + 1)
