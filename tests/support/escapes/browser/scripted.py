"""Programs that a page of the sandbox's server, or an output of a notebook, brings along: each says that it ran."""

from __future__ import annotations

from escapes.browser.page import PageAttempt as Page

RAN = "window.ran === true"
"""Asks a page whether a program of its own ran."""
_RUN = "window.ran = true"
_OVER = 'style="position:fixed;inset:0;display:block;z-index:10"'


def _of(name: str, body: str) -> Page:
    return Page(name=f"a program {name}", body=body)


SCRIPTED = (
    _of("of an element", f"<script>{_RUN}</script>"),
    _of("of an element that guesses a word", f"<script nonce=datalab>{_RUN}</script>"),
    _of("of a module", f"<script type=module>{_RUN}</script>"),
    _of("of a module that brings another", f"<script type=module>import 'data:text/javascript,{_RUN}'</script>"),
    _of("of an address with its text", f'<script src="data:text/javascript,{_RUN}"></script>'),
    _of("of a drawing", f"<svg><script>{_RUN}</script></svg>"),
    _of("of a picture that fails", f'<img src="x:" onerror="{_RUN}">'),
    _of("of a drawing that comes", f'<svg onload="{_RUN}"></svg>'),
    _of("of a style that comes", f'<style onload="{_RUN}">a{{}}</style>'),
    _of("of details that open", f'<details open ontoggle="{_RUN}"><summary>a</summary>b</details>'),
    _of("of a movement that begins",
        f"<style>@keyframes k{{}}</style><b style='animation:k 1s' onanimationstart='{_RUN}'>a</b>"),
    _of("of a field that has the focus", f'<input autofocus onfocus="{_RUN}">'),
    _of("of a link that is clicked", f'<a {_OVER} href="javascript:void({_RUN})">a</a>'),
    _of("of a drawing's link that is clicked",
        f'<svg {_OVER} width="900" height="600"><a href="javascript:void({_RUN})"><rect width="900" height="600"/></a>'
        "</svg>"),
    _of("of a form that is sent", f'<form action="javascript:void({_RUN})"><button {_OVER}>a</button></form>'),
    _of("of a button that is clicked", f'<button {_OVER} onclick="{_RUN}">a</button>'),
    _of("of a frame with its text", '<iframe srcdoc="<script>parent.ran = true</script>"></iframe>'),
)  # fmt: skip
