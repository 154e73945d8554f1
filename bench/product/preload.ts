import { decisionReplies } from "../../schemas/index.ts";
import { replyHeaders, type Published } from "../../streams/index.ts";
import type { Tools } from "../../loop/index.ts";
import { PARTITIONS } from "./place.ts";
import type { Life } from "./works/index.ts";

const CALL = 2_000;

/** Everything that the decisions bring, in the order of time. With `replies` each request wants an answer, on all partitions in turn. */
export async function preload({ publisher }: Tools, lives: readonly Life[], replies: boolean): Promise<void> {
  const records = lives.flatMap(({ request, outcomes }, index) => [
    replies ? withReply(request, index) : request,
    ...outcomes,
  ]);
  records.sort((a, b) => a.time - b.time);
  for (let from = 0; from < records.length; from += CALL) await publisher.publish(records.slice(from, from + CALL));
}

function withReply(request: Published<unknown>, index: number): Published<unknown> {
  const correlation = Buffer.alloc(4);
  correlation.writeInt32BE(index);
  return { ...request, headers: replyHeaders(decisionReplies.name, index % PARTITIONS, correlation) };
}
