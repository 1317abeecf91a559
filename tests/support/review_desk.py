"""A review that runs: its pages on a port of this machine, and a client that is a browser as far as they can tell."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from anonymise.prose.entities import Entity, Span
from anonymise.prose.redaction import Finder
from anonymise.review.doubt import ListedDoubt
from datalab.contract.model import Contract
from ingest.review.opening import open_reading
from ingest.review.reading import Reading
from ingest.review.serve import review_server
from ingest.sealed.agency_key import AgencyKey

HEADER = "patient,nhs_number,surname,born,ward,minutes,note"
NOTE = "Joan was seen with QXMISSED QXSURNAME at home"
WORDS = ("QXMISSED", "QXSURNAME", "Joan", "seen")
"""Of a note: none may stand where only places and counts do."""


def write_notes(path: Path) -> Path:
    """Write twelve rows, each with a note in which one name is found and one is not; return where."""
    rows = [f"P{number},,,01/02/1990,east,5,{NOTE} {number}." for number in range(12)]
    path.write_text("\n".join((HEADER, *rows, "")))
    return path


class FirstNames:
    """Finds `Joan` and no other name.

    Args:
        pattern: where; another one is another version of the rules.
    """

    def __init__(self, pattern: str = "Joan") -> None:
        self._pattern = pattern

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Find it in each text."""
        return [
            tuple(Span(one.start(), one.end(), Entity.PERSON, 0.9) for one in re.finditer(self._pattern, text))
            for text in texts
        ]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a page answered."""

    status: int
    text: str
    headers: Mapping[str, str]


@dataclass(kw_only=True)
class Desk:
    """The pages and who looks at them."""

    reading: Reading
    address: str
    """What the custodian is told to open."""
    cookie: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        """Name and port."""
        return urlsplit(self.address).netloc

    @property
    def home(self) -> str:
        """Path of the list."""
        return urlsplit(self.address).path.partition("open/")[0]

    def ask(
        self, path: str, form: Sequence[tuple[str, str]] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for a page, or send a form, with the headers that a browser adds unless others are given."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        body = None if form is None else urlencode(form)
        sent = {"Cookie": self.cookie, "Host": self.host}
        if body is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        connection.request("GET" if form is None else "POST", path, body, {**sent, **(headers or {})})
        response = connection.getresponse()
        answer = Answer(status=response.status, text=response.read().decode(), headers=dict(response.headers))
        connection.close()
        return answer

    def enter(self) -> Answer:
        """Open the printed address, and keep the cookie."""
        answer = self.ask(urlsplit(self.address).path)
        self.cookie = answer.headers.get("set-cookie", self.cookie).partition(";")[0]
        return answer

    def token(self) -> str:
        """Return the token that forms carry."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.ask(f"{self.home}texts/1").text)
        assert found is not None
        return found.group(1)

    def boxes(self, number: int, *words: str) -> list[tuple[str, str]]:
        """Return the boxes of words of a text, ticked."""
        pieces = self.reading.item(number).pieces
        return [("missed", f"{piece.start}-{piece.end}") for piece in pieces if piece.text in words]

    def save(self, number: int, *boxes: tuple[str, str]) -> Answer:
        """Save what was ticked in a text."""
        return self.ask(f"{self.home}texts/{number}", [("csrf", self.token()), *boxes])


@contextmanager
def review_desk(
    source: Path,
    contract: Contract,
    key: AgencyKey,
    folder: Path,
    *,
    texts: int = 5,
    doubtful: int = 2,
    finder: Finder | None = None,
) -> Iterator[Desk]:
    """Run the pages of a file's review for the length of a block."""
    reading = open_reading(
        source,
        contract=contract,
        texts=texts,
        doubtful=doubtful,
        finder=finder or FirstNames(),
        text_model="none",
        doubt=ListedDoubt(),
        key=key,
        folder=folder,
        clock=lambda: datetime.now(UTC),
    )
    with review_server(reading, port=0) as server:
        desk = Desk(reading=reading, address=server.room.address)

        def run() -> None:
            server.run()
            desk.ended.set()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield desk
        finally:
            while thread.is_alive():  # told before it began, it would not hear
                server.stop()
                thread.join(0.1)
