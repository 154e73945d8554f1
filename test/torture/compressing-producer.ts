import { zstdCompressSync } from "node:zlib";
import kafkajs from "kafkajs";
import type { OutgoingRecord } from "../../streams/index.ts";

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

export interface CompressingProducer {
  /** As one request, all batches in one compression that is drawn. */
  send(records: readonly OutgoingRecord[], random: () => number): Promise<void>;
  close(): Promise<void>;
}

const types = [CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD];

/** Writes with kafkajs in every compression that Kafka has. Snappy and LZ4 are written as literals, which every reader takes. */
export async function compressingProducer(brokers: string): Promise<CompressingProducer> {
  const codecs = CompressionCodecs as unknown as Record<number, () => unknown>;
  const codec = (compress: (bytes: Buffer) => Buffer) => () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) => Promise.resolve(compress(buffer)),
    decompress: () => Promise.reject(new Error("this one only writes")),
  });
  codecs[CompressionTypes.Snappy] = codec(snappyLiterals);
  codecs[CompressionTypes.LZ4] = codec(lz4Literals);
  codecs[CompressionTypes.ZSTD] = codec((bytes) => zstdCompressSync(bytes));
  const kafka = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING, retry: { retries: 2 } });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    async send(records, random) {
      const byTopic = Map.groupBy(records, ({ topic }) => topic);
      await producer.sendBatch({
        compression: types[Math.floor(random() * types.length)]!,
        topicMessages: [...byTopic].map(([topic, group]) => ({
          topic,
          messages: group.map(({ partition, key, value, timestamp, headers }) => ({
            partition,
            key: key === null ? null : Buffer.from(key),
            value: value === null ? null : Buffer.from(value),
            timestamp: String(timestamp),
            headers: Object.fromEntries(
              Object.entries(headers ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes)]),
            ),
          })),
        })),
      });
    },
    close: () => producer.disconnect(),
  };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}

function snappyLiterals(bytes: Buffer): Buffer {
  const parts: Buffer[] = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 0x1_0000) {
    const literal = bytes.subarray(at, at + 0x1_0000);
    const tag = Buffer.from([61 << 2, 0, 0]);
    tag.writeUInt16LE(literal.length - 1, 1);
    parts.push(tag, literal);
  }
  return Buffer.concat(parts);
}

/** A frame of version 1 with blocks of 4 MiB at most, as they are. The header's checksum is XXH32 of its two bytes. */
function lz4Literals(bytes: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73])];
  for (let at = 0; at < bytes.length; at += 4 << 20) {
    const block = bytes.subarray(at, at + (4 << 20));
    const size = Buffer.alloc(4);
    size.writeUInt32LE((block.length | 0x8000_0000) >>> 0);
    parts.push(size, block);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}
