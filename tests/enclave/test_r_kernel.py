"""R in a sandbox, on machines that have Debian's r-cran-irkernel."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import MIB, SMALL, House, running

pytestmark = [
    pytest.mark.enclave,
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/usr/share/jupyter/kernels/ir/kernel.json").exists(),
        reason="R's kernel (r-cran-irkernel) is not here",
    ),
]

SAYS = """
import os, json
os.environ["JUPYTER_RUNTIME_DIR"] = "/tmp/jupyter"
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
assert "ir" in KernelSpecManager().find_kernel_specs()
manager = KernelManager(kernel_name="ir", transport="ipc")
manager.start_kernel()
client = manager.blocking_client()
client.start_channels()
client.wait_for_ready(timeout=90)
said = []
client.execute_interactive(CODE, timeout=60, output_hook=lambda message: said.append(message["content"]))
manager.shutdown_kernel(now=True)
print(json.dumps([one["text"] for one in said if "text" in one]))
"""
CODE = """cat(mean(read.csv("/tmp/t.csv")$n), "\\n")
cat(inherits(try(suppressWarnings(socketConnection("127.0.0.1", 9, timeout = 2)), silent = TRUE), "try-error"))"""


def test_r_reads_a_table_in_a_notebook_and_has_no_way_out(any_house: House) -> None:
    """The kernel is offered, starts on unix sockets alone, computes, and reaches no network."""
    limits = replace(SMALL, memory=900 * MIB, processes=200)
    code = (
        "import subprocess\nopen('/tmp/t.csv', 'w').write('n\\n1\\n2\\n6\\n')\n"
        f"done = subprocess.run([{sys.executable!r}, '-c', {f'CODE = {CODE!r}{chr(10)}{SAYS}'!r}],"
        " capture_output=True, text=True)\nprint(done.stdout, done.stderr)"
    )
    with running(any_house, any_house.serving(limits=limits)) as sandbox:
        said = json.loads(sandbox.request("POST", "api/events", code.encode())[2])

    first = (said["out"].splitlines() or ["[]"])[0]
    assert "3 \nTRUE" in "".join(json.loads(first)), said
