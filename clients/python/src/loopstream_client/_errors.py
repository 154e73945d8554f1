from __future__ import annotations

from typing import Any, Mapping, Optional


class LoopstreamError(Exception):
    """A request that was refused, or had no answer.

    ``code`` is one of the project's codes (docs/errors.md), or ``UNREACHABLE`` if no answer came.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: Optional[int] = None,
        field: Optional[str] = None,
        next: Optional[str] = None,
        decision_id: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.field = field
        self.next = next
        self.decision_id = decision_id

    @classmethod
    def of(cls, problem: Mapping[str, Any], status: int) -> "LoopstreamError":
        """The error of a problem+json body."""
        code = str(problem.get("code", "UNKNOWN"))
        detail = str(problem.get("detail", f"the loop answered with status {status}"))
        return cls(
            f"{code}: {detail}",
            code=code,
            status=status,
            field=problem.get("field"),
            next=problem.get("next"),
            decision_id=problem.get("decisionId"),
        )
