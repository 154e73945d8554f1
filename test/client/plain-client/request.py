"""Asks for a decision with confluent-kafka and Avro alone, nothing of loopstream's, and prints the reply as JSON.

python request.py PLAN: brokers, registry, and the fields of the request. The same as Request.java.
"""

import io
import json
import struct
import sys
import time
import urllib.request
import uuid

import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

REQUESTS, REPLIES = "decision-requests", "decision-replies"
LIMIT_S = 30
plan = json.loads(sys.argv[1])


def registered(path):
    with urllib.request.urlopen(plan["registry"] + path, timeout=10) as answer:
        found = json.load(answer)
    return found.get("id"), fastavro.parse_schema(json.loads(found["schema"]))


schema_id, schema = registered(f"/subjects/{REQUESTS}-value/versions/latest")
value = io.BytesIO()
# As Confluent does: a zero byte, the schema's id, Avro. A field that is not there has the default of the schema.
value.write(b"\0" + struct.pack(">I", schema_id))
fastavro.schemaless_writer(value, schema, plan["request"])

consumer = Consumer({"bootstrap.servers": plan["brokers"], "group.id": "unused", "enable.auto.commit": False})
# Any partition will do; its end has to be known before the request is sent.
place = TopicPartition(REPLIES, 0)
place.offset = consumer.get_watermark_offsets(place, timeout=20)[1]
consumer.assign([place])

correlation = str(uuid.uuid4())
headers = {
    "kafka_correlationId": correlation,
    "kafka_replyTopic": REPLIES,
    "kafka_replyPartition": struct.pack(">i", 0),
}
producer = Producer({"bootstrap.servers": plan["brokers"], "acks": "all"})
producer.produce(REQUESTS, value.getvalue(), plan["request"]["decisionId"], headers=headers)
if producer.flush(30) != 0:
    raise RuntimeError("the request was not written")

end = time.monotonic() + LIMIT_S
while time.monotonic() < end:
    message = consumer.poll(0.5)
    if message is None or message.error() is not None:
        continue
    if dict(message.headers() or [])["kafka_correlationId"].decode() != correlation:
        continue
    reply_schema = registered(f"/schemas/ids/{struct.unpack('>I', message.value()[1:5])[0]}")[1]
    print(json.dumps(fastavro.schemaless_reader(io.BytesIO(message.value()[5:]), reply_schema)))
    consumer.close()
    break
else:
    raise TimeoutError(f"no reply within {LIMIT_S} s")
