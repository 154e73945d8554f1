/**
 * The common work by hand: the same client, codec, store and models as the runtime's and nothing else. Its speed is the
 * limit for a program in one Node process. It reads all partitions as one reader, infers a poll at once and sends the
 * answers while it works on the next poll.
 */
import { readFileSync } from "node:fs";
import { loadScorer } from "../../serving/index.ts";
import {
  CORRELATION_ID,
  createLevelEngine,
  partitionOf,
  REPLY_PARTITION,
  REPLY_TOPIC,
  type Backbone,
  type Fetch,
  type OutgoingRecord,
  type Position,
  type Reader,
} from "../../streams/index.ts";
import { actionOf, valueOf } from "./work/decide.ts";
import { openBackbone, peerOptions, untilTold } from "./peer-options.ts";
import {
  decisionsOn,
  MODEL_FEATURES,
  MODEL_NAME,
  PARTITIONS,
  replies,
  REQUEST_FEATURES,
  requestsOn,
  schemaIds,
  unitFeatures,
  type BenchRequest,
  type UnitFeatures,
} from "./work/topics.ts";

const PREFIX = 5;
const COMMIT_MS = 20;
/** Of a poll: fewer, larger requests than with the runtime's. */
const RECORDS = 4_096;
const options = peerOptions();
const backbone = await openBackbone(options);
const store = await createLevelEngine(options.dir).open("units");

async function startOf(topic: string): Promise<Reader> {
  const offsets = await backbone.offsets([topic]);
  return backbone.reader(offsets.map(({ topic, partition, start }) => ({ topic, partition, offset: start })));
}

async function load(): Promise<void> {
  const reader = await startOf(options.features);
  for (let seen = 0; seen < options.units;) {
    for (const { records } of await reader.poll(1_000)) {
      await store.write(records.map(({ key, value }) => [Buffer.from(key!).toString(), value]));
      seen += records.length;
    }
  }
  await reader.close();
}

const requestType = requestsOn(options.requests).type;
const decisionType = decisionsOn(options.decisions).type;
const decode = <V>(type: typeof requestType, bytes: Uint8Array): V =>
  type.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), PREFIX).value as V;

const SLAB = 1 << 20;
let slab = Buffer.allocUnsafeSlow(SLAB);
let used = 0;
function encode(type: typeof requestType, schema: number, value: object): Uint8Array {
  if (SLAB - used < 1_024) {
    slab = Buffer.allocUnsafeSlow(SLAB);
    used = 0;
  }
  const at = used;
  slab.writeUInt8(0, at);
  slab.writeUInt32BE(schema, at + 1);
  used = type.encode(value, slab, at + PREFIX);
  return slab.subarray(at, used);
}

const scorer = await loadScorer(readFileSync(options.model));

async function decide(fetches: readonly Fetch[]): Promise<OutgoingRecord[]> {
  const records = fetches.flatMap((fetch) => fetch.records);
  const requests = records.map(({ value }) => decode<BenchRequest>(requestType, value!));
  const rows = new Float32Array(records.length * MODEL_FEATURES);
  for (let row = 0; row < records.length; row++) {
    const kept = decode<UnitFeatures>(unitFeatures.type, store.get!(requests[row]!.unit)!);
    rows.set(requests[row]!.features, row * MODEL_FEATURES);
    rows.set(kept.values, row * MODEL_FEATURES + REQUEST_FEATURES);
  }
  const scores = (await scorer.score(rows, records.length))[0]!;
  const outgoing: OutgoingRecord[] = [];
  for (let row = 0; row < records.length; row++) {
    const { timestamp, headers } = records[row]!;
    const { id, unit } = requests[row]!;
    const key = Buffer.from(id);
    const features = rows.subarray(row * MODEL_FEATURES, (row + 1) * MODEL_FEATURES);
    const score = scores[row]!;
    const value = valueOf(score, features[0]!, features[REQUEST_FEATURES]!);
    const action = actionOf(value);
    outgoing.push(
      {
        topic: options.decisions,
        partition: partitionOf(key, PARTITIONS),
        timestamp,
        key,
        value: encode(decisionType, schemaIds["Decision"]!, {
          id,
          unit,
          score,
          value,
          action,
          model: MODEL_NAME,
          features,
        }),
      },
      {
        topic: Buffer.from(headers[REPLY_TOPIC]!).toString(),
        partition: Buffer.from(headers[REPLY_PARTITION]!).readInt32BE(),
        timestamp,
        key,
        value: encode(replies.type, schemaIds["Reply"]!, { id, action, value, score }),
        headers: { [CORRELATION_ID]: headers[CORRELATION_ID]! },
      },
    );
  }
  return outgoing;
}

const after = (fetches: readonly Fetch[]): Position[] =>
  fetches.map(({ topic, partition, records }) => ({ topic, partition, offset: records.at(-1)!.offset + 1 }));

/** Resolves to a function that stores the answers of a poll; one call after the other. */
async function keeper(target: Backbone): Promise<(answers: OutgoingRecord[], positions: Position[]) => Promise<void>> {
  if (options.guarantee === "exactly-once") {
    const producer = await target.producer({ transactionalId: options.id });
    return async (answers, positions) => {
      const transaction = await producer.begin();
      await transaction.send(answers);
      await transaction.sendOffsets(options.id, positions);
      await transaction.commit();
    };
  }
  const producer = await target.producer();
  const reached = new Map<number, Position>();
  let committed = performance.now();
  return async (answers, positions) => {
    await producer.send(answers);
    for (const position of positions) reached.set(position.partition, position);
    if (performance.now() - committed < COMMIT_MS) return;
    committed = performance.now();
    await target.commit(options.id, [...reached.values()]);
  };
}

async function run(): Promise<void> {
  const keep = await keeper(backbone);
  const reader = await startOf(options.requests);
  let told = false;
  let kept: Promise<void> = Promise.resolve();
  const ending = untilTold().then(() => (told = true));
  while (!told) {
    const fetches = await reader.poll(100, RECORDS);
    if (fetches.length === 0) continue;
    const answers = await decide(fetches);
    await kept;
    kept = keep(answers, after(fetches));
    kept.catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
  await ending;
  await kept;
}

await (options.load ? load() : run());
await store.close();
await backbone.close();
