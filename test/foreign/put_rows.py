"""Writes records of reference tables with confluent-kafka alone, with the schema of the registry.

python put_rows.py PLAN, the plan as table-rows.kafka.test.ts makes it.
"""

import io
import json
import struct
import sys
import urllib.request

import fastavro
from confluent_kafka import Producer

plan = json.loads(sys.argv[1])
with urllib.request.urlopen(f"{plan['registry']}/subjects/{plan['topic']}-value/versions/latest", timeout=10) as answer:
    found = json.load(answer)
schema_id, schema = found["id"], fastavro.parse_schema(json.loads(found["schema"]))


def framed(row):
    """As Confluent does: a zero byte, the schema's id, Avro. None is a tombstone."""
    if row is None:
        return None
    out = io.BytesIO()
    out.write(b"\0" + struct.pack(">I", schema_id))
    fastavro.schemaless_writer(out, schema, row)
    return out.getvalue()


def written(error, _message):
    if error is not None:
        raise RuntimeError(f"not written: {error}")


producer = Producer({"bootstrap.servers": plan["brokers"], "acks": "all"})
for key, row in plan["records"]:
    producer.produce(plan["topic"], framed(row), key, on_delivery=written)
if producer.flush(30) != 0:
    raise RuntimeError("some records were not written")
print(json.dumps({"written": len(plan["records"])}))
