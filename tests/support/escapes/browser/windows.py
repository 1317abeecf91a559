"""Windows without the guard: of frames that come in by another way than those that put one element into another.

A frame's window stands as soon as the frame is in the page, and the program that put it there goes on before any
observer is told. A page that had such a window would have from it all that the guard took away.
"""

from __future__ import annotations

from escapes.browser.page import PageAttempt as Page

TAKEN = "window.taken === 'function'"
"""Asks a page whether it had a window in which there are calls."""
_HEAD = "<script>window.take = fresh => { window.taken ??= typeof fresh.RTCPeerConnection }</script>"
_FIRST = "take(window[0])"
_ANY = "if (window[0]) take(window[0])"
_OWN = "const own = document.body.appendChild(document.createElement('select')); "
_KEPT = '<template id="t"><option><iframe></iframe></option></template>'
_TEXT = '<iframe srcdoc="x"></iframe>'
_CONTENT = "document.getElementById('t').content"
_CHOICE = f"document.importNode({_CONTENT}, true).firstChild"
_XHTML = "http://www.w3.org/1999/xhtml"
_XSL = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns="@XHTML@"><xsl:output '
    'method="html"/><xsl:template match="/"><option><xsl:element name="iframe" namespace="@XHTML@"/></option>'
    "</xsl:template></xsl:stylesheet>"
).replace("@XHTML@", _XHTML)
_TRANSFORM = (
    f"const p = new XSLTProcessor(); p.importStylesheet(new DOMParser().parseFromString(`{_XSL}`, 'text/xml')); "
    "const d = new DOMParser().parseFromString('<a/>', 'text/xml'); "
)
_ASK = (
    "const x = new XMLHttpRequest(); x.open('GET', location.pathname); x.responseType = 'document'; x.send(); "
    "await new Promise(r => { x.onload = r }); "
)
_XML = f"const d = document.implementation.createDocument('{_XHTML}', 'div'), e = d.documentElement; "
_BESIDE = f"{_XML} e.append(d.createElementNS('{_XHTML}', 'b')); "
_PREFIXED = f'<option xmlns="{_XHTML}"><x:iframe xmlns:x="{_XHTML}"/></option>'
_AWAY = "const d = document.implementation.createHTMLDocument(); d.body.append(d.createElement('iframe')); "
_CELL = "const t = document.createElement('table'), f = document.createElement('iframe'); "
_PUT = "t.insertRow().insertCell().append(f); document.body.append(t); "


_TAKE_OUT = "<script>window.o = document.getElementById('o'); document.getElementById('{}').remove()</script>"
_BY_WATCH = (
    "<script>const w = setInterval(() => { const t = document.getElementById('t'); if (t?.content.firstChild) { "
    "window.o ??= t.content.firstChild; clearInterval(w) } }, 0)</script>"
)


def _of(name: str, click: str = "", *, head: str = "", body: str = "") -> Page:
    return Page(name=f"a window {name}", head=_HEAD + head, body=body, click=click)


def _chosen(name: str, taken: str, body: str = _KEPT, *, first: str = "", by: str = "own[0]") -> Page:
    return _of(name, f"{_OWN} {first} {by} = {taken}; {_FIRST}", body=body)


def _frame(attributes: str) -> str:
    return _KEPT.replace("<iframe", f"<iframe {attributes}")


def _kind(body: str, rest: str, of: str = "HTMLElement", more: str = "") -> dict[str, str]:
    return {
        "head": f"<script>customElements.define('x-y', class extends {of} {{ {rest} }}{more})</script>",
        "body": body,
    }


def _framed(attributes: str) -> dict[str, str]:
    body = f'<iframe is="x-y" {attributes}></iframe>'
    return _kind(body, f"connectedCallback() {{ {_FIRST} }}", "HTMLIFrameElement", ", {extends: 'iframe'}")


def _heard(*names: str, by: str = "document") -> str:
    return f"<script>for (const n of {list(names)}) {by}.addEventListener(n, () => {{ {_ANY} }}, true)</script>"


