"""What a person sees where a door stays closed: what happened, why, and what to do."""

from __future__ import annotations

from html import escape

from aiohttp import web

NOTE = "Closed by the data lab: what leaves is a question and its reviewed answer."
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; margin: 2em; max-width: 40em"><h1>{title}</h1>{paragraphs}</body></html>"""


def refuse(request: web.Request, reason: str, *, status: int = 403, retry_after: int = 0) -> web.Response:
    """Return a refusal, as a page for a browser that asked for one, and as JSON for a program."""
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    sentence = reason[:1].upper() + reason[1:].rstrip(".") + "."
    if "text/html" in request.headers.get("Accept", ""):
        return page("This is closed", sentence, NOTE, status=status, headers=headers)
    return web.json_response({"message": f"{sentence} {NOTE}", "reason": reason}, status=status, headers=headers)


def page(title: str, *paragraphs: str, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """Return a page of text."""
    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs if one)
    return web.Response(
        text=PAGE.format(title=escape(title), paragraphs=body), content_type="text/html", status=status, headers=headers
    )
