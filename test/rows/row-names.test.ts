import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import avro from "avsc";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import {
  hashRows,
  LeftOutRows,
  newestRows,
  openSpill,
  readRows,
  rowSchema,
  rowsInOrder,
  rowsNamespace,
  rowsTopic,
} from "../../rows/index.ts";
import { trainingRows, type TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, type AvroSchema, type EmbeddedBackbone } from "../../streams/index.ts";
import { incompatibility } from "../../streams/registry/compatibility.ts";
import { random } from "../blueprints/random.ts";
import { edited, SMALL } from "../blueprints/fixtures.ts";
import { compiled, rows, TEXT } from "../trainer/parcel-rows.ts";
import { formerRowSchema } from "./former-row-schema.ts";

const { blueprint } = compiled;

test("the name of rows is an Avro name of their use case alone, the same in all its versions", () => {
  const next = random(46);
  const letters = "ab12z9--";
  const made = new Map<string, string>();
  const useCases = [
    "flight-delays",
    "flight",
    "2fa",
    "-2fa",
    "--2fa",
    "a--b",
    "a-b",
    "ab",
    "-",
    "class",
    "import",
    "1",
  ];
  while (useCases.length < 2_000) {
    const length = 1 + Math.floor(next() * 64);
    useCases.push(Array.from({ length }, () => letters[Math.floor(next() * letters.length)]!).join(""));
  }
  for (const useCase of useCases) {
    const { namespace, name } = rowSchema({ ...blueprint, useCase });
    expect(name).toBe("TrainingRow");
    expect(namespace).toMatch(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/);
    expect(made.get(namespace) ?? useCase).toBe(useCase);
    made.set(namespace, useCase);
  }
  expect(rowsNamespace("flight-delays")).toBe("loopstream.rows_flight_delays");
  const other = compileBlueprint(edited("  - distance\n", "")).blueprint;
  expect(rowSchema(other).namespace).toBe(rowSchema(compileBlueprint(SMALL).blueprint).namespace);
});

test("the rows of several use cases can be generated code, or one registry of types, side by side", () => {
  const registry = {};
  for (const useCase of ["flight-delays", "reminders"]) {
    avro.Type.forSchema(rowSchema({ ...blueprint, useCase }) as avro.Schema, { registry });
  }
  expect(Object.keys(registry)).toEqual(
    expect.arrayContaining(["loopstream.rows_flight_delays.TrainingRow", "loopstream.rows_reminders.TrainingRow"]),
  );
});

test("rows of the former name and of the present one may follow each other in a subject, under every rule", () => {
  const now = rowSchema(blueprint) as unknown as AvroSchema;
  const former = formerRowSchema(blueprint);
  for (const mode of ["BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FULL"] as const) {
    expect(incompatibility(former, now, mode), mode).toBeUndefined();
    expect(incompatibility(now, former, mode), mode).toBeUndefined();
  }
});

let dir: string;
let backbone: EmbeddedBackbone;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-rows-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

test("rows that a former release wrote are read beside new ones, in the same values, order and hash", async () => {
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
  try {
    await publishBlueprint(tools, TEXT);
    const all = rows(0, 400, 1).map((row, at): TrainingRow => ({
      ...row,
      labelTime: at % 3 === 0 ? row["rowTime"]! : null,
    }));
    const former = trainingRows(blueprint.useCase, formerRowSchema(blueprint));
    // Every other decision by each release, and some that the former one labelled and this one corrected.
    const publish = (some: readonly TrainingRow[], topic = rowsTopic(compiled)): Promise<void> =>
      tools.publisher.publish(
        some.map((value) => ({ topic, key: String(value["decisionId"]), value, time: value["rowTime"] as number })),
      );
    const stale = all.filter((_, at) => at % 8 === 0).map((row): TrainingRow => ({ ...row, label: 9 }));
    const corrected = all
      .filter((_, at) => at % 8 === 0)
      .map((row): TrainingRow => ({ ...row, rowTime: (row["rowTime"] as number) + 1, maturity: "corrected" }));
    const expected = all.map((row, at) => (at % 8 === 0 ? corrected[at / 8]! : row));
    await publish([...stale, ...all.filter((_, at) => at % 2 === 0 && at % 8 !== 0)], former);
    await publish([...all.filter((_, at) => at % 2 === 1), ...corrected]);

    const known = validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));
    const read = await readRows(backbone, tools.serdes, compiled, known, Number.POSITIVE_INFINITY);
    expect(read.rows).toEqual(expected);
    expect(read.leftOut).toEqual([]);
    const again = await readRows(backbone, tools.serdes, compiled, known, Number.POSITIVE_INFINITY, { again: read });
    expect(again.rows).toEqual(expected);

    const leftOut = new LeftOutRows(blueprint, known);
    const inOrder: TrainingRow[] = [];
    const times = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    for await (const row of rowsInOrder(backbone, tools.serdes, compiled, known, {
      ...{ ...times, leftOut, bytes: 20_000, spill: openSpill },
    })) {
      inOrder.push(row);
    }
    expect(inOrder).toEqual(expected);
    expect(leftOut.all()).toEqual([]);

    // Bytes hold no names: the hash of the same rows is the same under both.
    const newest = await newestRows(backbone, tools.serdes, rowsTopic(compiled));
    expect(hashRows([rowsTopic(compiled), newest])).toBe(hashRows([former, expected]));
  } finally {
    await tools.close();
  }
});
