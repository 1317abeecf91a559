"""What a browser may save: notebooks, and text as an editor saves it; files come in by the portal, which checks them.

JupyterLab's own upload sends bytes (base64) or parts (`chunk`) to the same address as its editor. The body is read here
as Jupyter's server reads it, and an object with the same key twice is refused, so that both see the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import unquote

from infra.enclave.door.paths import BY_THE_PORTAL, TEXT

LONGEST_TEXT = 1 << 20
"""Bytes of a text file; code that a person writes is far shorter."""
KEYS = frozenset(
    {
        *("name", "path", "type", "format", "content", "ext", "copy_from", "mimetype", "writable", "created"),
        *("last_modified", "size", "hash", "hash_algorithm"),
    }
)
"""Of a model in Jupyter's contents interface; `chunk`, a part of an upload, is not among them."""
NO_ENDING = "none"
"""What is said of a name such as `Makefile` or `.gitignore`; its content is judged as every text's is."""
SHORT = 16
"""Characters of an ending that a new file is asked for with."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was judged, in words for the log and for the researcher."""

    reason: str = ""
    """Why it may not be saved; empty: it may."""
    ending: str = ""
    """Of the file whose content is saved; empty where there is no content."""


class _TwiceError(ValueError):
    """A key stands twice in an object."""


def judge_saved(method: str, target: str, body: bytes) -> Saved:  # noqa: PLR0911 - one line a rule
    """Judge the body of a POST, PUT or PATCH of the contents interface.

    Args:
        method: of the request.
        target: path and query as they came; `judge` of the paths has allowed them.
        body: all of it.
    """
    if not body.strip():
        return Saved()  # a new file, or a checkpoint
    try:
        model = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return Saved(f"what was sent is not written as an editor writes it; {BY_THE_PORTAL}")
    if not isinstance(model, dict) or not KEYS.issuperset(model):
        return Saved(f"only notebooks and text can be saved here; {BY_THE_PORTAL}")
    if model.get("format") not in (None, "text", "json"):
        return Saved(f"only text can be saved here; {BY_THE_PORTAL}")
    ending = str(model.get("ext") or ".txt")
    if len(ending) > SHORT or not ending.lower().endswith(TEXT):
        return Saved(f"only text files can be made here ({', '.join(TEXT[:6])}, ...); {BY_THE_PORTAL}")
    if model.get("content") is None:
        return Saved()
    inside = unquote(target.partition("?")[0]).partition("/api/contents/")[2]
    name = inside.rpartition("/")[2].lower()
    return _judge_content(method, name, model)


def _judge_content(method: str, name: str, model: dict[str, object]) -> Saved:  # noqa: PLR0911 - as above
    ending = next((one for one in TEXT if name.endswith(one)), "")
    if name.strip(".") and "." not in name.lstrip("."):
        ending = NO_ENDING
    content, kind, form = model["content"], model.get("type"), model.get("format")
    if method != "PUT" or not ending:
        return Saved(f"only notebooks and text files can be saved ({', '.join(TEXT[:6])}, ...); {BY_THE_PORTAL}")
    if kind == "notebook" and form == "json" and isinstance(content, dict) and ending == ".ipynb":
        return Saved(ending=ending)
    if kind != "file" or form != "text" or not isinstance(content, str):
        return Saved(f"only notebooks and text can be saved here; {BY_THE_PORTAL}")
    try:
        size = len(content.encode("utf-8"))
    except UnicodeEncodeError:
        return Saved(f"this is no text; {BY_THE_PORTAL}")
    if "\0" in content:
        return Saved(f"this is no text; {BY_THE_PORTAL}")
    if size > LONGEST_TEXT:
        return Saved(f"a text file may hold {LONGEST_TEXT >> 20} MiB; {BY_THE_PORTAL}")
    return Saved(ending=ending)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _TwiceError
    return values


def _no_number(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259, 6)
