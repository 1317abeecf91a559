"""What went wrong, for whom, and what to do next.

Two branches. A `UserError` is about what somebody asked for or sent: it is printed without a traceback. An
`InternalError` is our fault: it is printed with one. Neither ever carries a value taken from the data (law 1):
messages name datasets, columns, files, counts that a contract made public, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class DatalabError(Exception):
    """What happened, why, and what to do next; never raised directly.

    Args:
        what: what happened, one sentence.
        why: the rule or the cause.
        remedy: what the reader can do next.
    """

    exit_code: ClassVar[int] = 1
    """Process exit status, so that a job's outcome is known without access to its logs."""

    def __init__(self, what: str, *, why: str = "", remedy: str = "") -> None:
        self.what = what
        self.why = why
        self.remedy = remedy
        super().__init__(" ".join(part for part in (what, why, remedy) if part))


class UserError(DatalabError):
    """Somebody's input or request cannot be served as it is."""

    exit_code = 2


class InternalError(DatalabError):
    """The lab itself is at fault; the operator should report it."""

    exit_code = 70  # EX_SOFTWARE of sysexits.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file that a person wrote."""

    what: str
    """What is wrong, one sentence."""
    remedy: str
    """What to write instead."""
    line: int | None = None
    """Line in the file, from 1; None where the fault is an absence."""
    where: str = ""
    """Path inside the document, such as `schema[0].properties[3] (postcode)`."""

    def __str__(self) -> str:
        """Render as `line 12, where: what. remedy`."""
        place = ", ".join(p for p in (f"line {self.line}" if self.line else "", self.where) if p)
        return f"{place}: {self.what} {self.remedy}" if place else f"{self.what} {self.remedy}"


class ContractError(UserError):
    """A data contract is not one that the lab can hold anybody to; carries every fault at once."""

    exit_code = 3

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        self.source = source
        self.faults = faults
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"{source}: {len(faults)} fault(s) in this contract.\n{lines}")


class ExtractError(UserError):
    """An extract cannot be read, or is not what its manifest or contract says."""

    exit_code = 4


class QuarantineError(ExtractError):
    """An extract was read but is held: its contract or quality checks failed, and a report says where."""

    exit_code = 5


class QueryError(UserError):
    """A question cannot be answered privately, as is known without looking at any data."""

    exit_code = 6


class BudgetError(UserError):
    """A charge would pass what is left of a privacy budget; nothing was charged."""

    exit_code = 7

    def __init__(self, *, account: str, requested: str, remaining: str, unlisted: bool) -> None:
        """Name the account and what it lacks; `unlisted`: whether the question finds values out, which costs delta."""
        self.account = account
        self.requested = requested
        self.remaining = remaining
        super().__init__(
            f"The privacy budget of {account} does not cover this question.",
            why=f"Requested {requested}; remaining {remaining}.",
            remedy="Ask for a smaller share of the budget (a larger error)"
            + ", or for no unlisted values where delta is short" * unlisted
            + ", or ask the custodian to renew it.",
        )


class PermissionDeniedError(UserError):
    """This person may not do this."""

    exit_code = 8


class StateError(UserError):
    """The thing exists, but is not in a state in which this can be done."""

    exit_code = 9


class NotFoundError(UserError):
    """There is no such thing, or none that this person may know of."""

    exit_code = 10


class IntegrityError(UserError):
    """A signature, a digest or the audit chain does not hold: somebody or something changed a record."""

    exit_code = 11


class SettingsError(UserError):
    """The lab is not set up as it must be to do this."""

    exit_code = 12


class GovernanceError(UserError):
    """A person, an agency, a project or a grant cannot be recorded as it was described."""

    exit_code = 13


class RecomputeError(UserError):
    """The noise library states a higher cost for what was released than was charged, or cannot state one."""

    exit_code = 14


class UploadError(UserError):
    """A file that somebody brought cannot come in; says which rule it breaks, never what stands in it."""

    exit_code = 15


class PackageError(UserError):
    """A package is not on the operator's list, is not what the list says, or does not fit beside the others."""

    exit_code = 16


class LeaseLostError(InternalError):
    """Another worker took this job over; whatever this one did last was not recorded."""


def exit_code_for(error: BaseException) -> int:
    """Return the process exit status for an error that reached the door."""
    match error:
        case DatalabError():
            return error.exit_code
        case KeyboardInterrupt():
            return 130
        case _:
            return InternalError.exit_code
