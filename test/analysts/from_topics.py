"""Reads topics to their ends with confluent-kafka and fastavro, and prints the values and the group's lag as JSON.

python from_topics.py BROKERS REGISTRY TOPIC …
"""

import io
import json
import struct
import sys
import urllib.request
import uuid

import fastavro
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

brokers, registry, *topics = sys.argv[1:]
schemas = {}


def decode(value):
    schema_id = struct.unpack(">I", value[1:5])[0]
    if schema_id not in schemas:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{schema_id}", timeout=10) as answer:
            schemas[schema_id] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
    schema = schemas[schema_id]
    return schema["name"], fastavro.schemaless_reader(io.BytesIO(value[5:]), schema)


def aborted(topic):
    """A transaction that is given up, behind all that is there: its records and its marker stay on the topic."""
    producer = Producer({"bootstrap.servers": brokers, "transactional.id": f"aborted-{uuid.uuid4()}"})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(topic, b"never", b"aborted", partition=0)
    producer.flush(20)
    producer.abort_transaction(20)


def consumer_of(topic, isolation):
    settings = {
        "bootstrap.servers": brokers,
        "group.id": f"analyst-{uuid.uuid4()}",
        "isolation.level": isolation,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
    return consumer, [TopicPartition(topic, partition, 0) for partition in partitions]


def values_of(consumer, places):
    """All values, up to the ends of the partitions."""
    values, ended = [], set()
    while len(ended) < len(places):
        message = consumer.poll(20)
        assert message is not None, "nothing came for 20 s"
        if message.error() is None:
            values.append(message.value())
        else:
            assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
            ended.add(message.partition())
    return values


def committed(topic):
    """The values that a group reads, the lag that a monitor then sees of it, and the number of offsets."""
    consumer, places = consumer_of(topic, "read_committed")
    consumer.subscribe([topic])
    values = values_of(consumer, places)
    ends = [consumer.get_watermark_offsets(place, timeout=20)[1] for place in places]
    consumer.commit(asynchronous=False)
    lag = [end - place.offset for end, place in zip(ends, consumer.committed(places, timeout=20))]
    consumer.close()
    return values, lag, sum(ends)


def uncommitted(topic):
    consumer, places = consumer_of(topic, "read_uncommitted")
    consumer.assign(places)
    values = values_of(consumer, places)
    consumer.close()
    return values


def plain(value):
    return value.isoformat(timespec="milliseconds") if hasattr(value, "isoformat") else value


def seen(topic):
    aborted(topic)
    values, lag, offsets = committed(topic)
    decoded = [decode(value) for value in values]
    return {
        "names": sorted({name for name, _ in decoded}),
        "rows": [{name: plain(value) for name, value in row.items()} for _, row in decoded],
        "lag": lag,
        "offsets": offsets,
        "uncommitted": len(uncommitted(topic)),
    }


print(json.dumps({topic: seen(topic) for topic in topics}))
