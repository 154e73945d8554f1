from __future__ import annotations

import os
import ssl
import uuid
from dataclasses import replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, TypeVar, Union
from urllib.parse import quote, urlencode

from ._errors import LoopstreamError
from ._transport import Transport
from ._types import (
    AskedDecision,
    Candidate,
    Decision,
    Event,
    FoundRow,
    Key,
    ListedValues,
    Observation,
    Result,
    Row,
    Time,
    Values,
    decision_of,
    given,
    milliseconds,
)

D = TypeVar("D")
#: Added to the wait for a decision, so that the loop says that it was late; s.
WAY_S = 1.0


class Client:
    """A client of one loop, for any number of threads. Use it with ``with``, or ``close`` it.

    :param url: like ``http://localhost:8080``
    :param token: absent: the variable ``LOOPSTREAM_TOKEN``
    :param timeout: the longest wait for an answer, s; for a decision beside its own wait
    :param retries: how often a request is sent again where that is safe
    """

    def __init__(
        self,
        url: str,
        *,
        token: Optional[str] = None,
        timeout: float = 15.0,
        retries: int = 2,
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        token = os.environ.get("LOOPSTREAM_TOKEN") if token is None else token
        self._transport = Transport(url, token, timeout, retries, ssl_context)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def decide(
        self,
        use_case: str,
        unit: str,
        context: Optional[ListedValues] = None,
        *,
        default: D = None,  # type: ignore[assignment]
        decision_id: Optional[str] = None,
        deferred: bool = False,
        time: Optional[Time] = None,
        candidates: Optional[Sequence[Union[Candidate, str]]] = None,
        wait: float = 1.0,
        raise_errors: bool = False,
    ) -> Decision[Union[bool, float, str, D]]:
        """The decision for one unit, or the default with the reason.

        The same ``decision_id`` asked again in the same use case is the same decision.

        :param candidates: the options in the product's own order, for a choice or a ranking
        :param wait: the longest wait of the loop for the decision, s
        """
        asked = AskedDecision(use_case, unit, context or {}, decision_id or str(uuid.uuid4()), deferred, time, candidates)
        try:
            body = {**_decision(asked), "timeoutMs": max(1, round(wait * 1_000))}
            answer = self._transport.post("/v1/decisions", body, twice=True, timeout=wait + WAY_S)
        except (LoopstreamError, ValueError, TypeError) as error:
            if raise_errors:
                raise
            return Decision(default, True, asked.decision_id or "", "error", error=str(error))
        return decision_of(answer, default)

    def decide_many(self, asked: Sequence[AskedDecision], *, default: D = None) -> List[Result[Decision[Any]]]:  # type: ignore[assignment]
        """Decisions in the order of the requests; one that fails has an error of its own. Raises if the whole failed."""
        named = [_named(each) for each in asked]
        answer = self._transport.post("/v1/decisions/bulk", {"decisions": [_decision(each) for each in named]}, twice=True)
        return [
            Result(decision_of(each["decision"], default)) if each["status"] == 200 else _failed(each)
            for each in answer["results"]
        ]

    def observe(
        self,
        decision_id: str,
        values: Values,
        *,
        observation_id: Optional[str] = None,
        use_case: Optional[str] = None,
        time: Optional[Time] = None,
        option_id: Optional[str] = None,
    ) -> str:
        """Stores an observation of a decision, and returns its id: under one decision id it counts once."""
        told = Observation(decision_id, values, observation_id or str(uuid.uuid4()), use_case, time, option_id)
        body = _observation(told)
        del body["decisionId"]
        answer = self._transport.post(f"/v1/decisions/{quote(decision_id, safe='')}/observations", body, twice=True)
        return str(answer["observationId"])

    def activate(self, decision_id: str, *, use_case: Optional[str] = None, time: Optional[Time] = None) -> None:
        """Says that a deferred decision was shown: it makes its training row from then on. Twice is once.

        :param time: when it was shown; absent: now
        """
        body: Dict[str, Any] = {}
        if use_case is not None:
            body["useCase"] = use_case
        if time is not None:
            body["time"] = milliseconds(time)
        self._transport.post(f"/v1/decisions/{quote(decision_id, safe='')}/activate", body, twice=True)

    def observe_many(self, observations: Sequence[Observation]) -> List[Result[str]]:
        """Stores observations; each result has the observation's id."""
        bodies = [{"observationId": str(uuid.uuid4()), **_observation(each)} for each in observations]
        answer = self._transport.post("/v1/observations/bulk", {"observations": bodies}, twice=True)
        return [Result(str(each["observationId"])) if each["status"] == 200 else _failed(each) for each in answer["results"]]

    def tell(self, kind: str, attributes: Values, *, key: Optional[str] = None, time: Optional[Time] = None) -> None:
        """Stores an event of no decision. Told twice it counts twice."""
        self._transport.post("/v1/events", _event(Event(kind, attributes, key, time)), twice=False)

    def tell_many(self, events: Sequence[Event]) -> List[Result[None]]:
        """Stores events of no decision."""
        answer = self._transport.post("/v1/events/bulk", {"events": [_event(each) for each in events]}, twice=False)
        return [Result(None) if each["status"] == 200 else _failed(each) for each in answer["results"]]

    def put_row(
        self, table: str, key: Key, values: Optional[ListedValues], *, valid_from: Optional[Time] = None
    ) -> int:
        """Stores a version of a row of a reference table, and returns the time from which it is valid, ms.

        :param values: the whole row; ``None`` deletes it
        :param valid_from: decisions strictly after it see the row; absent: its arrival
        """
        answer = self._transport.post(_rows(table), _row(Row(key, values, valid_from)), twice=True)
        return int(answer["validFrom"])

    def put_rows(self, table: str, rows: Sequence[Row]) -> List[Result[int]]:
        """Stores rows of a table; each result has the time from which the row is valid, ms."""
        answer = self._transport.post(f"{_rows(table)}/bulk", {"rows": [_row(each) for each in rows]}, twice=True)
        return [Result(int(each["validFrom"])) if each["status"] == 200 else _failed(each) for each in answer["results"]]

    def get_row(self, table: str, key: Key, *, as_of: Optional[Time] = None) -> FoundRow:
        """The row that a decision sees now, or at a time. Needs a token of a viewer or operator."""
        asked = [("key", part) for part in _parts(key)]
        if as_of is not None:
            asked.append(("asOf", str(milliseconds(as_of))))
        answer = self._transport.get(f"{_rows(table)}?{urlencode(asked)}")
        return FoundRow(answer["values"], answer["validFrom"], answer["versions"])


def _rows(table: str) -> str:
    return f"/v1/tables/{quote(table, safe='')}/rows"


def _parts(key: Key) -> Sequence[str]:
    return [key] if isinstance(key, str) else key


def _row(row: Row) -> Dict[str, Any]:
    values = None if row.values is None else dict(row.values)
    return {"values": values, **given(key=list(_parts(row.key)), validFrom=milliseconds(row.valid_from))}


def _named(asked: AskedDecision) -> AskedDecision:
    if asked.decision_id is not None:
        return asked
    return replace(asked, decision_id=str(uuid.uuid4()))


def _decision(asked: AskedDecision) -> Dict[str, Any]:
    return given(
        useCase=asked.use_case,
        unit=asked.unit,
        context=dict(asked.context),
        decisionId=asked.decision_id,
        deferred=asked.deferred or None,
        time=milliseconds(asked.time),
        candidates=None if asked.candidates is None else [_candidate(each) for each in asked.candidates],
    )


def _candidate(option: Union[Candidate, str]) -> Dict[str, Any]:
    if isinstance(option, str):
        return {"optionId": option}
    if not isinstance(option, Candidate):
        raise TypeError(f"a candidate is a Candidate or a text, and no {type(option).__name__}")
    return {"optionId": option.option_id, "context": dict(option.context)}


def _observation(told: Observation) -> Dict[str, Any]:
    return given(
        decisionId=told.decision_id,
        values=dict(told.values),
        observationId=told.observation_id,
        useCase=told.use_case,
        time=milliseconds(told.time),
        optionId=told.option_id,
    )


def _event(told: Event) -> Dict[str, Any]:
    return given(kind=told.kind, attributes=dict(told.attributes), key=told.key, time=milliseconds(told.time))


def _failed(result: Mapping[str, Any]) -> Result[Any]:
    return Result(None, LoopstreamError.of(result["problem"], result["status"]))
