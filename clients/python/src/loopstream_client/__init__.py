"""Ask a loopstream loop for decisions, and report observations and events, over HTTP."""

from ._client import Client
from ._errors import LoopstreamError
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
    Value,
    Values,
)

__all__ = [
    "AskedDecision",
    "Candidate",
    "Client",
    "Decision",
    "Event",
    "FoundRow",
    "Key",
    "ListedValues",
    "LoopstreamError",
    "Observation",
    "Result",
    "Row",
    "Time",
    "Value",
    "Values",
]
