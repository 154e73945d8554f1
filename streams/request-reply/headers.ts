import { asBuffer } from "../bytes.ts";
import type { Headers } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { RecentTexts } from "../recent-texts.ts";

/** The headers Kafka users know from Spring's replying template; other languages' clients set the same three. */
export const CORRELATION_ID = "kafka_correlationId";
export const REPLY_TOPIC = "kafka_replyTopic";
export const REPLY_PARTITION = "kafka_replyPartition";

/** Kafka's longest name of a topic. */
const LONGEST_NAME = 249;
const { correlationIdBytes } = streamsLimits;
const topics = new RecentTexts();

export interface ReplyAddress {
  readonly topic: string;
  readonly partition: number;
  readonly headers: Headers;
}

/** The partition is a big-endian 32-bit integer. */
export function replyHeaders(topic: string, partition: number, correlationId: Uint8Array): Headers {
  const encoded = Buffer.allocUnsafe(4);
  encoded.writeInt32BE(partition);
  return { [CORRELATION_ID]: correlationId, [REPLY_TOPIC]: Buffer.from(topic), [REPLY_PARTITION]: encoded };
}

/**
 * The place for a request's reply, with the correlation id to send back. `undefined` if the request names no topic.
 * Without a partition the reply goes to partition 0. Throws `REPLY_NOT_ALLOWED` if the headers name no place: a
 * partition that is not four bytes or is negative, or a topic or correlation id that is too long.
 */
export function replyAddress(headers: Headers): ReplyAddress | undefined {
  const topic = headers[REPLY_TOPIC];
  if (topic === undefined || topic.length === 0) return undefined;
  if (topic.length > LONGEST_NAME)
    throw refused(REPLY_TOPIC, `${topic.length} bytes; a topic's name has at most ${LONGEST_NAME}`);
  const correlationId = headers[CORRELATION_ID];
  if (correlationId !== undefined && correlationId.length > correlationIdBytes) {
    throw refused(CORRELATION_ID, `${correlationId.length} bytes; at most ${correlationIdBytes} are sent back`);
  }
  return {
    topic: topics.read(asBuffer(topic), 0, topic.length),
    partition: partitionIn(headers[REPLY_PARTITION]),
    headers: correlationId === undefined ? {} : { [CORRELATION_ID]: correlationId },
  };
}

function partitionIn(bytes: Uint8Array | undefined): number {
  if (bytes === undefined || bytes.length === 0) return 0;
  if (bytes.length !== 4) throw refused(REPLY_PARTITION, `${bytes.length} bytes; write a big-endian 32-bit integer`);
  const partition = asBuffer(bytes).readInt32BE();
  if (partition < 0) throw refused(REPLY_PARTITION, `the value ${partition}; name a partition from 0 on`);
  return partition;
}

const refused = (header: string, what: string): StreamsError =>
  new StreamsError("REPLY_NOT_ALLOWED", `no reply is written: header ${header} has ${what}`);
