"""Words around a canary, as notes have them: sentences, bullets, who speaks, logs of calls, brackets, no words at all.

They were written down from the style of notes, not from the rules that find names. Some say what follows, as a writer
would; as many say nothing.
"""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity

CARRIERS: Final = {
    Entity.PERSON: (
        "{} said this.", "Spoke to {} again.", "{} present.", "as told by {},", "({})", "{} rang,", "\n- {}\n",
        "\n- {} to chase,", "\n* {}: will attend\n", "\n{}: I was not there.", "\n{} - no reply\n", "\n14:32 t/c {},",
        "\n14:32 t/c from {} re same.", "TC to {}, no reply.", "w/ {} +", "cc {};", "Att: {}.", "and {}'s mum",
        "{}\u2019s phone off.", "re {}", "\u2013 {} \u2013", "/{}/", "sis {},", '"{}"', "seen by {}/", "allocated {}.",
        "+ {}", "{} dna.", "\n3) {}\n", "{}", "spk {} @ 9.15", "[{}]",
    ),
    Entity.ADDRESS: (
        "lives at {}.", "Of {}.", "moved to {},", "nfa, was {}.", "\n- {}\n", "HV {},", "add: {}.", "({})", "{}",
        "called at {} x2,", "\nAddress - {}\n",
    ),
    Entity.PHONE: (
        "on {}.", "Rang {},", "{}", "\n09:10 {} n/a\n", "mob {};", "({})", "\n- {}\n", "new no. {}.", "t: {}", "tx {},",
    ),
    Entity.NHS_NUMBER: ("NHS {}.", "no {},", "NHS no: {};", "({})", "{}", "\nNHS# {}\n"),
    Entity.VEHICLE: ("drove {}.", "in {},", "VRM {};", "({})", "red Astra {},", "\n- {}\n", "index {}."),
    Entity.DATE: ("born {}.", "DOB {},", "d.o.b. {};", "(b. {})", "({})", "\nDOB - {}\n", "{}"),
    Entity.EMAIL: ("mailed {}.", "{}", "({})", "\n- {}\n", "e: {};"),
}  # fmt: skip
"""`{}` is where the canary stands; what begins with a line's end begins a line."""
