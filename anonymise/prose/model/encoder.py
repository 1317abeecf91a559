"""The layers of a spaCy model that look at a word's neighbours, over many documents at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

TINY: Final = np.float32(1e-8)
"""Added to a variance before its root, as thinc's layer norm does."""
ROWS: Final = 1_024
"""Rows worked on at once: their windows fit a core's own cache."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A window of three words, maxout, layer norm, and the input added (Miyato's residual net as in spaCy's CNN)."""

    weights: Floats
    """(3 x width, pieces x width): of the window's numbers, piece by piece."""
    bias: Floats
    pieces: int
    gain: Floats
    shift: Floats

    @classmethod
    def of(cls, residual: Any) -> Layer:  # noqa: ANN401 - a thinc model, which has no types
        """Take over a layer's numbers from thinc."""
        maxout = next(node for node in residual.walk() if node.name == "maxout")
        norm = next(node for node in residual.walk() if node.name == "layernorm")
        weights, bias = maxout.get_param("W"), maxout.get_param("b")
        width, pieces, inputs = weights.shape
        return cls(
            weights=np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(pieces * width, inputs).T),
            bias=np.ascontiguousarray(bias.T.reshape(pieces * width)),
            pieces=pieces,
            gain=norm.get_param("G"),
            shift=norm.get_param("b"),
        )

    def forward(self, rows: Floats) -> Floats:
        """Return rows of the same shape."""
        count, width = rows.shape
        result = np.empty_like(rows)
        around = np.zeros((count + 2, width), np.float32)
        around[1:-1] = rows
        for start in range(0, count, ROWS):
            end = min(start + ROWS, count)
            windows = np.lib.stride_tricks.sliding_window_view(around[start : end + 2], 3, axis=0)
            windows = windows.transpose(0, 2, 1).reshape(end - start, 3 * width)
            lots = windows @ self.weights
            lots += self.bias
            best = lots[:, :width]
            for piece in range(1, self.pieces):
                best = np.maximum(best, lots[:, piece * width : (piece + 1) * width])
            best = best - best.mean(axis=1, keepdims=True)
            spread = np.einsum("ij,ij->i", best, best) / np.float32(width) + TINY
            best *= (np.float32(1) / np.sqrt(spread))[:, None]
            best *= self.gain
            best += self.shift
            np.add(best, rows[start:end], out=result[start:end])
        return result


class Encoder:
    """All layers one after the other.

    Args:
        layers: from the words' vectors up.
        pad: rows of nothing around each document, so that none sees another.
    """

    def __init__(self, layers: Sequence[Layer], *, pad: int) -> None:
        self._layers = tuple(layers)
        self._pad = pad

    def encode(self, vectors: Floats, lengths: Sequence[int]) -> Floats:
        """Return a row for each word that knows its neighbours.

        Args:
            vectors: a row for each word of all documents.
            lengths: words of each document.
        """
        counts = np.array(lengths)
        gaps = np.repeat(self._pad * (1 + np.arange(len(counts))), counts)
        places = gaps + np.arange(len(vectors))
        rows = np.zeros((len(vectors) + self._pad * (len(counts) + 1), vectors.shape[1]), np.float32)
        rows[places] = vectors
        for layer in self._layers:
            rows = layer.forward(rows)
        encoded: Floats = rows[places]
        return encoded
