"""What may come in, by name and by content."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import socket
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from datalab.errors import UploadError
from datalab.intake import parquet as reading
from datalab.intake.content import admit
from datalab.intake.names import kind_of_name
from datalab.intake.text import MARKUP


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../bomb", bytes(1 << 20))
    return made.getvalue()


def _tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    return made.getvalue()


SHADOW = Path("/etc/shadow")


def _parquet(rows: int = 3) -> bytes:
    made = io.BytesIO()
    parquet.write_table(pa.table({"n": list(range(rows))}), made)
    return made.getvalue()


def _notebook(**cell: object) -> bytes:
    one = {"cell_type": "code", "source": "1 + 1", "metadata": {"trusted": True}, "outputs": [], "execution_count": 3}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [one | cell]}).encode()


TAKEN = {
    "clean.py": b"#!/usr/bin/env python3\nimport pandas as pd\nprint('<script>')\n",
    "model.R": b"library(DBI)\nx <- 1\n",
    "q.sql": b"SELECT 1;\n",
    "shiny.md": b"In R `plot(onclick = f)`, only = 1, x <- 1, and <b>online</b> = so.",
    "notes.md": "# Notes\n\nCafé: 5 < 6.\n".encode(),
    "a b.txt": b"PK is my friend. MZ too.\n",
    "codes.csv": b'code,name\nE01,North\nE02,"South, far"\n',
    "codes.tsv": b"code\tname\nE01\tNorth\n",
    "excel.csv": b"\xef\xbb\xbfa,b\r\n1,2\r\n",
    "map.json": b'{"type": "FeatureCollection", "features": []}',
    "look.ipynb": _notebook(),
    "lookup.parquet": _parquet(),
    "MZ.txt": b"MZ is a marque of motorcycles.",
}

REFUSED = {
    "archive.zip": (_zip(), "archive"),
    "archive.csv": (_zip(), "ZIP"),
    "archive.txt": (gzip.compress(b"x"), "gzip"),
    "archive.md": (_tar(), "tar"),
    "program": (b"\x7fELF\x02\x01", "ending"),
    "program.py": (b"\x7fELF\x02\x01\x01", "program"),
    "windows.txt": (b"MZ\x90\x00\x03\x00", "program"),
    "run.sh": (b"echo\n", "program"),
    "model.pkl": (pickle.dumps([1]), "pickle"),
    "model.txt": (pickle.dumps(print, protocol=4), "pickle"),
    "old.txt": (pickle.dumps(print, protocol=0), "pickle"),
    "page.html": (b"<p>", "browser"),
    "page.txt": (b"\n <!-- x --> <!DOCTYPE html><script>", "page"),
    "page.csv": (b"<html>,\n", "page"),
    "picture.md": (b"<svg onload=alert(1)>", "page"),
    "active.md": (b'# Hi\n\n<img src=x onerror="alert(1)">', "browser would run"),
    "link.md": (b"[x](javascript:alert(1))", "browser would run"),
    "bare.md": (b"# Hi\n\n<img src=x onerror=alert(1)>", "browser would run"),
    "slashes.md": (b"Hi <img/src=x/onerror=alert(1)>", "browser would run"),
    "sign.md": (b"Hi <img alt='>' src=x onerror=alert(1)>", "browser would run"),
    "details.md": (b"Hi\n<details open ontoggle=alert(1)>x</details>", "browser would run"),
    "moved.md": (b"Hi\n<b style=animation-name:x onanimationstart = alert(1)>", "browser would run"),
    "inner.md": (b"Hi\n\n<p><svg><animate onbegin=alert(1) attributeName=x>", "browser would run"),
    "math.md": (b"Hi\n\n<math><mtext>x</mtext></math>", "browser would run"),
    "style.md": (b"Hi\n\n<style>@import url(//x.example)</style>", "browser would run"),
    "auto.md": (b"See <javascript:alert(1)>", "browser would run"),
    "defined.md": (b"[x][y]\n\n[y]: JavaScript:alert(1)", "browser would run"),
    "entity.md": (b"[x](java&#115;cript&colon;alert(1))", "browser would run"),
    "parted.md": (b"<a href='java\nscript:alert(1)'>x</a>", "browser would run"),
    "escaped.md": (b"[x](javascript\\:alert(1))", "browser would run"),
    "data.md": (b"[x](data:text/html;base64,PHNjcmlwdD4=)", "browser would run"),
    "other.md": (b"[x](vbscript:x)", "browser would run"),
    "button.md": (b"Hi <button formaction=//x.example>x</button>", "browser would run"),
    "text.md": (b"Hi <p srcdoc='x'>", "browser would run"),
    "code.js": (b"alert(1)", "browser"),
    "sheet.xlsx": (_zip(), "macros"),
    "latin.csv": ("a,b\ncafé,1\n".encode("latin-1"), "UTF-8"),
    "wide.txt": ("text".encode("utf-16"), "UTF-8"),
    "nul.txt": (b"a\x00b", "plain text"),
    "escape.txt": (b"\x1b[2J", "plain text"),
    "trojan.py": ("x = 1 # \u202e }".encode(), "direction"),
    "shell.py": (b"#!/bin/sh\nrm -rf /\n", "another kind"),
    "ragged.csv": (b"a,b\n1\n", "table"),
    "open.csv": (b'a,b\n"1,2\n', "table"),
    "wrong.json": (b"{'a': 1}", "JSON"),
    "deep.json": (b"[" * 100_000 + b"]" * 100_000, "JSON"),
    "deeper.json": (b"[" * 80 + b"]" * 80, "JSON"),
    "three.ipynb": (b'{"nbformat": 3, "worksheets": []}', "format 4"),
    "odd.ipynb": (_notebook(cell_type="widget"), "no cell"),
    "live.ipynb": (_notebook(cell_type="markdown", source="<script>fetch('x')</script>"), "browser would run"),
    "bare.ipynb": (_notebook(cell_type="markdown", source="<img src=x onerror=alert(1)>"), "browser would run"),
    "not.parquet": (b"PAR1 but not really PAR1", "Parquet"),
    "cut.parquet": (_parquet()[:-4], "Parquet"),
    "empty.csv": (b"", "empty"),
    "../up.py": (b"1", "name"),
    ".hidden.py": (b"1", "name"),
    "a\nb.py": (b"1", "name"),
    "x" * 120 + ".py": (b"1", "name"),
    "noending": (b"1", "ending"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_research_needs_comes_in(name: str, tmp_path: Path) -> None:
    """Code, text, tables, notebooks and Parquet come in."""
    file = tmp_path / "content"
    file.write_bytes(TAKEN[name])

    assert admit(file, name)[0] == kind_of_name(name)


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_do_harm_does_not_come_in(name: str, tmp_path: Path) -> None:
    """A refusal says which rule is broken, whatever the name says, and quotes nothing of the file."""
    content, why = REFUSED[name]
    file = tmp_path / "content"
    file.write_bytes(content)

    with pytest.raises(UploadError, match=why) as refusal:
        admit(file, name)
    assert "café" not in str(refusal.value)


def test_a_notebook_comes_in_without_what_it_showed(tmp_path: Path) -> None:
    """Outputs, counts, attachments and settings are taken out; sources stay."""
    shown = {"output_type": "display_data", "data": {"text/html": "<script>steal()</script>"}, "metadata": {}}
    file = tmp_path / "content"
    file.write_bytes(_notebook(outputs=[shown], attachments={"a.png": {"image/png": "aGk="}}))

    _, instead = admit(file, "look.ipynb")

    assert instead is not None
    assert b"steal" not in instead
    assert b"aGk=" not in instead
    (cell,) = json.loads(instead)["cells"]
    assert cell == {
        "id": "cell-0",
        "cell_type": "code",
        "metadata": {},
        "source": "1 + 1",
        "outputs": [],
        "execution_count": None,
    }


def test_who_reads_a_strangers_parquet_has_none_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that parses the file is told none of the service's variables, its token among them."""
    file = tmp_path / "a.parquet"
    file.write_bytes(_parquet())
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token")
    program, told = tmp_path / "python", tmp_path / "told"
    program.write_text(f'#!/bin/sh\n/usr/bin/env > {told}\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(reading.sys, "executable", str(program))

    assert admit(file, file.name)[0] == "parquet"

    names = {line.partition("=")[0] for line in told.read_text().splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PYTHONPATH", "LANG", "OMP_NUM_THREADS"}  # those are the shell's


def test_parquet_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file whose rows are many times its size is counted as it unpacks, whatever its footer says."""
    file = tmp_path / "bomb.parquet"
    parquet.write_table(pa.table({"n": pa.array([0] * 2_000_000, pa.int64())}), file)
    assert file.stat().st_size < 100_000

    assert reading.read(file) == 0
    monkeypatch.setattr(reading, "MOST", 4 << 20)
    assert reading.read(file) == reading.TOO_MUCH


ATTEMPTS = {
    "becomes root again": "os.setuid(0)",
    "reads what root alone may": f"open({str(SHADOW)!r}).read()",
    "starts a process": "os._exit(0) if os.fork() == 0 else os.wait()",
    "starts a thread": "t = threading.Thread(target=int); t.start(); t.join()",
    "writes to a file that was open": "os.write(file, b'x')",
    "calls a service of this machine": "line.connect(there)",
    "gains rights by a program that has them": "assert 'NoNewPrivs:\t0' in open('/proc/self/status').read()",
}
"""What a program that a file brought to run would do, in Python."""
FOR_ROOT = {"becomes root again", "reads what root alone may", "calls a service of this machine"}
TAKEN_OVER = """
import os, socket, sys, threading
from datalab.intake import parquet

file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
there = (socket.gethostbyname("127.0.0.1"), int(sys.argv[2]))  # Python loads a module to that end
calls = []

def attempt(source):
    calls.append(source)
    if len(calls) == {wait}:
        line = socket.socket()
        {attempt}
    return 0

parquet.read = attempt
sys.exit({by})
"""


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("held", [True, False], ids=["in the reading process", "control"])
def test_a_program_in_the_reading_process_is_held(tmp_path: Path, attempt: str, held: bool) -> None:  # noqa: FBT001
    """Whoever takes over the process as it parses can read the file and compute; with its rights it can do more."""
    if attempt in FOR_ROOT and os.geteuid() != 0:
        pytest.skip("needs root to lose it")
    # The first reading is of the process's own file, while it has its rights.
    program = TAKEN_OVER.format(
        attempt=ATTEMPTS[attempt], wait=2 if held else 1, by="parquet.main()" if held else "attempt(None)"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "made"), str(listener.getsockname()[1])],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )

    assert (done.returncode != 0) is held, done.stderr


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_parquet_is_read_however_it_is_packed(tmp_path: Path, codec: str) -> None:
    """A file of several row groups and of every codec is good, also for a process without rights."""
    file = tmp_path / "a.parquet"
    words = pa.array([f"word {row % 97}" for row in range(20_000)]).dictionary_encode()
    parquet.write_table(pa.table({"n": range(20_000), "w": words}), file, compression=codec, row_group_size=3_000)

    assert admit(file, file.name)[0] == "parquet"


def test_a_text_of_many_comments_is_told_from_a_page_at_once() -> None:
    """Looking for a page takes time that grows with the text, not with the ways to read its comments."""
    assert not MARKUP.match("<!---->" * 20_000 + "text")
    assert MARKUP.match("<!-- a --> <!-- b -->\n<html>")
