from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from ._errors import LoopstreamError

#: Statuses after which the same request may pass; 504 only if it may be sent twice.
NOT_TAKEN = frozenset({429, 503})
LATE = 504
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0


class Transport:
    """JSON over connections that are kept, one a thread. Sends again while that is safe."""

    def __init__(self, url: str, token: Optional[str], timeout: float, retries: int, context: Optional[ssl.SSLContext]):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r}: write a URL like http://localhost:8080")
        if token is not None and (not token.isascii() or any(sign.isspace() for sign in token)):
            raise ValueError("the token has characters that no header takes")
        self._parts = parts
        self._path = parts.path.rstrip("/")
        self._headers = {"content-type": "application/json", "accept": "application/json"}
        if token:
            self._headers["authorization"] = f"Bearer {token}"
        self._timeout = timeout
        self._retries = retries
        self._context = context
        self._local = threading.local()
        self._all: List[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def post(self, path: str, body: Mapping[str, Any], *, twice: bool, timeout: Optional[float] = None) -> Dict[str, Any]:
        """The answer. Raises a ``LoopstreamError``, and ``ValueError`` for a value that JSON can't hold.

        :param twice: whether the request may be taken twice: it has ids that make it count once
        """
        data = json.dumps(body, allow_nan=False, separators=(",", ":")).encode("utf-8")
        return self._ask("POST", path, data, twice, timeout or self._timeout)

    def get(self, path: str) -> Dict[str, Any]:
        """The answer. Raises a ``LoopstreamError``."""
        return self._ask("GET", path, None, True, self._timeout)

    def _ask(self, method: str, path: str, data: Optional[bytes], twice: bool, timeout: float) -> Dict[str, Any]:
        for attempt in range(self._retries + 1):
            status, answer, retry_after, error = self._once(method, path, data, timeout)
            if status == 200:
                return answer
            again = error is None and status in NOT_TAKEN or twice and (error is not None or status == LATE)
            if not again or attempt == self._retries:
                break
            wait = min(FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S) * (0.5 + random.random() / 2)
            time.sleep(min(max(wait, retry_after), LONGEST_WAIT_S))
        if error is not None:
            raise LoopstreamError(f"UNREACHABLE: {self._parts.netloc} did not answer: {error}", code="UNREACHABLE") from error
        raise LoopstreamError.of(answer, status)

    def _once(
        self, method: str, path: str, data: Optional[bytes], timeout: float
    ) -> Tuple[int, Dict[str, Any], float, Optional[Exception]]:
        connection = self._connection(timeout)
        try:
            connection.request(method, self._path + path, body=data, headers=self._headers)
            response = connection.getresponse()
            text = response.read()
            after = response.getheader("retry-after") or ""
            return response.status, _parsed(text), float(after) if after.isdigit() else 0.0, None
        except (OSError, http.client.HTTPException) as error:
            self._forget(connection)
            return 0, {}, 0.0, error

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        known: Optional[http.client.HTTPConnection] = getattr(self._local, "connection", None)
        if known is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                known = http.client.HTTPSConnection(host, port, timeout=timeout, context=self._context)
            else:
                known = http.client.HTTPConnection(host, port, timeout=timeout)
            self._local.connection = known
            with self._lock:
                self._all.append(known)
        known.timeout = timeout
        if known.sock is not None:
            known.sock.settimeout(timeout)
        return known

    def _forget(self, connection: http.client.HTTPConnection) -> None:
        connection.close()
        self._local.connection = None
        with self._lock:
            self._all = [each for each in self._all if each is not connection]

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all = []


def _parsed(text: bytes) -> Dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
