"""A researcher's journey in Firefox, driven as a person drives it: by the pointer and by keys."""

from __future__ import annotations

import asyncio
import re

import pytest
from escapes.browser.firefox import FIREFOX, firefox
from firefox_lab import open_lab, open_notebook, run, sign_in, until
from open_house import OpenHouse, programs_there

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not (FIREFOX and programs_there()), reason="needs firefox-esr, bubblewrap and the proxy"),
]
OPEN = "from notebooks.enclave import open_lab; from notebooks.lab import ask; lab = open_lab(); print('opened', 6 * 7)"
ASK = "q = ask('incidents').titled('Asked in Firefox').group_by('area').count_units()"
SPEND = "q = q.spend(rho='1/2', rows_per_unit=1, rows_per_cell=1); print('costs', lab.preview(q).cost)"
SEND = "sent = lab.submit(q); print('state', sent.state, sent.id)"
ROWS = "print('rows', lab.table('incidents').count())"


def test_a_researcher_asks_from_the_lab_in_firefox_and_sees_it_wait(house: OpenHouse) -> None:
    """Sign in, the lab in its frame, cells, Spark on the view, a question through the door, which then waits."""

    async def go() -> tuple[str, str]:
        async with firefox() as browser:
            tab = await sign_in(browser, house, "ann")
            frame = await open_lab(browser, house, tab, "ann")
            await open_notebook(browser, frame)
            await run(browser, frame, OPEN, "opened 42")
            await run(browser, frame, ROWS, "rows 400")
            await run(browser, frame, f"{ASK}; print('asked')", "asked")
            await run(browser, frame, SPEND, "costs")
            said = await run(browser, frame, SEND, "state ")
            match = re.search(r"state answered (\S+)", said)
            assert match, said
            page = await browser.open(f"{house.portal}requests/{match[1]}", wait="complete")
            await until(
                lambda: browser.script(page, "document.body.innerText.includes('Asked in Firefox')"), "the page"
            )
            return said, str(await browser.script(page, "document.querySelector('main').innerText"))

    said, shown = asyncio.run(go())

    assert "costs" in said
    assert "shown to its project once a reviewer approved it" in shown
    assert "95 % intervals" not in shown
