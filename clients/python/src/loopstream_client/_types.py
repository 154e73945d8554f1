from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Dict, Generic, Mapping, Optional, Sequence, TypeVar, Union

from ._errors import LoopstreamError

#: A value of a context, an observation or an event; ``None`` is a missing value.
Value = Union[str, float, int, bool, None]
Values = Mapping[str, Value]
#: Values of a context or of a row: an entry may be a list of categories, or a vector.
ListedValues = Mapping[str, Union[Value, Sequence[Value]]]
#: Event time: milliseconds since 1970, or a ``datetime`` with a time zone.
Time = Union[int, datetime]

#: The key of a row: a text, or the parts where the table has several.
Key = Union[str, Sequence[str]]

D = TypeVar("D")
R = TypeVar("R")


@dataclass(frozen=True)
class Decision(Generic[D]):
    #: The decision, or the caller's default.
    value: D
    #: The value is the caller's default; ``reason`` says why.
    is_default: bool
    #: The id for observations of this decision.
    decision_id: str
    reason: str
    #: Probability with which the value was chosen; ``None`` if there was no choice.
    propensity: Optional[float] = None
    #: The blueprint version that answered.
    blueprint: Optional[str] = None
    model_id: Optional[str] = None
    #: Time of the first decision under this id, if its answer is kept no longer; ms.
    repeat_of: Optional[int] = None
    #: With reason ``error``: the mistake to mend.
    error: Optional[str] = None
    #: The settings of the chosen action; ``None`` if it has none, or with the caller's default.
    payload: Optional[Mapping[str, Any]] = None
    #: The ids of the options to show, in order, where the use case ranks: ``value`` is the first. ``None``: use your own order.
    ranking: Optional[Sequence[str]] = None


@dataclass(frozen=True)
class Candidate:
    """An option that may be chosen or shown."""

    option_id: str
    context: ListedValues = field(default_factory=dict)


@dataclass(frozen=True)
class AskedDecision:
    use_case: str
    unit: str
    context: ListedValues = field(default_factory=dict)
    decision_id: Optional[str] = None
    deferred: bool = False
    time: Optional[Time] = None
    #: The options in the product's own order; one that is known by its id alone may be a text.
    candidates: Optional[Sequence[Union[Candidate, str]]] = None


@dataclass(frozen=True)
class Observation:
    decision_id: str
    values: Values
    observation_id: Optional[str] = None
    use_case: Optional[str] = None
    time: Optional[Time] = None
    #: The option that was observed; ``None``: all options that were shown.
    option_id: Optional[str] = None


@dataclass(frozen=True)
class Event:
    kind: str
    attributes: Values
    key: Optional[str] = None
    time: Optional[Time] = None


@dataclass(frozen=True)
class Row:
    """A version of a row of a reference table; ``values`` is ``None``: the row is deleted."""

    key: Key
    values: Optional[ListedValues]
    valid_from: Optional[Time] = None


@dataclass(frozen=True)
class FoundRow:
    #: ``None``: there is no row, or it was deleted. A vector is the text of a JSON array.
    values: Optional[Values]
    #: Since when this version is valid, ms; ``None``: there is none.
    valid_from: Optional[int]
    #: From when each version is valid, ms, the newest first.
    versions: Sequence[int]


@dataclass(frozen=True)
class Result(Generic[R]):
    """One item of a bulk: its result, or the error that concerns it alone."""

    value: Optional[R]
    error: Optional[LoopstreamError] = None

    @property
    def ok(self) -> bool:
        return self.error is None


def milliseconds(time: Optional[Time]) -> Optional[int]:
    if not isinstance(time, datetime):
        return time
    if time.tzinfo is None:
        raise ValueError("the datetime has no time zone: use datetime.now(timezone.utc)")
    since = time - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def given(**fields: Any) -> Dict[str, Any]:
    """The fields that are not ``None``."""
    return {name: value for name, value in fields.items() if value is not None}


def decision_of(answer: Mapping[str, Any], default: Any) -> Decision[Any]:
    value = answer["value"]
    return Decision(
        value=default if value is None else value,
        is_default=value is None,
        decision_id=answer["decisionId"],
        reason=answer["reason"],
        propensity=answer["propensity"],
        blueprint=answer["blueprint"],
        model_id=answer["modelId"],
        repeat_of=answer["repeatOf"],
        error=answer["error"],
        payload=answer.get("payload"),
        ranking=answer.get("ranking"),
    )
