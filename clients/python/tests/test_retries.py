"""Against a server of the test's own, which answers as it is told."""

import json
import socket
import threading
import unittest
from typing import List, Optional, Tuple

from loopstream_client import Client, LoopstreamError

OK = (200, {"decisionId": "d", "value": True, "reason": "exploit", "propensity": 1, "blueprint": "b", "modelId": "m", "repeatOf": None, "error": None, "useCase": "tips", "observationId": "o", "stored": True})
BUSY = (503, {"code": "NOT_READY", "detail": "starting", "next": "wait"})
LATE = (504, {"code": "TIMEOUT", "detail": "late", "next": "ask again", "decisionId": "d"})


class Server:
    """Gives one answer a request; ``None`` ends the connection without one."""

    def __init__(self, *answers: Optional[Tuple[int, dict]]) -> None:
        self._answers = list(answers)
        self.bodies: List[dict] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while self._answers:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as reader:
                while self._answers and self._answer(connection, reader):
                    pass

    def _answer(self, connection: socket.socket, reader) -> bool:  # type: ignore[no-untyped-def]
        length = 0
        line = reader.readline()
        if not line:
            return False
        while line not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
            line = reader.readline()
        self.bodies.append(json.loads(reader.read(length)))
        answer = self._answers.pop(0)
        if answer is None:
            return False
        body = json.dumps(answer[1]).encode()
        connection.sendall(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%s" % (answer[0], len(body), body))
        return True

    def close(self) -> None:
        self._listener.close()


class Retries(unittest.TestCase):
    def serve(self, *answers: Optional[Tuple[int, dict]]) -> Tuple[Server, Client]:
        server = Server(*answers)
        client = Client(server.url, timeout=5)
        self.addCleanup(server.close)
        self.addCleanup(client.close)
        return server, client

    def test_a_decision_has_the_payload_of_its_action_if_it_has_one(self) -> None:
        payload = {"kbps": 400, "codec": "h264", "retry": False}
        server = Server((200, {**OK[1], "value": "low", "payload": payload}), OK)
        with Client(server.url) as client:
            self.assertEqual(client.decide("encoder", "anna").payload, payload)
            self.assertIsNone(client.decide("encoder", "anna").payload)

    def test_a_decision_is_asked_for_again_under_the_same_id_whatever_became_of_the_request(self) -> None:
        server, client = self.serve(LATE, None, OK)
        self.assertEqual(client.decide("tips", "anna").value, True)
        self.assertEqual(len({body["decisionId"] for body in server.bodies}), 1)
        self.assertEqual(len(server.bodies), 3)

    def test_an_observation_is_sent_again_under_the_same_id(self) -> None:
        server, client = self.serve(BUSY, None, OK)
        client.observe("d", {"amount": 1})
        self.assertEqual(len({body["observationId"] for body in server.bodies}), 1)
        self.assertEqual(len(server.bodies), 3)

    def test_an_event_is_sent_again_only_where_it_was_not_taken(self) -> None:
        server, client = self.serve(BUSY, OK)
        client.tell("visit", {})
        self.assertEqual(len(server.bodies), 2)
        server, client = self.serve(None, OK)
        with self.assertRaises(LoopstreamError) as caught:
            client.tell("visit", {})
        self.assertEqual(caught.exception.code, "UNREACHABLE")
        self.assertEqual(len(server.bodies), 1)

    def test_after_the_last_try_a_decision_is_the_default(self) -> None:
        server, client = self.serve(BUSY, BUSY, BUSY)
        decision = client.decide("tips", "anna", default="mine")
        self.assertEqual((decision.value, decision.reason), ("mine", "error"))
        self.assertIn("NOT_READY", decision.error or "")
        self.assertEqual(len(server.bodies), 3)

    def test_a_loop_that_is_not_there_is_the_default_too(self) -> None:
        server = Server()
        server.close()
        with Client(server.url, retries=0) as client:
            self.assertEqual(client.decide("tips", "anna", default=1).value, 1)
            self.assertRaises(LoopstreamError, client.observe, "d", {})


if __name__ == "__main__":
    unittest.main()
