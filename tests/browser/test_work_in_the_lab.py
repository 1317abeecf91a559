"""What a person does in JupyterLab all day, in a real Chromium behind the guard: each does what it always did."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator

import pytest
from browsing import CHROMIUM, PATIENCE
from escapes.browser.sinks import sinks
from escapes.notebook.attempt import NotebookAttempt
from escapes.notebook.labs import Lab, sandboxed
from escapes.notebook.show import lab_frame
from playwright.sync_api import Browser, Frame, Locator, Route
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enclave,
    pytest.mark.skipif(all(map(why_not, MODES)) or not CHROMIUM, reason="needs bubblewrap and Chromium"),
]
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A picture of one pixel."""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
TEXT = "# First heading\n\n[Further notes](notes.ipynb) and [below](#Last-heading)"


def _notebook(*cells: dict[str, object]) -> str:
    made = [{"id": f"c{at}", "metadata": {}, **cell} for at, cell in enumerate(cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": KERNEL, "cells": made})


def _code(source: str, *outputs: dict[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "execution_count": None, "outputs": list(outputs)}


def _said(frame: Frame) -> list[str]:
    """Return the source of each cell from the top."""
    return [text.strip() for text in frame.locator(".jp-Notebook:visible .jp-Cell .cm-content").all_inner_texts()]


WORK = NotebookAttempt(
    name="work",
    files={
        "work.ipynb": _notebook(
            _code("print('o' + 'ne')"),
            _code("two", {"output_type": "display_data", "metadata": {}, "data": {"image/png": DOT}}),
            _code("three"),
            {"cell_type": "markdown", "source": TEXT},
        ),
        "notes.ipynb": _notebook(_code("'notes'")),
    },
    page="lab/tree/work.ipynb",
)


HOW = {
    "element": "<script>ran.push('element')</script>",
    "module": "<script type='module'>ran.push('module')</script>",
    "put in place": "<script>document.body.append(Object.assign(document.createElement('script'), "
    "{text: 'ran.push(`put in place`)'}))</script>",
    "within another": "<script>{const d = document.createElement('div'), s = document.createElement('script'); "
    "s.text = 'ran.push(`within another`)'; d.append(s); document.body.append(d)}</script>",
    "filled later": "<script>{const s = document.body.appendChild(document.createElement('script')); "
    "s.append('ran.push(`filled later`)')}</script>",
    "of a fragment": "<script>document.body.append(document.createRange().createContextualFragment("
    "'<script>ran.push(`of a fragment`)<' + '/script>'))</script>",
    "copied": "<script>{const s = document.createElement('script'); s.text = 'ran.push(`copied`)'; "
    "document.body.append(s.cloneNode(true))}</script>",
    "of a drawing": "<script>{const s = document.createElementNS('http://www.w3.org/2000/svg', 'script'), g = "
    "document.createElementNS('http://www.w3.org/2000/svg', 'svg'); s.textContent = 'ran.push(`of a drawing`)'; "
    "g.append(s); document.body.append(g)}</script>",
    "attribute": "<img src='x:' onerror=\"ran.push('attribute')\">",
    "eval": "<script>eval('ran.push(`eval`)')</script>",
    "machine code": "<script>WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then("
    "() => ran.push('machine code'))</script>",
    "worker": "<script>new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))).onmessage = "
    "() => ran.push('worker')</script>",
}
"""How programs in a cell's output come to run, as libraries that draw do it; each tells its name."""
VEGA = {
    "application/vnd.vega.v5+json": {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "data": [{"name": "t", "values": [{"x": 1}]}],
        "marks": [
            {
                "type": "symbol",
                "from": {"data": "t"},
                "transform": [
                    {
                        "type": "force",
                        "static": True,
                        "forces": [{"force": "collide", "radius": {"$expr": {"code": "(window.ran.push('Vega'), 5)"}}}],
                    }
                ],
            }
        ],
    }
}
"""A chart whose specification brings a program: Vega 5.33 makes one of a parameter that says it is compiled already."""
SHOWS = NotebookAttempt(
    name="shows",
    files={
        "shows.ipynb": _notebook(
            _code(
                "from IPython.display import HTML, Javascript, display\n"
                "display(Javascript('window.ran = [`Javascript`]'))\n"
                f"for one in {list(HOW.values())!r}:\n    display(HTML(one))\n"
                f"display({VEGA!r}, raw=True)\n"
            )
        )
    },
    page="lab/tree/shows.ipynb",
)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Run a JupyterLab in a sandbox, behind its door and in the portal's frame."""
    every = (WORK, SHOWS)
    with sinks([one.slug for one in every]) as listeners, sandboxed(every, listeners) as lab:
        yield lab


@pytest.fixture
def frame(browser: Browser, lab: Lab) -> Iterator[Frame]:
    """Open the notebook, and go from it without saving; which tabs were open is not kept for the next test."""
    with _opened(browser, lab, WORK) as frame:
        frame.wait_for_selector(".jp-RenderedMarkdown h1")
        yield frame


@contextlib.contextmanager
def _opened(browser: Browser, lab: Lab, notebook: NotebookAttempt) -> Iterator[Frame]:
    context = browser.new_context(viewport={"width": 1300, "height": 2500})
    context.route("**/api/workspaces/**", _keep_nothing)
    context.add_cookies(lab.cookies)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(lab.address(notebook.opens), wait_until="commit")
    frame = lab_frame(page)
    frame.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
    yield frame
    context.close()


def _keep_nothing(route: Route) -> None:
    if route.request.method == "PUT":
        route.fulfill(status=204)
    else:
        route.fallback()


def _press(frame: Frame, *keys: str) -> None:
    """Press keys as a person does: JupyterLab and a clipboard heed one before the next."""
    for key in keys:
        frame.page.keyboard.press(key)
        frame.page.wait_for_timeout(300)


def _choose(frame: Frame, at: int) -> None:
    """Choose a cell, outside of its text."""
    _cell(frame, at).locator(".jp-InputPrompt").click()
    assert _until(frame, lambda: "jp-mod-active" in (_cell(frame, at).get_attribute("class") or ""))
    frame.page.wait_for_timeout(300)


def _until(frame: Frame, holds: Callable[[], bool]) -> bool:
    """Wait until something holds, for as long as a slow machine may take."""
    for _ in range(PATIENCE // 250):
        if holds():
            return True
        frame.page.wait_for_timeout(250)
    return False


def _cell(frame: Frame, at: int) -> Locator:
    return frame.locator(".jp-Notebook:visible .jp-Cell").nth(at)


READY = """at => {
  const cell = document.querySelectorAll('.jp-Notebook .jp-Cell')[at];
  return document.hasFocus() && cell.contains(document.activeElement) && cell.matches('.jp-mod-active')
    && cell.closest('.jp-Notebook').matches('.jp-mod-editMode') && !!cell.querySelector('.cm-editor.cm-focused')
    && !!document.querySelector('.lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-current')
    && !!document.querySelector(".jp-Notebook-ExecutionIndicator[data-status='idle']") }"""
SEEN = """() => {
  const text = (of, name) => of.querySelector(name)?.textContent ?? '';
  const shown = cell => [cell.className, text(cell, '.jp-InputPrompt'), text(cell, '.jp-OutputArea')];
  return {
    cells: [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(shown),
    notebook: document.querySelector('.jp-Notebook')?.className,
    focus: [document.hasFocus(), document.activeElement.className],
    tab: text(document, '.lm-TabBar-tab.jp-mod-current'),
    kernel: [document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status,
      text(document, '.jp-KernelName')],
    dialog: text(document, '.jp-Dialog') } }"""


def _write_in(frame: Frame, at: int) -> None:
    """Click into a cell's text, and wait until the page shows that keys go there, and its kernel waits for a cell."""
    _editor(frame, at).click()
    assert _until(frame, lambda: bool(frame.evaluate(READY, at))), _seen(frame)


def _seen(frame: Frame) -> str:
    """Return what the page shows of cells, focus and kernel."""
    return json.dumps(frame.evaluate(SEEN), indent=1)


def _editor(frame: Frame, at: int) -> Locator:
    return _cell(frame, at).locator(".cm-content")


@pytest.mark.parametrize(
    ("key", "cells", "active"), [("Shift+Enter", 4, 1), ("Control+Enter", 4, 0), ("Alt+Enter", 5, 1)]
)
def test_a_cell_is_run_by_the_keys_for_it(frame: Frame, key: str, cells: int, active: int) -> None:
    """A cell runs, and the next one is chosen, or the same, or a new one."""
    _write_in(frame, 0)
    frame.page.keyboard.press(key)

    outputs = _cell(frame, 0).locator(".jp-OutputArea-output")
    assert _until(frame, lambda: "one" in "".join(outputs.all_inner_texts())), _seen(frame)
    assert _until(frame, lambda: frame.locator(".jp-Notebook .jp-Cell").count() == cells), _seen(frame)
    assert _until(frame, lambda: "jp-mod-active" in (_cell(frame, active).get_attribute("class") or "")), _seen(frame)


def _ran(browser: Browser, lab: Lab) -> list[str]:
    """Return which programs of an output ran."""
    with _opened(browser, lab, SHOWS) as frame:
        _write_in(frame, 0)
        frame.page.keyboard.press("Control+Enter")
        assert _until(frame, lambda: _cell(frame, 0).locator(".jp-OutputArea-child").count() > len(HOW)), _seen(frame)
        _until(frame, lambda: len(frame.evaluate("window.ran ?? []")) > len(HOW) + 3)
        frame.page.wait_for_timeout(1_000)
        return sorted(set(frame.evaluate("window.ran ?? []")))


def test_programs_in_an_output_do_not_run(browser: Browser, lab: Lab) -> None:
    """Of what a cell shows as HTML or JavaScript no program runs; the control is a lab whose operator opens that."""
    with sinks([SHOWS.slug]) as listeners, sandboxed((SHOWS,), listeners, programs=True) as opened:
        assert _ran(browser, opened) == sorted(["Javascript", "Vega", *HOW])
    assert _ran(browser, lab) == []


def test_text_is_copied_and_pasted_and_undone(frame: Frame) -> None:
    """Ctrl+A, Ctrl+C and Ctrl+V carry a cell's text to another; Ctrl+X and Ctrl+Z take it away and bring it back."""
    _editor(frame, 1).click()
    _press(frame, "Control+A", "Control+C")
    _editor(frame, 2).click()
    _press(frame, "End", "Control+V")
    assert _until(frame, lambda: _said(frame)[2] == "threetwo")
    _press(frame, "Control+A", "Control+X")
    assert _until(frame, lambda: _said(frame)[2] == "")
    _press(frame, "Control+Z")
    assert _until(frame, lambda: _said(frame)[2] == "threetwo")


def test_text_is_selected_by_the_mouse(frame: Frame) -> None:
    """A double click takes a word, Shift and a click takes what lies between; what is typed stands in its place."""
    _editor(frame, 2).dblclick()
    frame.page.keyboard.type("x")
    assert _until(frame, lambda: _said(frame)[2] == "x")
    _editor(frame, 0).click()
    _press(frame, "Home")
    _editor(frame, 0).click(modifiers=["Shift"])  # its middle, which lies behind the text's end
    frame.page.keyboard.type("y")
    assert _until(frame, lambda: _said(frame)[0] == "y")


def test_cells_are_chosen_together(frame: Frame) -> None:
    """Shift and a click on a cell's margin choose all cells from the one before to it."""
    _choose(frame, 0)
    _cell(frame, 2).locator(".jp-InputPrompt").click(modifiers=["Shift"])

    assert _until(frame, lambda: frame.locator(".jp-Notebook .jp-Cell.jp-mod-selected").count() == 3)


def test_a_cell_is_dragged_to_another_place(frame: Frame) -> None:
    """A cell that is dragged by its margin stands below the one on which it is dropped."""
    begin, end = _cell(frame, 0).locator(".jp-InputPrompt").bounding_box(), _cell(frame, 2).bounding_box()
    assert begin
    assert end
    mouse = frame.page.mouse
    mouse.move(begin["x"] + 20, begin["y"] + 10)
    mouse.down()
    for step in range(1, 11):
        mouse.move(begin["x"] + 20 + step, begin["y"] + 10 + step * (end["y"] + 15 - begin["y"] - 10) / 10)
        frame.page.wait_for_timeout(50)
    mouse.up()

    assert _until(frame, lambda: _said(frame)[0] == "two")
    assert "print('o' + 'ne')" in _said(frame)


@pytest.mark.parametrize("where", [".jp-InputPrompt", ".cm-content", ".jp-OutputArea-output img"])
def test_the_labs_own_menu_opens(frame: Frame, where: str) -> None:
    """The other button opens JupyterLab's own menu, on a picture too, and what it says is done."""
    _choose(frame, 1)
    if "img" in where:
        _cell(frame, 1).locator(where).dispatch_event("contextmenu", {"button": 2, "bubbles": True})
    else:
        _cell(frame, 1).locator(where).click(button="right")
    frame.locator(".lm-Menu-itemLabel:text-is('Copy Cell')").first.click()
    _choose(frame, 1)
    _press(frame, "v")

    assert _until(frame, lambda: _said(frame).count("two") == 2)


def test_cells_are_walked_by_keys(frame: Frame) -> None:
    """Escape leaves a cell's text, arrows go up and down, Enter goes into the text, and B makes a new cell."""
    _editor(frame, 0).click()
    _press(frame, "Escape", "ArrowDown", "ArrowDown", "ArrowUp", "Enter", "End", "s")
    assert _until(frame, lambda: _said(frame)[1] == "twos")
    _press(frame, "Escape", "b")
    assert _until(frame, lambda: frame.locator(".jp-Notebook .jp-Cell").count() == 5)


def test_a_notebook_is_saved_by_its_key(frame: Frame) -> None:
    """Ctrl+S saves the notebook."""
    _editor(frame, 2).click()
    frame.page.keyboard.press("End")
    with frame.page.expect_response(lambda said: said.request.method == "PUT" and "work.ipynb" in said.url) as saved:
        frame.page.keyboard.press("Control+S")

    assert saved.value.status == 200


def test_the_palette_of_commands_opens(frame: Frame) -> None:
    """Ctrl+Shift+C opens the list of all commands, and Enter runs the one that is found."""
    _choose(frame, 0)
    _press(frame, "Control+Shift+C")
    frame.wait_for_selector(".lm-CommandPalette-input:visible:focus")
    frame.page.keyboard.type("insert cell above")
    frame.wait_for_selector(".lm-CommandPalette-item.lm-mod-active:has-text('Insert Cell Above')")
    _press(frame, "Enter")

    assert _until(frame, lambda: frame.locator(".jp-Notebook .jp-Cell").count() == 5)


@pytest.mark.parametrize("by_key", [False, True])
def test_a_link_within_the_lab_leads_there(frame: Frame, by_key: bool) -> None:  # noqa: FBT001
    """A link of a text to another notebook opens it in the lab, clicked or by Enter."""
    link = frame.locator(".jp-RenderedMarkdown a:text-is('Further notes')")
    if by_key:
        link.focus()
        frame.page.keyboard.press("Enter")
    else:
        link.click()

    assert _until(frame, lambda: "'notes'" in _said(frame))


def test_files_are_chosen_and_opened(frame: Frame) -> None:
    """Ctrl and a click choose a further file, and a double click opens one."""
    frame.locator(".jp-DirListing-item:has-text('work.ipynb')").click()
    frame.locator(".jp-DirListing-item:has-text('notes.ipynb')").click(modifiers=["Control"])
    assert _until(frame, lambda: frame.locator(".jp-DirListing-item.jp-mod-selected").count() == 2)
    frame.locator(".jp-DirListing-item:has-text('notes.ipynb')").dblclick()

    assert _until(frame, lambda: "'notes'" in _said(frame))