CHOICES = (
    _chosen("of a template by an option's number", _CHOICE, by="own.options[0]"),
    _chosen("of a template by a choice's number", _CHOICE),
    _chosen("of a template with a text", _CHOICE, _frame('srcdoc="x"')),
    _chosen("of a template that waits", _CHOICE, _frame('loading="lazy" src="about:blank#1"')),
    _chosen("of a template that leads elsewhere", _CHOICE, _frame('src="data:,x"')),
    _chosen("of a template that is not copied", f"{_CONTENT}.firstChild"),
    _chosen("of a template in a template", f"{_CHOICE}.content.firstChild", f'<template id="t">{_KEPT}</template>'),
    _chosen("of a template that was read apart", "d.getElementById('t').content.firstChild", "",
            first=f"const d = new DOMParser().parseFromString(`{_KEPT}`, 'text/html');"),
    _chosen("of a page that was asked for", "x.response.getElementById('o')",
            '<option id="o"><iframe></iframe></option>', first=_ASK),
    _chosen("of a page that was asked for by its older name", "x.responseXML.getElementById('o')",
            '<option id="o"><iframe></iframe></option>', first=_ASK),
    _chosen("of a part that was transformed", "p.transformToFragment(d, document).querySelector('option')", first=_TRANSFORM),  # noqa: E501 - a page as one text
    _chosen("of a page that was transformed", "p.transformToDocument(d).querySelector('option')", first=_TRANSFORM),
    _chosen("of XML by a name for its kind", "e.firstChild", first=f"{_XML} e.innerHTML = `{_PREFIXED}`;"),
    _chosen("of XML that a range reads", f"r.createContextualFragment(`{_PREFIXED}`).firstChild",
            first=f"{_XML} const r = d.createRange(); r.selectNode(e);"),
    _chosen("of XML beside an element", "e.lastChild",
            first=f"{_BESIDE} e.firstChild.insertAdjacentHTML('afterend', `{_PREFIXED}`);"),
    _chosen("of XML in the place of an element", "e.lastChild", first=f"{_BESIDE} e.firstChild.outerHTML = `{_PREFIXED}`;"),  # noqa: E501 - a page as one text
    _of("that is asked for by its name", f"{_OWN} own[0] = {_CHOICE}; take(window['fresh'])", body=_frame('name="fresh"')),  # noqa: E501 - a page as one text
    _of("after a text that put it there", f"{_OWN} const h = document.createElement('div'); h.append(own); document.body."  # noqa: E501 - a page as one text
        f"append(h, {{toString() {{ own[0] = {_CHOICE}; return '' }} }}); {_FIRST}", body=_KEPT),
)  # fmt: skip
"""By the number of a choice in a list, which is no function's: nothing stands before it."""
HELD = (
    _chosen("of a choice that was taken out", "window.o", f'<option id="o">x{_TAKE_OUT.format("o")}<iframe></iframe></option>'),  # noqa: E501 - a page as one text
    _chosen("of a choice that was taken out, with a text", "window.o", f'<option id="o">x{_TAKE_OUT.format("o")}{_TEXT}</option>'),  # noqa: E501 - a page as one text
    _chosen("of a choice that was taken out, in capitals", "window.o", f'<option id="o">x{_TAKE_OUT.format("o")}<IFRAME></IFRAME></option>'),  # noqa: E501 - a page as one text
    _chosen("of a choice that was taken out and copied", "document.importNode(window.o, true)",
            f'<option id="o">x{_TAKE_OUT.format("o")}<iframe></iframe></option>'),
    _chosen("of a choice in what was taken out", "window.o",
            f'<div id="d"><option id="o">x{_TAKE_OUT.format("d")}<iframe></iframe></option></div>'),
    _of("of a choice that was taken out and put back as the page is read",
        body=f'<option id="o">x{_TAKE_OUT.format("o")}{_TEXT}</option><select id="s"></select>'
        f"<script>document.getElementById('s')[0] = window.o; {_FIRST}</script>"),
    _chosen("of a template that was held as it was read", f"document.importNode(window.o ?? {_CONTENT}.firstChild, true)",  # noqa: E501 - a page as one text
            f'{_BY_WATCH}<template id="t"><option>{"<b></b>" * 20_000}<iframe></iframe></option></template>'),
)  # fmt: skip
"""Of what a program held, apart from the page, while the reader still filled it."""
NODES = (
    _of("of a template as it stands", f"document.body.append({_CONTENT}); {_FIRST}", body=_KEPT),
    _of("of a document of its own", "const d = document.implementation.createDocument("
        f"'{_XHTML}', 'iframe'); document.body.append(d.documentElement); {_FIRST}"),
    _of("of a document, adopted", f"{_AWAY} document.body.append(document.adoptNode(d.body)); {_FIRST}"),
    _of("of a document, copied", f"{_AWAY} document.body.append(document.importNode(d.body, true)); {_FIRST}"),
    _of("of a document, taken out by a range", f"{_AWAY} const r = d.createRange(); r.selectNodeContents(d.body); "
        f"document.body.append(r.extractContents()); {_FIRST}"),
    _of("of a document, copied by a range", f"{_AWAY} const r = d.createRange(); r.selectNodeContents(d.body); "
        f"document.body.append(r.cloneContents()); {_FIRST}"),
    _of("of a document, put beside", f"{_AWAY} document.body.insertAdjacentElement('beforeend', d.body.firstChild); {_FIRST}"),  # noqa: E501 - a page as one text
    _chosen("of a tree of its own that a choice is put around", "o", "",
            first=f"const d = document.implementation.createDocument('{_XHTML}', 'iframe'), "
            f"r = document.createRange(), o = document.createElementNS('{_XHTML}', 'option'); "
            "r.selectNodeContents(d); r.surroundContents(o);"),
    _chosen("of a tree that a choice is put around", "o", "",
            first="const d = document.implementation.createHTMLDocument(), r = document.createRange(), "
            "o = d.createElement('option'); d.body.append(d.createElement('iframe')); r.selectNodeContents(d.body); "
            "r.surroundContents(o);"),
    _of("of a name for its kind", f"const f = document.createElementNS('{_XHTML}', 'x:iframe'); "
        f"document.body.insertAdjacentElement('beforeend', f); {_FIRST}"),
    _of("of a cell", f"{_CELL} {_PUT} {_FIRST}"),
    _of("of a cell, with a text", f"{_CELL} f.srcdoc = 'x'; {_PUT} {_FIRST}"),
)  # fmt: skip
"""Of another document, or by another program, and put in place by one that the guard stands before."""
READ = (
    _of("of the page's own kind", **_framed("")),
    _of("of the page's own kind with a text", **_framed('srcdoc="x"')),
    _of("of the page's own kind that waits", **_framed('loading="lazy" src="about:blank#1"')),
    _of("of the page's own kind that leads elsewhere", **_framed('src="data:,x"')),
    _of("before an element of the page's own",
        **_kind(f"{_TEXT}<x-y></x-y>", f"constructor() {{ super(); {_ANY} }} connectedCallback() {{ {_ANY} }}")),
    _of("before an element that the reader moves",
        **_kind(f"<b><p>{_TEXT}<x-y></x-y></b>", f"connectedCallback() {{ {_ANY} }}")),
    _of("before a body that is named again", head="<script>customElements.define('x-b', class extends HTMLBodyElement { "  # noqa: E501 - a page as one text
        f"static observedAttributes = ['a']; attributeChangedCallback() {{ {_FIRST} }} }}, {{extends: 'body'}})</script>"  # noqa: E501 - a page as one text
        '</head><body is="x-b">', body=f'{_TEXT}<body a="1">'),
    _of("as an observer is told", head="<script>new MutationObserver(() => { if (window[0]) take(window[0]) }).observe("
        "document, {childList: true, subtree: true})</script>", body=_TEXT),
    _of("as the page's end is read", head=_heard("readystatechange"), body=_TEXT),
    _of("as the page is read", head=_heard("DOMContentLoaded"), body=_TEXT),
    _of("as a style comes", body=f'{_TEXT}<style onload="{_FIRST}">a{{}}</style>'),
    _of("as a drawing comes", body=f'{_TEXT}<svg onload="{_FIRST}"></svg>'),
    _of("as the focus is set", head=_heard("focus", "focusin", by="window"), body=f"<input autofocus>{_TEXT}"),
)  # fmt: skip
"""Of the page as it is read, and heard of by one of its own programs before the guard is told."""
WINDOWS = (*CHOICES, *HELD, *NODES, *READ)
