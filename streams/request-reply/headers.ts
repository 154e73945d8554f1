import { asBuffer } from "../bytes.ts";
import type { Headers } from "../backbone/backbone.ts";
import { RecentTexts } from "../recent-texts.ts";

/** The headers Kafka users know from Spring's replying template; other languages' clients set the same three. */
export const CORRELATION_ID = "kafka_correlationId";
export const REPLY_TOPIC = "kafka_replyTopic";
export const REPLY_PARTITION = "kafka_replyPartition";

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
 * Where a request wants its reply, with the correlation id to send back. `undefined` when the request names no topic. Without a partition, or
 * with one that is not four bytes, the reply goes to partition 0.
 */
export function replyAddress(headers: Headers): ReplyAddress | undefined {
  const topic = headers[REPLY_TOPIC];
  if (topic === undefined || topic.length === 0) return undefined;
  const partition = headers[REPLY_PARTITION];
  const correlationId = headers[CORRELATION_ID];
  return {
    topic: topics.read(asBuffer(topic), 0, topic.length),
    partition: partition?.length === 4 ? asBuffer(partition).readInt32BE() : 0,
    headers: correlationId === undefined ? {} : { [CORRELATION_ID]: correlationId },
  };
}
