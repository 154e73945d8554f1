import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canarySalt, compileBlueprint, unitPlace, versionKey } from "../../blueprints/index.ts";
import { createClient } from "../../client/index.ts";
import { createLocalClient } from "../../local/index.ts";
import { moveByHand, publishBlueprint, replay, startLoop, type Loop } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";
import {
  clock as clockTopic,
  deadLetters,
  decisionRequests,
  decisions,
  tableRows,
  type DecisionRecorded,
} from "../../schemas/index.ts";
import { ScorerCache } from "../../serving/index.ts";
import { readTopic, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { trainModel } from "../../trainer/index.ts";
import { eventually } from "../eventually.ts";

const TEXT = `
useCase: parcels
decisionSpace: boolean
context: { weight: number, carrier: category, depot: key }
tables: { depots: { key: depot, fields: { bays: number } } }
observations: { minutes: number }
features:
  - weight
  - carrier
  - bays: { table: depots, field: bays, by: depot }
  - heavy: { formula: weight > 15 }
label: { name: late, value: minutes > 10, wait: 1s, default: 0 }
model: { rounds: 12, depth: 3 }
policy: { decide: late > 0.5 }
exploration: { epsilonGreedy: 0.3 }
training: { schedule: none, freshRows: none, minRows: 50 }
`;
export const WINDOWED = TEXT.replace("useCase: parcels", "useCase: counted")
  .replace("observations:", "events: { scan: { fields: [minutes] } }\nobservations:")
  .replace("  - weight\n", "  - weight\n  - n_1h: { count: true, of: scan, by: depot, in: 1h }\n");
const compiled = compileBlueprint(TEXT);
export const SALT = "salt of the test";

export interface Opened {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
  readonly dir: string;
}

const contextOf = (n: number) => ({ weight: (n * 7) % 30, carrier: n % 3 === 0 ? "air" : "road", depot: `d${n % 2}` });

/** What is promised of decisions that a product's process makes, on any backbone. */
export function localClientSuite(open: () => Promise<Opened>): void {
  test("decisions made in the product's process are the loop's own: in records, rows, a replay and an audit", async () => {
    const { backbone, registry, prefix, dir } = await open();
    const shared = { backbone, registry, subjectPrefix: prefix };
    const loop: Loop = await startLoop({
      ...{ ...shared, partitions: 2, salt: SALT, id: `local${process.pid}${Date.now()}`, stateDir: join(dir, "state") },
      ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0, codeVersion: "test" },
    });
    const recorded = async (): Promise<readonly DecisionRecorded[]> => {
      const all: DecisionRecorded[] = [];
      for await (const { value } of readTopic(backbone, loop.serdes, decisions)) all.push(value);
      return all;
    };
    const remote = createClient(shared);
    try {
      await publishBlueprint(loop, TEXT);
      await publishBlueprint(loop, WINDOWED);
      for (const [key, bays] of [
        ["d0", 4],
        ["d1", 9],
      ] as const) {
        const value = { table: "depots", key: [key], validFrom: 1, values: { bays } };
        await loop.publisher.publish([
          { topic: tableRows, key: versionKey("depots", [key], 1), value, time: Date.now() },
        ]);
      }
      await loop.application.idle();
      await expect(createLocalClient({ ...shared, useCases: ["parcels", "counted"] })).rejects.toMatchObject({
        code: "NOT_LOCAL",
        message: expect.stringContaining("windows of events (n_1h)") as string,
      });
      await expect(createLocalClient({ ...shared, useCases: ["parcel"] })).rejects.toMatchObject({
        code: "UNKNOWN_USE_CASE",
        message: expect.stringContaining("known are counted, parcels") as string,
      });

      const local = await createLocalClient({ ...shared, useCases: ["parcels"], salt: SALT });
      const before = await local.getDecision("parcels", { unit: "u", context: contextOf(1) }, { default: false });
      expect(before).toMatchObject({ value: false, reason: "noModel", modelId: null, error: null });
      for (let n = 0; n < 120; n++) {
        const { decisionId } = await local.getDecision("parcels", {
          decisionId: `a${n}`,
          unit: `u${n}`,
          context: contextOf(n),
        });
        const minutes = contextOf(n).weight > 15 ? 30 : 5;
        await local.logObservations(decisionId, { minutes }, { useCase: "parcels" });
      }
      expect(await local.flush({ timeout: 60_000 })).toEqual({ waiting: 0 });
      await eventually(
        async () => {
          const time = loop.application.now();
          await loop.publisher.publish([{ topic: clockTopic, key: "clock", value: { time }, time, partition: 0 }]);
          await loop.application.idle();
          const result = await trainModel(loop, { useCase: "parcels", until: loop.application.now() });
          expect(result).toMatchObject({ kind: "trained", promoted: true });
        },
        { timeout: 60_000, interval: 500 },
      );
      await loop.application.idle();
      await local.caughtUp();

      // The same ids in both: what one of them answers, the other answers too.
      const modelled = [];
      for (let n = 0; n < 60; n++) {
        const request = { decisionId: `b${n}`, unit: `v${n}`, context: contextOf(n) };
        const here = await local.getDecision("parcels", request);
        expect(here.error).toBeNull();
        modelled.push(here);
        if (n % 10 === 0) expect(await local.getDecision("parcels", request)).toEqual(here);
      }
      await local.flush({ timeout: 60_000 });
      await loop.application.idle();
      for (const [n, here] of modelled.entries()) {
        const request = { decisionId: `b${n}`, unit: `v${n}`, context: contextOf(n) };
        expect(await remote.getDecision("parcels", request, { timeout: 60_000 })).toEqual(here);
      }
      expect(new Set(modelled.map(({ reason }) => reason))).toEqual(new Set(["explore", "exploit"]));
      expect(modelled.every(({ modelId }) => modelId !== null)).toBe(true);

      // An id of its own for each decision of the loop: the records have the same parts.
      await remote.getDecision("parcels", { decisionId: "c0", unit: "w", context: contextOf(4) }, { timeout: 60_000 });
      const windowed = await local.getDecision("counted", { unit: "w", context: contextOf(4) }, { timeout: 60_000 });
      expect(windowed.error).toBeNull();
      await loop.application.idle();
      const all = await recorded();
      expect(all.filter(({ useCase }) => useCase === "parcels")).toHaveLength(1 + 120 + 60 + 1);
      const of = (id: string) => all.find(({ decisionId }) => decisionId === id)!;
      expect(Object.keys(of("b4")).sort()).toEqual(Object.keys(of("c0")).sort());
      expect({ ...of("b4"), ...common }).toEqual({ ...of("c0"), ...common, ...drawn(of("b4")) });
      for (const here of modelled)
        expect(of(here.decisionId)).toMatchObject({
          value: here.value,
          propensity: here.propensity,
          reason: here.reason,
        });

      const rows = (await newestRows(backbone, loop.serdes, rowsTopic(compiled))).filter(({ decisionId }) =>
        /^a\d+$/.test(String(decisionId)),
      );
      expect(rows).toHaveLength(120);
      for (const row of rows) expect(row["bays"]).toBe(Number(String(row["decisionId"]).slice(1)) % 2 === 0 ? 4 : 9);
      const letters: unknown[] = [];
      for await (const { value } of readTopic(backbone, loop.serdes, deadLetters)) letters.push(value);
      expect(letters).toEqual([]);

      const scorers = new ScorerCache(backbone, loop.serdes);
      const source = { backbone, serdes: loop.serdes, scorers: scorers.get.bind(scorers), salt: SALT };
      const audited = await audit(source, { share: 1, from: 0, to: Number.POSITIVE_INFINITY });
      expect(audited).toMatchObject({ sampled: all.length, recomputed: all.length, differing: 0 });
      await scorers.close();
      const to = all.find(({ decisionId }) => decisionId === "b0")!.decisionTime;
      const again = await replay({
        ...{
          ...shared,
          partitions: 2,
          salt: SALT,
          dir: join(dir, "replay"),
          stateEngine: "leveldb",
          commitIntervalMs: 0,
        },
        ...{ stepMs: 3_600_000, latenessMs: 60_000, request: { useCase: "parcels", to } },
      });
      const first = (await newestRows(backbone, loop.serdes, rowsTopic(compiled)))
        .filter((row) => (row["decisionTime"] as number) < to)
        .sort((one, other) => (String(one["decisionId"]) < String(other["decisionId"]) ? -1 : 1));
      expect(again!.rowsSha256).toBe(hashRows([rowsTopic(compiled), first]));

      // A canary decides for the same units in both, whatever the ids of their decisions.
      const modelId = modelled[0]!.modelId!;
      await moveByHand(loop, modelId, "withdrawn");
      await moveByHand(loop, modelId, { canary: 0.4 });
      await loop.application.idle();
      await local.caughtUp();
      const served = new Set<string>();
      for (let n = 0; n < 40; n++) {
        const unit = `x${n}`;
        const asked = (id: string) => ({ decisionId: `${id}${n}`, unit, context: contextOf(n) });
        const here = await local.getDecision("parcels", asked("e"), { default: false });
        const there = await remote.getDecision("parcels", asked("f"), { default: false, timeout: 60_000 });
        expect([here.error, there.error]).toEqual([null, null]);
        const expected = unitPlace(canarySalt(modelId), unit) < 0.4 ? modelId : null;
        expect([here.modelId, there.modelId]).toEqual([expected, expected]);
        served.add(String(expected));
      }
      expect(served).toEqual(new Set([modelId, "null"]));
      expect(await local.close()).toEqual({ lost: 0, spooled: 0 });
    } finally {
      await remote.close();
      await loop.close();
    }
  }, 300_000);

  test("an answer that is not of its request is a dead letter, and one of another salt is recorded and told", async () => {
    const { backbone, registry, prefix, dir } = await open();
    const shared = { backbone, registry, subjectPrefix: prefix };
    const loop: Loop = await startLoop({
      ...{
        ...shared,
        partitions: 2,
        salt: SALT,
        id: `local${process.pid}${Date.now()}`,
        stateDir: join(dir, "state2"),
      },
      ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0, codeVersion: "test" },
    });
    try {
      await publishBlueprint(loop, TEXT);
      await loop.application.idle();
      const local = await createLocalClient({ ...shared, useCases: ["parcels"], salt: "another" });
      const id = randomUUID();
      await local.getDecision("parcels", { decisionId: id, unit: "u", context: contextOf(1) });
      await local.close();
      const full = await createLocalClient({ ...shared, useCases: ["parcels"], salt: SALT, buffer: { records: 0 } });
      const refused = { decisionId: `${id}-3`, unit: "u", context: contextOf(1) };
      for (let again = 0; again < 2; again++)
        expect(await full.getDecision("parcels", refused, { default: true })).toMatchObject({
          ...{
            value: true,
            isDefault: true,
            reason: "error",
            error: expect.stringMatching(/wait to be stored/) as string,
          },
        });
      await full.close();
      await loop.application.idle();
      const requests = [];
      for await (const { value, time } of readTopic(backbone, loop.serdes, decisionRequests))
        if (value.decisionId === id) requests.push({ value, time });
      expect(requests).toHaveLength(1);
      const [{ value, time }] = requests as [(typeof requests)[number]];
      const forged = `${id}-2`;
      await loop.publisher.publish([
        { topic: decisionRequests, key: forged, value: { ...value, decisionId: forged }, time },
        // Twice is once.
        { topic: decisionRequests, key: id, value, time },
      ]);
      await loop.application.idle();
      const letters: string[] = [];
      for await (const { value: letter } of readTopic(backbone, loop.serdes, deadLetters))
        if (String(Buffer.from(letter.key!)).startsWith(id)) letters.push(`${letter.code}: ${letter.message}`);
      expect(letters).toHaveLength(2);
      expect(letters).toContainEqual(expect.stringMatching(/^BAD_ANSWER: .* is not recorded: its decisionId is /));
      expect(letters).toContainEqual(
        expect.stringMatching(/^BAD_ANSWER: .* another salt than the loop's: it is recorded/),
      );
      const made: string[] = [];
      for await (const { key } of readTopic(backbone, loop.serdes, decisions)) if (key.startsWith(id)) made.push(key);
      expect(made).toEqual([id]);
    } finally {
      await loop.close();
    }
  }, 120_000);
}

/** What two decisions of one context differ in. */
const common = { decisionId: "", unit: "", seed: "", decisionTime: 0 };
const drawn = ({ value, propensity, reason, distribution }: DecisionRecorded) => ({
  value,
  propensity,
  reason,
  distribution,
});
