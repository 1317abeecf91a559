"""Entities from encoded words, by the moves of spaCy's transition-based NER.

spaCy walks word by word: outside an entity it stays outside, takes the word for one (`U`), or opens one (`B`); inside
it goes on (`I`) or ends (`L`). Outside, its scores depend on the word alone; inside, on the word, the one before and
the first of the entity. So all moves outside are scored for all words at once, and then the documents are followed
side by side, each from entity to entity (Lample et al. 2016 describe the system; which moves are allowed is the rule
of `spacy/pipeline/_parser_internals/ner.pyx`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anonymise.prose.model.encoder import Floats

FEATURES: Final = 3
"""Words that a state is told by: this one, the entity's first, the one before within the entity."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entity: words from `start` up to and without `end` of the document with number `doc`."""

    doc: int
    start: int
    end: int
    label: str


class Decoder:
    """Scores and walks the moves of one NER.

    Args:
        ner: a spaCy pipe of the kind `ner`, with a hidden layer, three features, and no beam.
    """

    def __init__(self, ner: Any) -> None:  # noqa: ANN401 - it has no types
        narrow = next(node for node in ner.model.get_ref("tok2vec").layers if node.name == "linear")
        lower, upper = ner.model.get_ref("lower"), ner.model.get_ref("upper")
        self._narrow = np.ascontiguousarray(narrow.get_param("W").T), narrow.get_param("b")
        weights = lower.get_param("W")
        _, self._hidden, self._pieces, inputs = weights.shape
        # pieces outermost, so that the best of them is found over whole rows
        by_feature = weights.transpose(0, 2, 1, 3).reshape(FEATURES, self._hidden * self._pieces, inputs)
        self._features = [np.ascontiguousarray(one.T) for one in by_feature]
        padding = lower.get_param("pad")[0].transpose(0, 2, 1).reshape(FEATURES, -1)
        bias = lower.get_param("b").T.reshape(-1)
        self._inside = bias
        self._outside = bias + padding[1] + padding[2]
        scores, offsets = upper.get_param("W"), upper.get_param("b")
        # not `move_names`, which leaves out `U-` (a word barred from entities, never met here) and so shifts the places
        names = [ner.moves.get_class_name(number) for number in range(ner.moves.n_moves)]
        outside = [place for place, name in enumerate(names) if name[0] in "BUO" and name != "U-"]
        self._outside_names = [names[number] for number in outside]
        self._outside_scores = np.ascontiguousarray(scores[outside].T), offsets[outside]
        self._opens = np.array([name.startswith("B-") for name in self._outside_names])
        self._is_out = np.array([name == "O" for name in self._outside_names])
        go_on = [names.index(name.replace("B-", "I-", 1)) if name[0] == "B" else 0 for name in self._outside_names]
        end = [names.index(name.replace("B-", "L-", 1)) if name[0] == "B" else 0 for name in self._outside_names]
        # an entity goes on where its `I` scores more than its `L`; of equals spaCy takes the move that comes first
        self._go_on = scores[go_on] - scores[end], offsets[go_on] - offsets[end]
        self._first_wins = np.array(go_on) < np.array(end)

    def leaning(self, lean: Mapping[str, float]) -> Floats:
        """Return what is added to the score of each move outside an entity.

        Args:
            lean: for labels, what is added to the score of opening an entity of that label: a missed name costs more
                than a masked word, so the threshold is moved (Elkan 2001, "The foundations of cost-sensitive
                learning").
        """
        return np.array([lean.get(name[2:], 0.0) for name in self._outside_names], np.float32)

    def decode(
        self, encoded: Floats, lengths: Sequence[int], blank: NDArray[np.bool_], leaning: Floats
    ) -> Iterator[Found]:
        """Yield the entities of all documents in order.

        Args:
            encoded: a row for each word of all documents.
            lengths: words of each document.
            blank: for each word whether it is nothing but white space: no entity starts with one.
            leaning: as `leaning` returns it.
        """
        rows = encoded @ self._narrow[0] + self._narrow[1]
        ends = np.cumsum(lengths)
        last = np.zeros(len(rows), np.bool_)
        last[ends[np.array(lengths) > 0] - 1] = True
        move = self._first_moves(rows, blank, last, leaning)
        stops = self._followed(rows, move, ends)
        out = self._is_out[move]
        inside = np.flatnonzero(~out)
        document = np.repeat(np.arange(len(lengths)), lengths)[inside].tolist()
        starts = ends - np.array(lengths)
        met = 0
        for word, doc in zip(inside.tolist(), document, strict=True):
            if word < met:
                continue
            met = stops.get(word, word + 1)
            first = int(starts[doc])
            yield Found(doc, word - first, met - first, self._outside_names[move[word]][2:])

    def _first_moves(
        self, rows: Floats, blank: NDArray[np.bool_], last: NDArray[np.bool_], leaning: Floats
    ) -> NDArray[np.intp]:
        """Return for each word the best move outside an entity, as a place in the list of those."""
        scores = self._best(rows @ self._features[0] + self._outside) @ self._outside_scores[0]
        scores += self._outside_scores[1] + leaning
        scores[np.ix_(last, self._opens)] = -np.inf
        scores[np.ix_(blank, ~self._is_out)] = -np.inf
        moves: NDArray[np.intp] = scores.argmax(axis=1)
        return moves

    def _followed(self, rows: Floats, move: NDArray[np.intp], ends: NDArray[np.intp]) -> dict[int, int]:
        """Return for each word that opens an entity, and that no earlier entity holds, the word after its last.

        All documents are followed side by side, each from entity to entity: no more steps than spaCy takes.

        Args:
            rows: a row for each word of all documents.
            move: for each word the best move outside an entity.
            ends: of each document the word after its last.
        """
        stops: dict[int, int] = {}
        opens = np.flatnonzero(self._opens[move])
        first, limits = _next(opens, np.concatenate([[0], ends[:-1]]), ends)
        word = first + 1
        while len(first):
            state = (
                rows[word] @ self._features[0] + rows[first] @ self._features[1] + rows[word - 1] @ self._features[2]
            )
            chosen = move[first]
            lead = np.einsum("ij,ij->i", self._best(state + self._inside), self._go_on[0][chosen])
            lead += self._go_on[1][chosen]
            goes_on = ((lead > 0) | ((lead == 0) & self._first_wins[chosen])) & (word + 1 < limits)
            done = ~goes_on
            stops.update(zip(first[done].tolist(), (word[done] + 1).tolist(), strict=True))
            begun, kept = _next(opens, word[done] + 1, limits[done])
            first = np.concatenate([first[goes_on], begun])
            word = np.concatenate([word[goes_on] + 1, begun + 1])
            limits = np.concatenate([limits[goes_on], kept])
        return stops

    def _best(self, state: Floats) -> Floats:
        best = state[:, : self._hidden]
        for piece in range(1, self._pieces):
            best = np.maximum(best, state[:, piece * self._hidden : (piece + 1) * self._hidden])
        return best


def _next(
    opens: NDArray[np.intp], begins: NDArray[np.intp], limits: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first word that opens an entity from each beginning on, and its limit, where there is one below."""
    places = np.searchsorted(opens, begins)
    found = np.append(opens, np.iinfo(np.intp).max)[places]
    there = found < limits
    return found[there], limits[there]
