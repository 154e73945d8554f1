"""Asks for decisions with confluent-kafka alone and logs what happened after each; prints the answers as JSON.

python ask.py PLAN, the plan as foreign-clients.ts makes it.
"""

import io
import json
import struct
import sys
import time
import urllib.request

import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

PATIENCE_S = 3
LIMIT_S = 120
plan = json.loads(sys.argv[1])


def registered(path):
    with urllib.request.urlopen(plan["registry"] + path, timeout=10) as answer:
        found = json.load(answer)
    return found.get("id"), fastavro.parse_schema(json.loads(found["schema"]))


def framed(topic):
    """Encodes values of a topic as Confluent does: a zero byte, the schema's id, Avro."""
    schema_id, schema = registered(f"/subjects/{topic}-value/versions/latest")

    def encode(value):
        out = io.BytesIO()
        out.write(b"\0" + struct.pack(">I", schema_id))
        fastavro.schemaless_writer(out, schema, value)
        return out.getvalue()

    return encode


request_of, observation_of = framed(plan["requests"]), framed(plan["observations"])
schemas = {}


def decode(value):
    schema_id = struct.unpack(">I", value[1:5])[0]
    if schema_id not in schemas:
        schemas[schema_id] = registered(f"/schemas/ids/{schema_id}")[1]
    return fastavro.schemaless_reader(io.BytesIO(value[5:]), schemas[schema_id])


def failed(error, _message):
    if error is not None:
        raise RuntimeError(f"not written: {error}")


class Group:
    """Requests whose records have keys of one kind."""

    def __init__(self, name, key, count, partitioner=None):
        self.name, self.key, self.count = name, key, count
        own = {} if partitioner is None else {"partitioner": partitioner}
        self.producer = Producer({"bootstrap.servers": plan["brokers"], "acks": "all", **own})

    def send(self, topic, n, value, time_ms, headers=None):
        decision_id = f"{self.name}-{n}"
        key = {"id": decision_id, "unit": f"unit-{n % 7}", "none": None}[self.key]
        self.producer.produce(topic, value, key, timestamp=time_ms, headers=headers, on_delivery=failed)

    def ask(self, n, correlation):
        value = {
            "decisionId": f"{self.name}-{n}",
            "useCase": plan["useCase"],
            "unit": f"unit-{n % 7}",
            "context": {"price": float(n)},
            "deferred": False,
        }
        headers = {
            "kafka_correlationId": correlation,
            "kafka_replyTopic": plan["replyTopic"],
            "kafka_replyPartition": struct.pack(">i", 1),
        }
        self.send(plan["requests"], n, request_of(value), plan["start"] + n, headers)

    def observe(self, n):
        values = {"kind": "purchase", "amount": float(n)}
        value = {"decisionId": f"{self.name}-{n}", "useCase": plan["useCase"], "observationId": "once", "values": values}
        self.send(plan["observations"], n, observation_of(value), plan["start"] + n + 1_000)


groups = {each["name"]: Group(**each) for each in plan["groups"]}
consumer = Consumer({"bootstrap.servers": plan["brokers"], "group.id": "unused", "enable.auto.commit": False})
place = TopicPartition(plan["replies"], 1)
place.offset = consumer.get_watermark_offsets(place, timeout=20)[1]
consumer.assign([place])

first, latencies, different = {}, {name: [] for name in groups}, 0
#: By correlation id: when it was asked first, and last.
open_ = {}


def ask(name, n, round_):
    correlation = f"{name}/{n}/{round_}"
    open_[correlation] = [time.perf_counter(), time.perf_counter()]
    groups[name].ask(n, correlation)


def answered(message):
    global different
    correlation = dict(message.headers())["kafka_correlationId"].decode()
    name, n, round_ = correlation.split("/")
    reply = decode(message.value())
    if first.setdefault((name, n), reply) != reply:
        different += 1
    asked = open_.pop(correlation, None)
    if asked is None or round_ != "first":
        return
    latencies[name].append((time.perf_counter() - asked[0]) * 1000)
    groups[name].observe(int(n))


def until_answered(asks):
    """Asks at the plan's rate, and again for what is not answered in time."""
    begun = time.perf_counter()
    sent = 0
    while sent < len(asks) or open_:
        now = time.perf_counter()
        if now - begun > LIMIT_S:
            raise TimeoutError(f"without an answer after {LIMIT_S} s: {sorted(open_)[:10]}")
        while sent < len(asks) and begun + sent / plan["perSecond"] <= now:
            ask(*asks[sent])
            sent += 1
        for message in consumer.consume(200, timeout=0.002):
            if message.error() is None:
                answered(message)
        for correlation, times in list(open_.items()):
            if now - times[1] < PATIENCE_S:
                continue
            times[1] = now
            name, n, _ = correlation.split("/")
            groups[name].ask(int(n), correlation)
        for group in groups.values():
            group.producer.poll(0)


print("ready", file=sys.stderr, flush=True)
sys.stdin.readline()
most = max(group.count for group in groups.values())
every = [(name, n, "first") for n in range(most) for name, group in groups.items() if n < group.count]
until_answered(every)
until_answered([(name, n, "again") for name, n, _ in every if n % 4 == 0])
for group in groups.values():
    if group.producer.flush(30) != 0:
        raise RuntimeError("some records were not written")
consumer.close()
errors = [reply["error"] for reply in first.values() if reply["error"] is not None]
print(json.dumps({"answered": len(first), "different": different, "errors": errors, "latencies": latencies}))
