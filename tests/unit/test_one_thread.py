"""The model's products take one thread, whatever the environment says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import pytest
import spacy

from anonymise.prose.model.decoder import Found
from anonymise.prose.model.encoder import Floats
from anonymise.prose.model.one_thread import one_thread, threads
from anonymise.prose.model.reader import BatchReader


class _Net:
    """Notes with how many threads it is asked, and finds nothing."""

    seen: tuple[int, ...] = ()

    def leaning(self, _: Mapping[str, float]) -> Floats:
        """Lean to nothing."""
        return np.zeros(1, np.float32)

    def find(self, *_: object) -> Iterator[Found]:
        """Note the threads."""
        self.seen = threads()
        yield from ()


def test_openblas_is_found_and_told() -> None:
    """Within, every OpenBLAS of the process has one thread; afterwards as many as before, also after an error."""
    before = threads()
    assert before

    with one_thread():
        assert set(threads()) == {1}
    assert threads() == before
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert threads() == before


def test_a_batch_is_read_with_one_thread() -> None:
    """Nets are evaluated with one thread, and what else a process computes keeps its own."""
    net, before = _Net(), threads()

    assert list(BatchReader(spacy.blank("en").make_doc, [cast("Any", net)], {}).read(["Joan was seen"])) == []

    assert set(net.seen) == {1}
    assert threads() == before
