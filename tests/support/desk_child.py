"""A process that does one thing at the desk of a small lab, to be killed there by a step."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from desk_lab import question, reopen

from datalab.release.request import RequestState
from datalab.release.step import Step


def main(folder: Path, deed: str, deadly: str, subject: str) -> None:
    """Do a deed and die at a step, from the hardest signal there is; exit 0 means that the step never came."""

    def watch(step: Step) -> None:
        if step.value == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    desk = reopen(folder, watch).desk
    match deed:
        case "submit":
            desk.submit(question(int(subject)), project="safer", author="ann")
        case "approve":
            desk.decide(subject, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")
            desk.publish(subject)
        case "resume":
            desk.resume()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
