"""The one touch of data: bounded cells, noise, and the answer as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datalab.governance.policy import Policy
from datalab.privacy.answer import answer_to_document, dress
from datalab.privacy.plan import Engine, Noise, Plan, Price
from datalab.privacy.table import TableRef
from datalab.release.step import Observer, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """What computes answers, and says nothing of how it went."""

    engine: Engine[TableRef]
    noise: Noise
    policy: Policy
    software: Mapping[str, str]
    observer: Observer

    def answer(self, plan: Plan, tables: Mapping[str, TableRef], price: Price) -> dict[str, Any] | None:
        """Return the noisy answer as JSON values, or None where it could not be computed, for whatever reason."""
        try:
            if plan.discovery is not None:
                plan = plan.with_values(self.noise.discover(plan, self.engine.counts(plan, tables)))
            cells = self.engine.cells(plan, tables)
            self.observer(Step.CELLS)
            noisy = self.noise.draw(plan, cells)
            self.observer(Step.NOISED)
            epsilon = self.noise.epsilon(price.total, self.policy.delta)
            answer = dress(plan, price, noisy, epsilon=epsilon, delta=self.policy.delta)
        except Exception:  # noqa: BLE001 - its kind and text may depend on the data, so they go nowhere
            return None
        return {
            **answer_to_document(answer),
            "policy": self.policy.version,
            "computed_with": {**self.software, "noise": price.software},
        }
