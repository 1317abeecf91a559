"""The lab's own NER, which reads beside the stock one: trained by `make model`, described in `names/MODEL_CARD.md`."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Final

from anonymise.prose.model.reader import is_known

FOLDER: Final = resources.files("anonymise.prose.model") / "names"


def own_ners(stock: Any, again: Any) -> list[Any]:  # noqa: ANN401 - spaCy Languages and pipes, which have no types
    """Return the lab's NER over the words and vectors of a stock model; none where it was trained on another's.

    Args:
        stock: a spaCy Language with the stock NER.
        again: the same, loaded once more over the vocabulary of the first: its NER takes the lab's numbers.
    """
    stated = json.loads((FOLDER / "meta.json").read_text("utf-8"))
    if [stock.meta.get("name"), stock.meta.get("version")] != [stated["words_of"], stated["words_version"]]:
        return []
    ner = again.get_pipe("ner")
    with resources.as_file(FOLDER / "ner") as folder:
        ner.from_disk(folder, exclude=["vocab"])
    return [ner] if is_known(ner) else []
