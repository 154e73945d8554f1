import type { Position, TopicPartition } from "../../../backbone/backbone.ts";
import type { Aborted } from "../records/batch-decode.ts";
import { RequestBytes } from "./request-bytes.ts";
import type { Broker } from "../cluster/wire.ts";

export interface FetchedPartition extends TopicPartition {
  /** 0 is success. */
  readonly errorCode: number;
  /** The offset behind the last record, whether or not it can be seen yet. */
  readonly end: number;
  /** The offset behind the last visible record: the start of the first transaction that is still open. */
  readonly stable: number;
  readonly aborted: readonly Aborted[];
  /** Record batches, the last perhaps cut off. */
  readonly batches: Buffer;
}

export interface FetchLimits {
  /** How long the broker waits for something to send. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
}

/** Fetch, version 11, committed records only. Partitions come back in the order asked, so the first are served first. */
export async function fetchBatches(
  broker: Broker,
  positions: readonly Position[],
  limits: FetchLimits,
): Promise<readonly FetchedPartition[]> {
  const answer = await broker.connectionPool.send({
    request: {
      apiKey: 1,
      apiVersion: 11,
      apiName: "Fetch",
      encode: () => Promise.resolve(new RequestBytes(encode(positions, limits))),
    },
    response: {
      decode: (payload) =>
        Promise.resolve({ clientSideThrottleTime: payload.readInt32BE(0), partitions: decode(payload) }),
      parse: (decoded) => Promise.resolve((decoded as { partitions: FetchedPartition[] }).partitions),
    },
  });
  return answer as readonly FetchedPartition[];
}

function encode(positions: readonly Position[], limits: FetchLimits): Buffer {
  const runs = runsOfTopics(positions);
  const names = runs.map((run) => Buffer.from(run[0]!.topic));
  const namesLength = names.reduce((sum, name) => sum + 2 + name.length + 4, 0);
  const request = Buffer.alloc(4 + 4 + 4 + 4 + 1 + 4 + 4 + 4 + namesLength + positions.length * 28 + 4 + 2);
  request.writeInt32BE(-1, 0);
  request.writeInt32BE(limits.maxWaitMs, 4);
  request.writeInt32BE(1, 8);
  request.writeInt32BE(limits.maxBytes, 12);
  request[16] = 1; // read committed
  request.writeInt32BE(0, 17); // no fetch session
  request.writeInt32BE(-1, 21);
  let at = request.writeInt32BE(runs.length, 25);
  for (const [i, run] of runs.entries()) {
    at = request.writeInt16BE(names[i]!.length, at);
    request.set(names[i]!, at);
    at = request.writeInt32BE(run.length, at + names[i]!.length);
    for (const { partition, offset } of run) {
      at = request.writeInt32BE(partition, at);
      at = request.writeInt32BE(-1, at);
      at = request.writeBigInt64BE(BigInt(offset), at);
      at = request.writeBigInt64BE(-1n, at);
      at = request.writeInt32BE(limits.maxPartitionBytes, at);
    }
  }
  at = request.writeInt32BE(0, at);
  request.writeInt16BE(0, at);
  return request;
}

function runsOfTopics(positions: readonly Position[]): Position[][] {
  const runs: Position[][] = [];
  for (const position of positions) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]!.topic === position.topic) run.push(position);
    else runs.push([position]);
  }
  return runs;
}

function decode(payload: Buffer): FetchedPartition[] {
  const fetched: FetchedPartition[] = [];
  let at = 4 + 2 + 4;
  let topics = payload.readInt32BE(at);
  for (at += 4; topics > 0; topics--) {
    const length = payload.readInt16BE(at);
    const topic = payload.toString("utf8", at + 2, at + 2 + length);
    at += 2 + length;
    let partitions = payload.readInt32BE(at);
    for (at += 4; partitions > 0; partitions--) {
      const partition = payload.readInt32BE(at);
      const errorCode = payload.readInt16BE(at + 4);
      const end = Number(payload.readBigInt64BE(at + 6));
      const stable = Number(payload.readBigInt64BE(at + 14));
      // Behind these: the start of the log.
      at += 4 + 2 + 8 + 8 + 8;
      const aborted: Aborted[] = [];
      let count = payload.readInt32BE(at);
      for (at += 4; count > 0; count--, at += 16) {
        aborted.push({
          producerId: payload.readBigInt64BE(at),
          firstOffset: Number(payload.readBigInt64BE(at + 8)),
        });
      }
      const size = Math.max(0, payload.readInt32BE(at + 4));
      at += 8;
      fetched.push({ topic, partition, errorCode, end, stable, aborted, batches: payload.subarray(at, at + size) });
      at += size;
    }
  }
  return fetched;
}
