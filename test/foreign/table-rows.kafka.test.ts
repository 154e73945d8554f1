import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, loopOptions, openTools, settingsOf } from "../../loop/index.ts";
import { openLoopstream, type Loopstream } from "../../loop/embed/index.ts";
import { deadLetters, decisions, tableRows } from "../../schemas/index.ts";
import { Outages, readTopic, silent, type Topic } from "../../streams/index.ts";
import { temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python, runPython } from "../python/venv.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startRegistry } from "../servers/registry.ts";

const dir = temporaryDir();
const name = randomUUID().replaceAll("-", "");
const [useCase, table] = [`rows-${name}`, `depots_${name}`];
const BLUEPRINT = `useCase: ${useCase}
decisionSpace: boolean
context: { depot: key }
tables: { ${table}: { key: depot, fields: { bays: number, region: category, open: boolean } } }
features:
  - bays: { table: ${table}, field: bays, by: depot }
  - region: { table: ${table}, field: region, by: depot }
  - open: { table: ${table}, field: open, by: depot }
observations: { late: boolean }
label: { name: delay, value: late }
policy: { decide: delay > 0.5 }
`;
// Servers of its own: every loop on a broker says which rows of its tables it can't read.
let broker: KafkaServer;
let registry: Awaited<ReturnType<typeof startRegistry>>;
let place: { readonly brokers: string[]; readonly registry: string; readonly partitions: number };
let loop: Loopstream;
beforeAll(async () => {
  await python();
  broker = await startKafka();
  registry = await startRegistry();
  place = { brokers: [broker.brokers], registry: registry.url, partitions: 1 };
  loop = await openLoopstream({ ...place, id: useCase, dir: join(dir.path, "loop"), log: silent });
  await loop.publishBlueprint(BLUEPRINT);
}, FETCH_MS);
afterAll(async () => {
  await loop.close();
  await registry.stop();
  await broker.stop();
  dir.remove();
});

const START = Date.now() - 60_000;
type Values = Readonly<Record<string, unknown>> | null;
const row = (depot: string, after: number, values: Values) =>
  [`${table}/${depot}@${START + after}`, { table, key: [depot], validFrom: START + after, values }] as const;
const takenBack = (depot: string, after: number) => [`${table}/${depot}@${START + after}`, null] as const;

async function write(records: readonly (readonly [string, unknown])[]): Promise<void> {
  const plan = { brokers: broker.brokers, registry: registry.url, topic: tableRows.name, records };
  const script = join(import.meta.dirname, "put_rows.py");
  expect(await runPython(script, [JSON.stringify(plan)])).toEqual({ written: records.length });
}

async function valuesOn<V>(topic: Topic<V>): Promise<readonly V[]> {
  const settings = settingsOf({ ...place, dir: join(dir.path, "reader"), id: `${useCase}-reader` });
  const connection = await connect(settings, { outages: new Outages(), log: silent });
  const tools = await openTools(loopOptions(settings, connection, "live"));
  try {
    const values: V[] = [];
    for await (const { value } of readTopic(connection.backbone, tools.serdes, topic)) values.push(value);
    return values;
  } finally {
    await tools.close();
    await connection.close();
  }
}

test(
  "rows and tombstones that confluent-kafka writes are what decisions see; a row that does not fit is a dead letter",
  { timeout: 120_000 },
  async () => {
    await write([
      row("oslo", 0, { bays: 12, region: "north", open: true }),
      row("rome", 0, { bays: 2, region: "south", open: null }),
      row("rome", 1_000, { bays: 99, region: "south", open: false }),
      row("bonn", 0, { bays: 5, region: "west", open: true }),
      row("bonn", 1_000, null),
      row("kiel", 0, { bays: "many", region: "north", open: true }),
      [`${table}/graz`, { table, key: ["graz"], validFrom: START, values: { bays: 1 } }],
      takenBack("rome", 1_000),
      [`${table}-rome`, null],
      row("last", 0, { bays: 1, region: "", open: true }),
    ]);
    await expect.poll(async () => (await loop.tables.get(table, ["last"])).values, { timeout: 30_000 }).not.toBe(null);

    for (const depot of ["oslo", "rome", "bonn", "kiel", "graz"]) {
      const asked = { unit: "anna", decisionId: `${name}-${depot}`, context: { depot } };
      expect(await loop.getDecision(useCase, asked, { timeout: 30_000 })).toMatchObject({ error: null });
    }
    const made = (await valuesOn(decisions)).filter((decision) => decision.useCase === useCase);
    const seen = Object.fromEntries(made.map(({ decisionId, features }) => [decisionId.split("-")[1], features]));
    const missing = [null, null, null];
    expect(seen).toEqual({
      oslo: [12, "north", 1],
      rome: [2, "south", null],
      bonn: missing,
      kiel: missing,
      graz: missing,
    });

    // A request of another test for an unknown use case is told this one's name too.
    const ofRows = (await valuesOn(deadLetters)).filter(({ topic }) => topic === tableRows.name);
    const letters = ofRows.filter(({ message }) => message.includes(name));
    expect(letters.map(({ code }) => code)).toEqual(letters.map(() => "BAD_ROW"));
    const reasons = letters.map(({ message }) => message);
    expect(reasons).toHaveLength(3);
    expect(reasons).toContainEqual(expect.stringMatching(/bays.*"many" is not a number/));
    expect(reasons).toContainEqual(expect.stringContaining(`"${table}/graz@${START}"`));
    expect(reasons).toContainEqual(expect.stringContaining(`"${table}-rome" names none`));
  },
);
