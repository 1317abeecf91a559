"""Attempts of a page in the lab to carry something away by the browser that shows it."""

from __future__ import annotations

from escapes.browser.calls import CALLS
from escapes.browser.elements import ELEMENTS
from escapes.browser.page import PageAttempt
from escapes.browser.programs import PROGRAMS
from escapes.browser.ways import WAYS

PAGES: tuple[PageAttempt, ...] = (*WAYS, *PROGRAMS, *CALLS, *ELEMENTS)
