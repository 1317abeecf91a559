"""JupyterLab's own code and looks, from the host's installation: what a lab opens with is not the sandbox's to answer.

They are the same files that a sandbox mounts read-only. As nobody in it can change what is read here, they say nothing
of the data and are not counted as shown. What is not found here is asked of the sandbox, and counted.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from aiohttp import web

SHARE = Path(sys.prefix, "share", "jupyter")
"""Where JupyterLab is installed beside its Python (JupyterLab's documentation, "application directory")."""
KINDS: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".eot": "application/vnd.ms-fontobject",
}
"""Endings that are answered here; a page is not, for JupyterLab writes its own from a template."""
HASHED = re.compile(r"(^|[./])[0-9a-f]{16,}\.")
"""In a name: the file's content never changes under it."""
DEEPEST = 6


@cache
def installed_files() -> Mapping[str, Path]:
    """Return the host's files by their path below a lab's prefix; symbolic links and odd files are not among them."""
    found = importlib.util.find_spec("jupyter_server")
    folders = {"static/": Path(found.origin).parent / "static"} if found and found.origin else {}
    folders |= {"static/lab/": SHARE / "lab" / "static", "lab/extensions/": SHARE / "labextensions"}
    return {
        prefix + str(path.relative_to(folder)): path for prefix, folder in folders.items() for path in _files(folder)
    }


def answer_installed(request: web.Request, prefix: str) -> web.FileResponse | None:
    """Answer a request from the host's files; None where it asks for none of them.

    Args:
        request: whose path the rules have allowed.
        prefix: the path under which this lab is shown.
    """
    asked = unquote(request.raw_path.partition("?")[0]).removeprefix(prefix)
    path = installed_files().get(asked)
    if path is None or request.method not in ("GET", "HEAD"):
        return None
    kept = "private, max-age=31536000, immutable" if HASHED.search(path.name) else "no-cache"
    return web.FileResponse(path, headers={"Content-Type": KINDS[path.suffix], "Cache-Control": kept})


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # nothing is installed there
    for one in entries:
        if one.is_dir(follow_symlinks=False) and depth < DEEPEST:
            yield from _files(Path(one.path), depth + 1)
        elif one.is_file(follow_symlinks=False) and Path(one.name).suffix in KINDS:
            yield Path(one.path)
