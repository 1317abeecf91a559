"""What is measured: Presidio as it comes, with its British recognisers, a scanner built on it, and the lab's own.

All of them read with the same spaCy model. Each says which pieces of each text it would mask.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from marked import MarkedText
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider
from presidio_analyzer.predefined_recognizers import (
    NhsRecognizer,
    UkDrivingLicenceRecognizer,
    UkNinoRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
)
from scoring import Masks

from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor
from datalab.settings import Settings

MODEL: str = Settings.__dataclass_fields__["spacy_model"].default
System = Callable[[Sequence[MarkedText]], list[Masks]]
"""Texts in, pieces to mask out."""


def stock(texts: Sequence[MarkedText]) -> list[Masks]:
    """Mask what Presidio finds as it comes: every default recogniser of English, one text at a time."""
    return _analysed(stock_engine(), texts)


def stock_british(texts: Sequence[MarkedText]) -> list[Masks]:
    """Mask what Presidio finds with its British recognisers and organisations switched on."""
    return _analysed(_british(), texts)


def ours_alone(texts: Sequence[MarkedText]) -> list[Masks]:
    """Mask what the lab finds in the text with the stock model alone, its own left out."""
    return _found(texts, with_known=False, alone=True)


def ours(texts: Sequence[MarkedText]) -> list[Masks]:
    """Mask what the lab finds in the text alone."""
    return _found(texts, with_known=False)


def ours_known(texts: Sequence[MarkedText]) -> list[Masks]:
    """Mask what the lab finds in the text and by the fields of its record."""
    return _found(texts, with_known=True)


def ours_alone_known(texts: Sequence[MarkedText]) -> list[Masks]:
    """Mask what the lab finds with the stock model alone, in the text and by the fields of its record."""
    return _found(texts, with_known=True, alone=True)


SYSTEMS: dict[str, System] = {
    "Presidio, stock": stock,
    "Presidio, British recognisers, organisations": stock_british,
    "datalab, text alone, stock model": ours_alone,
    "datalab, text alone": ours,
    "datalab, with the record": ours_known,
}


def _analysed(engine: Any, texts: Sequence[MarkedText]) -> list[Masks]:  # noqa: ANN401 - Presidio is untyped
    return [[(one.start, one.end) for one in engine.analyze(text=text.text, language="en")] for text in texts]


def _found(texts: Sequence[MarkedText], *, with_known: bool, alone: bool = False) -> list[Masks]:
    known = [text.known for text in texts] if with_known else None
    spans = _redactor(alone=alone).spans([text.text for text in texts], known)
    return [[(0, len(text.text))] if found is None else [(one.start, one.end) for one in found]
            for text, found in zip(texts, spans, strict=True)]  # fmt: skip


def scanner(folder: Path) -> System:
    """Return what hyperscale-pii-scanner finds, as it comes: it carries the same model.

    Args:
        folder: where it is installed beside the lab's own environment.
    """
    sys.path.append(str(folder))
    from hyperscale.pii_scanner import scan  # noqa: PLC0415 - a peer, not of the lab's environment

    return lambda texts: [[(hit.start, hit.end) for hit in scan(text.text)] for text in texts]


@cache
def _redactor(*, alone: bool = False) -> Redactor:
    return Redactor(load_recognisers(MODEL, alone=alone))


@cache
def stock_engine() -> Any:  # noqa: ANN401 - Presidio is untyped
    """Return Presidio's engine as it comes, once a process."""
    return AnalyzerEngine(nlp_engine=_engine(), supported_languages=["en"])


@cache
def _british() -> Any:  # noqa: ANN401
    engine = _engine("ORGANIZATION")
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    for kind in (
        NhsRecognizer, UkNinoRecognizer, UkPassportRecognizer, UkPostcodeRecognizer, UkVehicleRegistrationRecognizer,
        UkDrivingLicenceRecognizer,
    ):  # fmt: skip
        registry.add_recognizer(kind())
    return AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])


def _engine(*unignored: str) -> Any:  # noqa: ANN401
    """Return Presidio's engine by its own default configuration, with the model at hand in the large one's place."""
    stated = NlpEngineProvider().nlp_configuration
    stated["models"][0]["model_name"] = str(resources.files(MODEL).joinpath("_model"))
    labels = stated["ner_model_configuration"]
    labels["labels_to_ignore"] = [label for label in labels["labels_to_ignore"] if label not in unignored]
    return NlpEngineProvider(nlp_configuration=stated).create_engine()
