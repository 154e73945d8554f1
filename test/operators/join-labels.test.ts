import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import { pendingStore } from "../../operators/join/stores.ts";
import { nothing } from "../../operators/join/known.ts";
import { blueprints, clock, deadLetters, decisions, joined, observations } from "../../schemas/index.ts";
import {
  avroStore,
  createMemoryEngine,
  createTestDriver,
  defineTopic,
  defineTopology,
  SOURCE_HEADER,
  type AvroSchema,
  type TestDriver,
} from "../../streams/index.ts";
import { TaskState } from "../../streams/state/task-state.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { decision, HOUR, PARCELS, published, START } from "./parcels.ts";

const LABEL = `label:
  name: late
  when: kind == "arrival"
  value: delay >= 10
  wait: 2h
`;
/** Whether it is late, known soon, and what its receivers say, which takes longer; how often they said so has a default. */
const SEVERAL = PARCELS.replace("  delay: number\n", "  delay: number\n  stars: number\n").replace(
  LABEL,
  `labels:
  late: { when: kind == "arrival", value: delay >= 10, wait: 2h }
  stars: { when: kind == "review", value: stars, aggregate: mean, wait: 4h, objective: regression }
  said: { when: kind == "complaint", value: stars, aggregate: count, wait: 1h, default: 0, objective: regression }
`,
);
/** The same without a default: a decision may have no label at all. */
const BARE = SEVERAL.replace(/ {2}said: .*\n/, "");
const versionOf = (text: string): string => parseBlueprint(text).version;

const topology = defineTopology({ name: "t", operators: [join()], globals: [blueprintTable], clock });
let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology, { deadLetters, partitions: 2, start: START, engine: createMemoryEngine() });
  await driver.input(blueprints).send(published(SEVERAL), published(BARE));
});
afterEach(() => driver.close());

const WAIT = 4 * HOUR;
const made = (text = SEVERAL, id = "d") => ({
  key: id,
  value: decision(id, START, { blueprintVersion: versionOf(text) }),
  time: START,
});
const seen = (kind: string, time: number, values: Readonly<Record<string, number>>, id = "d") => ({
  key: id,
  value: {
    decisionId: id,
    useCase: "",
    observationId: `${kind}@${time}`,
    optionId: "",
    activation: false,
    values: { kind, ...values },
  },
  time,
});
/** Of each row its labels by name, with their times, its own time and maturity. */
const rows = (from = driver) =>
  from
    .output(joined)
    .readAll()
    .map(({ value: { label, labelTime, rowTime, maturity, others } }) => ({
      late: label === null ? null : [label, labelTime],
      ...Object.fromEntries(others.map((of) => [of.name, of.label === null ? null : [of.label, of.labelTime]])),
      rowTime: (rowTime - START) / HOUR,
      maturity,
    }));

describe("a row with several labels", () => {
  test("is made at the end of each wait, with each mature label of its own observations", async () => {
    await driver.input(decisions).send(made());
    await driver
      .input(observations)
      .send(
        seen("arrival", START + HOUR, { delay: 12 }),
        seen("review", START + 3 * HOUR, { stars: 4 }),
        seen("review", START + 2 * HOUR, { stars: 1 }),
      );
    const said = { said: [0, null], maturity: "partial" };
    await driver.advanceTo(START + WAIT - 1);
    expect(rows()).toEqual([
      { ...said, late: null, stars: null, rowTime: 1 },
      { ...said, late: [1, START + HOUR], stars: null, rowTime: 2 },
    ]);
    await driver.advanceTo(START + WAIT);
    expect(rows()).toEqual([
      { late: [1, START + HOUR], stars: [2.5, START + 3 * HOUR], said: [0, null], rowTime: 4, maturity: "provisional" },
    ]);
  });

  test("has null where a label has neither an observation nor a default, also the first one", async () => {
    await driver.input(decisions).send(made(BARE));
    await driver.input(observations).send(seen("review", START + HOUR, { stars: 3 }));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toEqual([{ late: null, stars: [3, START + HOUR], rowTime: 4, maturity: "provisional" }]);
  });

  test("without any label is an expiry, until a late observation makes one", async () => {
    await driver.input(decisions).send(made(BARE));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toEqual([{ late: null, stars: null, rowTime: 4, maturity: "expired" }]);
    await driver.input(observations).send(seen("review", START + 5 * HOUR, { stars: 3 }));
    expect(rows()).toEqual([{ late: null, stars: [3, START + 5 * HOUR], rowTime: 5, maturity: "corrected" }]);
  });

  test("is mature at once where the join ends with the longest wait", async () => {
    const text = SEVERAL.replace("ttl: 6h", "ttl: 4h");
    await driver.input(blueprints).send(published(text));
    await driver.input(decisions).send(made(text));
    await driver.advanceTo(START + WAIT);
    expect(rows().map(({ maturity }) => maturity)).toEqual(["partial", "partial", "mature"]);
  });
});

