"""Elements and styles that make a browser ask for something by themselves."""

from __future__ import annotations

from escapes.browser.page import PageAttempt as Page


def _style(rule: str) -> str:
    return f"<style>{rule}</style>"


ELEMENTS = (
    Page(name="a picture", body='<img src="@SINK@/i">', decisive=True),
    Page(name="a picture of several sizes", body='<img srcset="@SINK@/i 1x">'),
    Page(name="a picture by its source", body='<picture><source srcset="@SINK@/i"><img></picture>'),
    Page(name="an input's picture", body='<input type="image" src="@SINK@/i">'),
    Page(name="a table's picture", body='<table background="@SINK@/i"><tr><td>x</table>'),
    Page(name="a film", body='<video src="@SINK@/v" preload="auto"></video>'),
    Page(name="a film's poster", body='<video poster="@SINK@/p"></video>'),
    Page(name="a sound", body='<audio src="@SINK@/a" preload="auto"></audio>'),
    Page(name="a style sheet", head='<link rel="stylesheet" href="@SINK@/c.css">', decisive=True),
    Page(name="a style sheet by import", head=_style("@import url(@SINK@/c.css);")),
    Page(name="a background", head=_style("body{background:url(@SINK@/b)}"), decisive=True),
    Page(name="a background of a set", head=_style("body{background:image-set('@SINK@/b' 1x)}")),
    Page(name="a background of an attribute", head=_style("button[id^='g']{background:url(@SINK@/b)}")),
    Page(name="a border", head=_style("button{border:9px solid;border-image:url(@SINK@/b) 9}")),
    Page(name="a list's mark", body='<ul style="list-style:url(@SINK@/l)"><li>x</ul>'),
    Page(name="content before", head=_style("button::before{content:url(@SINK@/c)}")),
    Page(name="a mask", head=_style("button{-webkit-mask:url(@SINK@/m);mask-image:url(@SINK@/m)}")),
    Page(
        name="a font", head=_style("@font-face{font-family:x;src:url(@SINK@/f.woff2)}*{font-family:x}"), decisive=True
    ),
    Page(name="a preload", head='<link rel="preload" as="image" href="@SINK@/p">', decisive=True),
    Page(name="a prefetch", head='<link rel="prefetch" href="@SINK@/p">', decisive=True),
    Page(name="a module ahead", head='<link rel="modulepreload" href="@SINK@/m.js">'),
    Page(
        name="a rule to prefetch",
        alone=True,
        head='<script type="speculationrules">{"prefetch":[{"source":"list","urls":["@SINK@/s"]}]}</script>',
        chromium_only=True,
    ),
    Page(name="a picture in a drawing", body='<svg><image href="@SINK@/i" width="9" height="9"/></svg>', decisive=True),
    Page(
        name="a picture in a drawing's filter",
        body='<svg><filter id="f"><feImage href="@SINK@/i"/></filter><rect width="9" height="9" filter="url(#f)"/></svg>',  # noqa: E501 - a page as one text
    ),
    Page(name="a script that says the door's word", body='<script nonce="datalab" src="@SINK@/s.js"></script>'),
    Page(name="a script that leaves the word to the door", body='<script src="@SINK@/s.js"></script>', decisive=True),
    Page(name="a script of a drawing elsewhere", body='<svg><script href="@SINK@/s.js"></script></svg>'),
)
