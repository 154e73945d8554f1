"""Against a running loop at LOOPSTREAM_URL, with the use case ``tips`` (test/clients/python.test.ts starts both)."""

import os
import threading
import unittest
import uuid
from datetime import datetime, timedelta, timezone
from time import sleep

from loopstream_client import AskedDecision, Candidate, Client, Event, FoundRow, LoopstreamError, Observation, Row

URL = os.environ["LOOPSTREAM_URL"]
CONTEXT = {"days": 3, "plan": "free"}


class DecisionsOfALoop(unittest.TestCase):
    def setUp(self) -> None:
        self.loop = Client(URL)
        self.addCleanup(self.loop.close)

    def test_the_same_id_is_the_same_decision_and_without_a_model_it_is_the_default(self) -> None:
        first = self.loop.decide("tips", "anna", CONTEXT, default=True, decision_id="py/ 1é", wait=20)
        self.assertEqual((first.value, first.is_default, first.reason), (True, True, "noModel"))
        self.assertEqual(first.decision_id, "py/ 1é")
        again = self.loop.decide("tips", "anna", {"days": 9}, default=True, decision_id="py/ 1é", wait=20)
        self.assertEqual(again, first)

    def test_a_failure_is_the_default_with_the_reason_and_an_error_only_where_it_is_asked_for(self) -> None:
        decision = self.loop.decide("tipps", "anna", default=7)
        self.assertEqual((decision.value, decision.reason), (7, "error"))
        self.assertIn('did you mean "tips"?', decision.error or "")
        for context in ({"days": float("nan")}, {"days": object()}):
            self.assertEqual(self.loop.decide("tips", "anna", context, default=7).value, 7)  # type: ignore[arg-type]
        with self.assertRaises(LoopstreamError) as caught:
            self.loop.decide("tipps", "anna", raise_errors=True)
        self.assertEqual((caught.exception.code, caught.exception.status), ("UNKNOWN_USE_CASE", 404))
        self.assertEqual(caught.exception.field, "useCase")

    def test_several_decisions_have_results_of_their_own(self) -> None:
        one, wrong, same = self.loop.decide_many(
            [AskedDecision("tips", "anna", CONTEXT, "py-m"), AskedDecision("nope", "anna"), AskedDecision("tips", "anna", CONTEXT, "py-m")],
            default=False,
        )
        self.assertTrue(one.ok and one == same)
        self.assertEqual((one.value.value, one.value.decision_id) if one.value else None, (False, "py-m"))
        self.assertEqual(wrong.error.code if wrong.error else None, "UNKNOWN_USE_CASE")

    def test_candidates_are_ranked_and_an_observation_names_its_option(self) -> None:
        films = [Candidate("f1", {"price": 30}), Candidate("f2", {"price": 3, "genre": "crime"}), "f3"]
        ranked = self.loop.decide("films", "anna", {"hour": 9}, decision_id="py-f", candidates=films, wait=20)
        self.assertEqual((ranked.ranking, ranked.value, ranked.is_default), (["f2", "f3"], "f2", False))
        self.assertEqual(self.loop.observe("py-f", {"kind": "seen"}, observation_id="s", option_id="f3"), "s")
        many = [AskedDecision("films", "anna", candidates=["f9"]), AskedDecision("tips", "anna", CONTEXT)]
        first, second = (result.value for result in self.loop.decide_many(many))
        self.assertEqual((first and first.ranking, second and second.ranking), (["f9"], None))
        results = self.loop.observe_many([Observation("py-f", {"kind": "seen"}, "t", option_id="f2")])
        self.assertEqual([result.value for result in results], ["t"])
        for wrong in ([""], [3], [Candidate("f1", {"price": object()})]):  # type: ignore[list-item]
            failed = self.loop.decide("films", "anna", default="f1", candidates=wrong)  # type: ignore[arg-type]
            self.assertEqual((failed.value, failed.ranking, failed.reason), ("f1", None, "error"))

    def test_observations_count_once_and_events_are_stored(self) -> None:
        time = datetime.now(timezone.utc) - timedelta(minutes=20)
        self.loop.decide("tips", "anna", CONTEXT, decision_id="py-o", time=time, wait=20)
        for _ in range(2):
            told = self.loop.observe("py-o", {"amount": 2}, observation_id="x", use_case="tips", time=time)
            self.assertEqual(told, "x")
        results = self.loop.observe_many([Observation("py-o", {"amount": 5}, time=time), Observation("o" * 600, {})])
        self.assertEqual([result.ok for result in results], [True, False])
        self.assertEqual(str(uuid.UUID(results[0].value)), results[0].value)
        self.loop.tell("visit", {"guest": "py", "minutes": 1.5})
        self.assertEqual([each.ok for each in self.loop.tell_many([Event("visit", {"guest": "py"})] * 2)], [True, True])

    def test_a_deferred_decision_is_activated_twice_as_once(self) -> None:
        time = datetime.now(timezone.utc) - timedelta(minutes=20)
        self.loop.decide("tips", "anna", CONTEXT, decision_id="py/deferred", deferred=True, time=time, wait=20)
        for _ in range(2):
            self.loop.activate("py/deferred", use_case="tips", time=time)
        with self.assertRaises(LoopstreamError) as failed:
            self.loop.activate("py/deferred", time=datetime.now(timezone.utc) + timedelta(days=1))
        self.assertEqual(failed.exception.code, "AHEAD_OF_TIME")

    def test_rows_of_tables_are_written_read_and_deleted(self) -> None:
        since = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.assertEqual(self.loop.put_row("guests", "py/1", {"regular": True}, valid_from=since), 1_767_225_600_000)
        results = self.loop.put_rows("guests", [Row(["py/1"], None, since + timedelta(days=1)), Row("py/2", {"regular": "maybe"})])
        self.assertEqual([result.ok for result in results], [True, False])
        self.assertEqual(results[1].error.code if results[1].error else None, "BAD_ROW")
        found = self.loop.get_row("guests", "py/1")
        for _ in range(400):
            if len(found.versions) == 2:
                break
            sleep(0.05)
            found = self.loop.get_row("guests", "py/1")
        self.assertEqual(found, FoundRow(None, 1_767_312_000_000, [1_767_312_000_000, 1_767_225_600_000]))
        self.assertEqual(self.loop.get_row("guests", "py/1", as_of=since + timedelta(hours=1)).values, {"regular": True})
        self.assertIsNone(self.loop.get_row("guests", "nobody").valid_from)

    def test_times_need_a_zone_and_values_a_type(self) -> None:
        with self.assertRaises(ValueError):
            self.loop.tell("visit", {}, time=datetime(2026, 1, 1))
        with self.assertRaises(LoopstreamError) as caught:
            self.loop.tell("visit", {"guest": ["a"]})  # type: ignore[dict-item]
        self.assertEqual((caught.exception.code, caught.exception.field), ("BAD_REQUEST", "attributes.guest"))

    def test_a_time_hours_ahead_is_refused(self) -> None:
        time = datetime.now(timezone.utc) + timedelta(hours=2)
        calls = [
            lambda: self.loop.decide("tips", "anna", CONTEXT, time=time, raise_errors=True),
            lambda: self.loop.observe("py-a", {"amount": 1}, time=time),
            lambda: self.loop.tell("visit", {"guest": "py"}, time=time),
        ]
        for call in calls:
            with self.assertRaises(LoopstreamError) as caught:
                call()
            self.assertEqual((caught.exception.code, caught.exception.field), ("AHEAD_OF_TIME", "time"))

    def test_one_client_serves_many_threads(self) -> None:
        ids = [f"py-t-{at}" for at in range(40)]
        found = []

        def ask(part: "list[str]") -> None:
            for decision_id in part:
                found.append(self.loop.decide("tips", "anna", CONTEXT, decision_id=decision_id, wait=20))

        threads = [threading.Thread(target=ask, args=(ids[at::8],)) for at in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(each.decision_id for each in found), sorted(ids))
        self.assertEqual({each.reason for each in found}, {"noModel"})

    def test_a_wrong_token_is_refused_and_not_shown(self) -> None:
        with Client(URL, token="wrong-0123456789abcdef") as other:
            with self.assertRaises(LoopstreamError) as caught:
                other.tell("visit", {})
        self.assertEqual((caught.exception.code, caught.exception.status), ("NO_TOKEN", 401))
        self.assertNotIn("wrong-0123456789abcdef", repr(caught.exception.args))
        self.assertRaises(ValueError, Client, URL, token="a b")
        self.assertRaises(ValueError, Client, "localhost:8080")


if __name__ == "__main__":
    unittest.main()
