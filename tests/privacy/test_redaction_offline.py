"""Redaction never calls out: not when it loads, not at its first e-mail address, not with empty caches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from treated_dataset import MODEL

RECORDER = """
import socket
calls = []
def refuse(*args, **kwargs):
    calls.append(args[:1])
    raise OSError("no network in this test")
socket.getaddrinfo = socket.create_connection = socket.socket.connect = socket.socket.connect_ex = refuse
"""
TEXTS = "['write to j.smith@police.example.co.uk', 'see https://intranet.example.org.uk/x?y', 'Mrs Okafor']"
REDACT = f"""
from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor
done = Redactor(load_recognisers({MODEL!r})).redact({TEXTS})
assert all("[" in one.text for one in done), done
import tldextract
assert tldextract.extract("j.smith@police.example.co.uk").suffix == "co.uk"
print(len(calls))
"""
STOCK = """
from presidio_analyzer.predefined_recognizers import EmailRecognizer
try:
    EmailRecognizer().analyze("write to j.smith@police.example.co.uk", ["EMAIL_ADDRESS"])
except OSError:
    pass
print(len(calls))
"""


def calls_made_by(code: str, folder: Path) -> int:
    """Run code in a process of its own, with refusing sockets and empty caches; return how often it called out."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TLDEXTRACT")}
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "TLDEXTRACT_CACHE": str(folder / "suffixes")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RECORDER + code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout.split()[-1])


def test_redaction_makes_no_call(tmp_path: Path) -> None:
    """With every socket refused and every cache empty, all of it works and nothing was tried."""
    assert calls_made_by(REDACT, tmp_path) == 0


def test_the_recorder_sees_the_stock_recogniser_call(tmp_path: Path) -> None:
    """The control: Presidio's own e-mail recogniser does try, so a call would have been seen."""
    assert calls_made_by(STOCK, tmp_path) > 0
