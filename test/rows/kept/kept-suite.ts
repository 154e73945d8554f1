import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../../blueprints/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { HOUR, rows, START, TEXT as PARCELS } from "../../trainer/parcel-rows.ts";
import { CHUNK, figuresOf, PARTITIONS } from "./figures.ts";
import { keptWorld, type Ground, type KeptWorld } from "./kept-world.ts";

const TEXT = PARCELS.replace("rounds: 12", "rounds: 2");
const compiled = compileBlueprint(TEXT);
const topic = "training-rows.parcels";
const MANY = 1_800;
/** After all rows and their corrections. */
const until = START + 10_000 * HOUR;
/** Records that are in no chunk: less than one in each partition, and the last of each again. */
const OPEN = PARTITIONS * (CHUNK + 1);

const of = (version: CompiledBlueprint, some: readonly TrainingRow[]): readonly TrainingRow[] =>
  some.map((row) => ({ ...row, blueprintVersion: version.blueprint.version }));

const own = (from: number, count: number, signal: number): readonly TrainingRow[] =>
  of(compiled, rows(from, count, signal));

/** Each with the other label, later by some hours; 0: at the same time. */
const corrected = (some: readonly TrainingRow[], hours: number): readonly TrainingRow[] =>
  some.map((row) => ({
    ...row,
    ...{ label: 1 - (row["label"] as number), maturity: "corrected" },
    rowTime: (row["rowTime"] as number) + hours * HOUR,
  }));

/** Tests of kept rows on one log. */
export function keptSuite(open: () => Promise<Ground>): void {
  let world: KeptWorld;
  beforeEach(async () => {
    world = await keptWorld(await open());
    await world.publishVersion(TEXT);
  });
  afterEach(() => world.close());

  describe("rows and models are the same with kept rows and without", () => {
    test("when more rows come, of which alone the topic is read", async () => {
      await world.publish(compiled, own(0, MANY, 1));
      expect((await world.same(compiled, until)).fromTopic).toBeGreaterThanOrEqual(MANY);
      expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN);
      await world.publish(compiled, own(MANY, 20, 1));
      expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN + 20);
      await world.publish(compiled, own(MANY + 20, MANY, -1));
      const { fromTopic, read } = await world.same(compiled, until);
      expect(fromTopic).toBeLessThan(OPEN + MANY);
      expect(read.rows).toHaveLength(2 * MANY + 20);
    });

    test("when rows are corrected, and as of a time before that", async () => {
      const some = own(0, MANY, 1);
      await world.publish(compiled, some);
      const first = await world.same(compiled, until);
      await world.publish(compiled, corrected(some.slice(10, 300), 0));
      await world.publish(compiled, corrected(some.slice(200, 900), 2));
      await world.publish(compiled, corrected(some.slice(1_500), 1_000));
      const { fromTopic, read } = await world.same(compiled, until);
      expect(fromTopic).toBeLessThan(1_500 + OPEN);
      expect(read.rows).toHaveLength(MANY);
      expect(figuresOf(compiled, read)).not.toEqual(figuresOf(compiled, first.read));
      // All of it lies in chunks by now, the later ones too.
      const early = await world.same(compiled, START + 20 * HOUR);
      expect(early.read.later).toBeGreaterThan(900);
      expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN);
    });

    test("when retention deletes the oldest, whole chunks of them or a part of one, whose files go too", async () => {
      await world.publish(compiled, own(0, MANY, 1));
      await world.same(compiled, until);
      const [files, all] = [await world.files(), (await world.read(compiled, until)).rows.length];
      await world.ground.trim(topic, 100);
      const { read, fromTopic } = await world.same(compiled, until);
      expect(read.ranges.every(({ from }) => from > 0 && from < CHUNK)).toBe(true);
      expect(read.rows.length).toBeLessThan(all);
      expect(fromTopic).toBeLessThan(OPEN);
      expect(await world.files()).toEqual(files);
      await world.publish(compiled, own(MANY, 20, 1));
      await world.ground.trim(topic, CHUNK + 100);
      const later = await world.same(compiled, until);
      expect(later.read.ranges.every(({ from }) => from > CHUNK)).toBe(true);
      expect(later.fromTopic).toBeLessThan(OPEN + 20);
      expect((await world.files()).length).toBe(files.length - PARTITIONS);
    });

    test("when the topic is deleted and made anew with other rows at the same offsets", async () => {
      await world.publish(compiled, own(0, MANY, 1));
      await world.same(compiled, until);
      const files = await world.files();
      await world.ground.makeAnew(topic);
      await world.publish(compiled, own(0, MANY + 50, -1));
      const { fromTopic, read } = await world.same(compiled, until);
      expect(fromTopic).toBeGreaterThanOrEqual(MANY + 50);
      expect(read.rows).toHaveLength(MANY + 50);
      const kept = await world.files();
      expect(files.some((file) => kept.includes(file))).toBe(false);
      expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN);
    });

    test("for several versions of several use cases, of which one is published after its rows were read", async () => {
      const other = compileBlueprint(TEXT.replace("useCase: parcels", "useCase: letters"));
      await world.publishVersion(other.blueprint.text);
      await world.publish(compiled, own(0, 900, 1));
      await world.publish(other, of(other, rows(0, 900, -1)));
      // Not published yet: nobody knows its rows.
      const few = compileBlueprint(TEXT.replace("features: [weight, carrier]", "features: [weight]"));
      await world.publish(few, of(few, rows(900, 900, 1)));
      const unknown = await world.same(compiled, until);
      expect(unknown.read.leftOut).toMatchObject([{ version: few.blueprint.version, rows: 900 }]);
      await world.same(other, until);
      await world.publishVersion(few.blueprint.text);
      for (const each of [compiled, few, other]) await world.same(each, until);
      for (const each of [compiled, few, other]) {
        expect((await world.same(each, until)).fromTopic, each.blueprint.version).toBeLessThan(OPEN);
      }
    });

    test("of a sample, which has fewer of the former rows as more come", async () => {
      const text = TEXT.replace("minRows: 200", "minRows: 20, maxRows: 500");
      const sampled = compileBlueprint(text);
      await world.publishVersion(text);
      await world.publish(sampled, of(sampled, rows(0, 1_200, 1)));
      const first = await world.same(sampled, until);
      await world.publish(sampled, of(sampled, rows(1_200, 1_200, 1)));
      const { read, fromTopic } = await world.same(sampled, until);
      expect(read.sampledOut).toBeGreaterThan(first.read.sampledOut);
      expect(fromTopic).toBeLessThan(1_200 + OPEN);
    });

    test("when four readings begin at once, with nothing kept and with files of each other", async () => {
      await world.publish(compiled, own(0, MANY, 1));
      const expected = figuresOf(compiled, await world.read(compiled, until));
      for (let round = 0; round < 2; round++) {
        const all = await Promise.all([1, 2, 3, 4].map(() => world.read(compiled, until, world.place)));
        for (const read of all) expect(figuresOf(compiled, read)).toEqual(expected);
      }
      expect((await world.same(compiled, until)).fromTopic).toBeLessThan(OPEN);
      expect(await world.files()).toHaveLength(PARTITIONS * Math.floor(MANY / PARTITIONS / CHUNK));
    });
  });
}