describe("a late observation", () => {
  test("corrects the row by whichever label it is of, and not where no label changes, also after a restart", async () => {
    await driver.input(decisions).send(made());
    await driver.input(observations).send(seen("arrival", START + HOUR, { delay: 12 }));
    await driver.advanceTo(START + WAIT);
    rows();
    await driver.input(observations).send(seen("review", START + 4.5 * HOUR, { stars: 2 }));
    expect(rows()).toMatchObject([{ late: [1, START + HOUR], stars: [2, START + 4.5 * HOUR], maturity: "corrected" }]);
    await driver.restart();
    await driver.input(observations).send(seen("review", START + 4.6 * HOUR, { stars: 2 }));
    expect(rows()).toEqual([]);
    await driver.input(observations).send(seen("complaint", START + 5 * HOUR, { stars: 1 }));
    expect(rows()).toMatchObject([
      { late: [1, START + HOUR], stars: [2, START + 4.6 * HOUR], said: [1, START + 5 * HOUR], rowTime: 5 },
    ]);
    await driver.input(observations).send(seen("arrival", START + 5.5 * HOUR, { delay: 1 }));
    expect(rows()).toMatchObject([{ late: [0, START + 5.5 * HOUR], said: [1, START + 5 * HOUR], rowTime: 5.5 }]);
  });

  test("of history, from before the row, makes it as it would have been", async () => {
    await driver.input(decisions).send(made());
    await driver.advanceTo(START + WAIT);
    rows();
    const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
    await driver.input(observations).send({ ...seen("review", START + HOUR, { stars: 5 }), headers });
    expect(rows()).toEqual([
      { late: null, stars: [5, START + HOUR], said: [0, null], rowTime: 4, maturity: "provisional" },
    ]);
  });
});

test("the last row's labels are the same in whatever order observations come, and each is what it is alone", async () => {
  const next = random(5);
  const kinds = ["arrival", "review", "complaint"];
  const all = Array.from({ length: 60 }, (_, n) =>
    seen(kinds[n % 3]!, START + Math.floor(next() * 6 * HOUR), { delay: next() * 20, stars: next() * 5 }),
  );
  const last = async (text: string, order: typeof all): Promise<Partial<Record<string, number>>> => {
    const other = await createTestDriver(topology, { deadLetters, partitions: 2, start: START });
    await other.input(blueprints).send(published(text));
    await other.input(decisions).send(made(text));
    for (const one of order) await other.input(observations).send(one);
    await other.advanceTo(START + WAIT);
    const { late, stars, said } = rows(other).at(-1)! as unknown as Record<string, [number, number] | null>;
    await other.close();
    return { late: late?.[0], stars: stars?.[0], said: said?.[0] };
  };
  const inOrder = await last(
    SEVERAL,
    all.toSorted((a, b) => a.time - b.time),
  );
  for (const seed of [1, 2]) expect(await last(SEVERAL, shuffled(all, random(seed)))).toEqual(inOrder);
  for (const [name, config] of [...SEVERAL.matchAll(/^ {2}(late|stars|said): (\{ when.*\})$/gm)].map((of) =>
    of.slice(1),
  )) {
    const alone = SEVERAL.replace(/labels:\n(.*\n){3}/, `labels:\n  ${name}: ${config}\n`).replace(
      /policy:\n(.*\n){3}/,
      `policy: { decide: ${name} > 0.5 }\n`,
    );
    const { late } = await last(alone, all);
    expect(late, name).toEqual(inOrder[name!]);
  }
});

test("state of a release whose decisions had one label opens with what it knew of them", async () => {
  const { schema } = pendingStore as unknown as {
    readonly schema: { readonly fields: readonly { readonly name: string }[] };
  };
  const before = JSON.parse(JSON.stringify(schema)) as {
    fields: { name: string; type: { items: { fields: { name: string }[] } } }[];
  };
  const use = before.fields.find(({ name }) => name === "uses")!.type.items;
  use.fields = use.fields.filter(({ name }) => name !== "others" && name !== "stage");
  const kept = avroStore<object>(defineTopic({ name: "before", schema: before as unknown as AvroSchema }));
  const known = {
    ...{ useCase: "parcels", decidedAt: START, from: null, open: true, done: true, label: 1, next: false },
    ...{ closedTime: null, owed: false, until: START + 6 * HOUR },
  };
  const database = await createMemoryEngine().open("task");
  const former = await TaskState.open(database);
  former.store("join.pending", kept).put("d", { ...nothing, format: 2, uses: [known] });
  former.accept();
  former.freeze();
  await former.flush({ positions: {}, streamTime: 0, changelogOffset: 0 });
  const state = await TaskState.open(database);
  await state.load([["join.pending", "d"]]);
  const { uses } = state.store("join.pending", pendingStore).get("d")!;
  expect(uses).toEqual([{ ...known, others: null, stage: 0 }]);
});
