"""Sheets, requests and budgets as JSON values, for pages and notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from datalab.engine.noise import OpenDPNoise
from datalab.governance.policy import Policy
from datalab.privacy.accounts.account import Account
from datalab.privacy.accuracy import MeasurePreview, Preview, Seen, SizePreview, Visibility, in_words
from datalab.privacy.answer import answer_to_document
from datalab.query.document import question_to_document
from datalab.query.spend import rho_text
from datalab.release.request import ReleaseRequest
from datalab.release.sheet import PricedSize, PriceSheet, Sheet


def sheet_document(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet: explanation, preview, remarks, and the request and answer where this person may see them."""
    return {
        "explanation": sheet.explanation,
        "preview": None if sheet.preview is None else _preview(sheet.preview),
        "remarks": [
            {"topic": remark.topic, "text": remark.text, "weight": remark.weight.value} for remark in sheet.remarks
        ],
        "request": None if sheet.request is None else request_document(sheet.request),
        "answer": None if sheet.answer is None else answer_to_document(sheet.answer),
    }


def price_document(price: PriceSheet) -> dict[str, Any]:
    """Return what a wish costs in cells of each size; with the question's sheet at its price where one is priced."""
    return {
        "wish": str(price.wish),
        "measure": price.wish.measure,
        "sizes": [_priced(one) for one in price.sizes],
        "sheet": None if price.sheet is None else sheet_document(price.sheet),
    }


def finding_document(difference: float, seen: Seen) -> dict[str, Any]:
    """Return how often a difference is seen, of 1, the least that is seen in 80 of 100 answers, and both in words.

    Of several tables first what holds in each, then each.
    """
    return {
        "difference": difference,
        **_seen(seen),
        "says": in_words(seen, difference),
        "tables": [{"table": one.table, **_seen(one), "says": in_words(one, difference)} for one in seen.tables],
    }


def _seen(one: Seen | Visibility) -> dict[str, Any]:
    return {"chance": one.chance, "least": _finite(one.least), "visible": one.visible}


def request_document(request: ReleaseRequest) -> dict[str, Any]:
    """Return a request without its answer."""
    decision = request.decision
    return {
        "id": request.id,
        "project": request.project,
        "author": request.author,
        "title": request.question.title,
        "question": question_to_document(request.question),
        "versions": dict(request.versions),
        "state": request.state.value,
        "submitted_at": request.submitted_at.isoformat(),
        "decision": None
        if decision is None
        else {
            "state": decision.state.value,
            "reviewer": decision.reviewer,
            "reason": decision.reason,
            "at": decision.at.isoformat(),
        },
        "bundle": request.bundle,
        "reused_from": request.reused_from,
    }


def budget_documents(accounts: Iterable[Account], policy: Policy) -> list[dict[str, Any]]:
    """Return what accounts were granted, spent, and have left, and what the rest would come to as an epsilon."""
    noise = OpenDPNoise()
    return [
        {
            "account": account.name,
            "granted": account.granted.in_full,
            "spent": account.spent.in_full,
            "left": account.remaining.in_full,
            "granted_rho": float(account.granted.rho),
            "spent_rho": float(account.spent.rho),
            "epsilon_left": noise.epsilon(account.remaining, policy.delta + account.remaining.delta),
            "delta": float(policy.delta + account.remaining.delta),
        }
        for account in accounts
    ]


def _priced(one: PricedSize) -> dict[str, Any]:
    """Return one price; what no budget reaches is None."""
    priced = one.priced
    return {
        "group_size": priced.group_size,
        "within": priced.aim.within,
        "is": priced.aim.says,
        "rho": None if priced.rho is None else rho_text(priced.rho),
        "epsilon": one.epsilon,
        "reached": _finite(priced.reached),
        "sold_for": priced.sold_for,
        "risk": one.risk,
        "assured": None if one.assured is None else one.assured.says,
    }


def _preview(preview: Preview) -> dict[str, Any]:
    return {
        "cells": preview.cells,
        "cost": preview.cost.in_full,
        "epsilon": preview.epsilon,
        "delta": float(preview.delta),
        "threshold": preview.threshold,
        "measures": [_measure(measure) for measure in preview.measures],
    }


def _measure(measure: MeasurePreview) -> dict[str, Any]:
    return {
        "title": measure.title,
        "unit": measure.unit,
        "expected_error": _known(measure.expected_error),
        "half_width": _known(measure.half_width),
        "visible_difference": _known(measure.visible_difference),
        "by_count": [[count, _finite(half)] for count, half in measure.by_count],
        "sizes": [_size(one) for one in measure.sizes],
        "assumes": measure.assumes,
    }


def _size(one: SizePreview) -> dict[str, Any]:
    """Return the error in groups of one size; what has no limit is None."""
    return {
        "count": one.count,
        "within": one.within,
        "even": _finite(one.even),
        "skewed": _finite(one.skewed),
        "at_most": _finite(one.at_most),
        "ranks": None if one.ranks is None else list(one.ranks),
        "expected_error": _finite(one.expected_error),
        "no_value": one.no_value,
        "no_use": one.no_use,
    }


def _known(number: float | None) -> float | None:
    return None if number is None else _finite(number)


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
