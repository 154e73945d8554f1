import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import {
  createEmbeddedBackbone,
  partitionOf,
  readTable,
  type EmbeddedBackbone,
  type UnreadableRecord,
} from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import {
  LeftOutRows,
  openSpill,
  readRows,
  rowsInOrder,
  rowsTopic,
  type OrderOptions,
  type RowsRead,
} from "../../rows/index.ts";
import { compiled, rows, START, TEXT } from "../trainer/parcel-rows.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-rows-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
  await publishBlueprint(tools, TEXT);
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

async function inOrder(options: Partial<OrderOptions> = {}): Promise<TrainingRow[]> {
  const known = validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  const all: TrainingRow[] = [];
  const given = { ...everything, leftOut, bytes: 20_000, spill: openSpill, ...options };
  for await (const row of rowsInOrder(backbone, tools.serdes, compiled, known, given)) all.push(row);
  return all;
}

async function read(): Promise<RowsRead> {
  const known = validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));
  return readRows(backbone, tools.serdes, compiled, known, Number.POSITIVE_INFINITY);
}

const atOnce = async (): Promise<readonly TrainingRow[]> => (await read()).rows;

const published = (all: readonly TrainingRow[], topic = rowsTopic(compiled)): Promise<void> =>
  tools.publisher.publish(
    all.map((value) => ({ topic, key: String(value["decisionId"]), value, time: value["rowTime"] as number })),
  );

test("rows put aside on the disk are those that training reads: the newest of each decision, by time and id", async () => {
  const random = seeded(7);
  const ids = ["\ue000", "🐎", "a", "b", "é"];
  const all = rows(0, 2_000, 1).flatMap((row, at): TrainingRow[] => {
    const decisionId = at % 5 === 0 ? ids[random(ids.length)]! : row["decisionId"]!;
    const decisionTime = START + random(300) * 60_000;
    const first = { ...row, decisionId, decisionTime, rowTime: decisionTime + 1 };
    const corrected = { ...first, rowTime: decisionTime + random(3), maturity: "corrected", label: 7 };
    return random(3) === 0 ? [first, corrected] : [first];
  });
  all.sort(() => random(3) - 1);
  await published(all);
  const expected = await atOnce();
  expect(await inOrder()).toEqual(expected);
  expect(await inOrder({ bytes: 64 << 20 })).toEqual(expected);
});

test("rows as of a time are the newest of each decision that were known by then", async () => {
  const random = seeded(11);
  const all = rows(0, 300, 1).flatMap((row): TrainingRow[] => {
    const first = { ...row, rowTime: (row["decisionTime"] as number) + random(50) * 60_000 };
    const later = Array.from({ length: random(4) }, (_, n) => {
      return { ...first, rowTime: first.rowTime + random(90) * 60_000, maturity: "corrected", label: n + 2 };
    });
    return [first, ...later.sort((a, b) => a.rowTime - b.rowTime)];
  });
  await published(all);
  const times = all.map((row) => row["rowTime"] as number).sort((a, b) => a - b);
  for (const time of [times[0]! - 1, ...[0.1, 0.5, 0.9].map((part) => times[Math.floor(part * times.length)]!)]) {
    const newest = new Map<unknown, TrainingRow>();
    for (const row of all) {
      const other = newest.get(row["decisionId"]);
      const isLater = other === undefined || (other["rowTime"] as number) <= (row["rowTime"] as number);
      if ((row["rowTime"] as number) <= time && isLater) newest.set(row["decisionId"], row);
    }
    const found = await inOrder({ asOf: time });
    expect(new Map(found.map((row) => [row["decisionId"], row]))).toEqual(newest);
    expect(found).toHaveLength(newest.size);
  }
});

test("a long writing is told every thousand records, of all that were sorted", async () => {
  await published(rows(0, 2_500, 1));
  const told: (readonly [taken: number, total: number])[] = [];
  await inOrder({ onTaken: (...all) => told.push(all) });
  expect(told).toEqual([
    [1_000, 2_500],
    [2_000, 2_500],
  ]);
});

test("only rows decided within the bounds are kept", async () => {
  await published(rows(0, 300, 1));
  const [from, to] = [START + 60 * 60_000, START + 120 * 60_000];
  const expected = (await atOnce()).filter(
    ({ decisionTime }) => (decisionTime as number) >= from && (decisionTime as number) < to,
  );
  expect(expected).toHaveLength(60);
  expect(await inOrder({ from, to })).toEqual(expected);
});

test("rows of versions that can't be trained on are left out and counted, those of earlier ones are read as the newest schema has them", async () => {
  const texts = [
    TEXT.replace("carrier: category", "carrier: category, size: number").replace("carrier]", "carrier, size]"),
    TEXT.replace("minutes > 10", "minutes > 20"),
    TEXT,
  ];
  for (const [at, text] of texts.entries()) {
    const version = compileBlueprint(text);
    await publishBlueprint(tools, text);
    const { blueprint } = version;
    await published(
      rows(at * 10, 10, 1).map((row) => ({ ...row, blueprintVersion: blueprint.version, size: 3 })),
      rowsTopic(version),
    );
  }
  const expected = await read();
  expect(expected.rows).toHaveLength(20);
  expect(expected.leftOut).toHaveLength(1);
  const leftOut = new LeftOutRows(
    compiled.blueprint,
    validBlueprints(await readTable(backbone, tools.serdes, blueprintTable)),
  );
  expect(await inOrder({ leftOut })).toEqual(expected.rows);
  expect(leftOut.all()).toEqual(expected.leftOut);
});

test("a row that can't be read is told, and the one before it counts", async () => {
  const [row, next] = rows(0, 2, 1) as [TrainingRow, TrainingRow];
  await published([row, next]);
  const whole = await tools.publisher.encode({ topic: rowsTopic(compiled), key: "d000000", value: row, time: START });
  const producer = await backbone.producer();
  const partition = partitionOf(Buffer.from("d000000"), 3);
  for (const value of [whole.value!.subarray(0, -3), whole.value!.subarray(0, 8), Buffer.from("no")])
    await producer.send([{ ...whole, value, partition }]);
  await producer.close();
  const told: UnreadableRecord[] = [];
  tools.serdes.unreadable.listen((record) => told.push(record));
  expect(await inOrder()).toEqual([row, next]);
  expect(told.map(({ record }) => [record.partition, Buffer.from(record.key!).toString()])).toEqual([
    [partition, "d000000"],
    [partition, "d000000"],
    [partition, "d000000"],
  ]);
  expect(new Set(told.map(({ record }) => record.offset)).size).toBe(3);
});

function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}
