import { afterEach, describe, expect, test } from "vitest";
import { canarySalt, parseBlueprint, unitPlace } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable, decisionPlace, readModels } from "../../catalogue/index.ts";
import { type enrich, enrichRequest, eventWindows, tableContent } from "../../operators/index.ts";
import { audit, explainDecision, type AuditOptions, type AuditReport } from "../../recompute/index.ts";
import { decisionRequests, decisions, enriched, modelArtifacts, models } from "../../schemas/index.ts";
import { defineOperator, readTopic } from "../../streams/index.ts";
import { writeArtifact } from "../../serving/index.ts";
import { decision, HOUR, onnx, PARCELS, parcels, request, START } from "../operators/parcels.ts";
import { bound } from "../streams/bound-backbone.ts";
import { aDay, openRun, type ParcelRun } from "./parcel-run.ts";

let run: ParcelRun;
afterEach(() => run.close());

const everything = { share: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const audited = (options: Partial<AuditOptions> = {}): Promise<AuditReport> =>
  audit(run.source, { ...everything, ...options });
const clean = { differing: 0, counts: {}, explained: 0, differences: [] };

/** The file with the lowest bit of its leaf for light parcels flipped. */
function oneBitOff(): Uint8Array {
  const leaf = Buffer.alloc(4);
  leaf.writeFloatLE(-2);
  const at = Buffer.from(onnx).indexOf(leaf);
  expect(at).toBeGreaterThan(0);
  const changed = onnx.slice();
  changed[at] = changed[at]! ^ 1;
  return changed;
}

/** What a canary's share may be of, and which decisions are m2's. */
const bothWays = [
  ["unit", (share: number, id: string) => unitPlace(canarySalt("m2"), `unit-${id}`) < share],
  ["decision", (share: number, id: string) => decisionPlace("m2", id) < share],
] as const;

describe("an audit of a clean run", () => {
  test("reports nothing, over two versions and two models", async () => {
    run = await openRun();
    await run.model("m1", START + 6 * HOUR);
    await run.model("m2", START + 12 * HOUR, oneBitOff());
    await run.blueprint(PARCELS.replace("in: 24h, open: true", "in: 12h"), START + 18 * HOUR);
    await aDay(run);
    const made = await run.decisions();
    expect(new Set(made.map(({ modelId }) => modelId))).toEqual(new Set([null, "m1", "m2"]));
    expect(new Set(made.map(({ blueprintVersion }) => blueprintVersion)).size).toBe(2);
    expect(await audited()).toEqual({ share: 1, sampled: 120, recomputed: 120, ...clean });
  });

  test.each(bothWays)(
    "reports nothing where a canary decided a share by %s, and nothing else than that share",
    async (by, isBelow) => {
      run = await openRun();
      await run.model("m1", START + 6 * HOUR);
      await run.model("m2", START + 12 * HOUR, oneBitOff(), 0.3, by);
      await aDay(run);
      const made = await run.decisions();
      const late = made.filter(({ decisionTime }) => decisionTime > START + 12 * HOUR);
      const drawn = late.filter(({ decisionId }) => isBelow(0.3, decisionId));
      expect(drawn.length).toBeGreaterThan(10);
      expect(made.filter(({ modelId }) => modelId === "m2")).toEqual(drawn);
      expect(await audited()).toEqual({ share: 1, sampled: 120, recomputed: 120, ...clean });
    },
  );

  test("reads the decisions of a stretch of time, a use case, or a share, the same ones each time", async () => {
    run = await openRun();
    await aDay(run);
    const within = (await run.decisions()).filter(
      ({ decisionTime: at }) => at >= START + HOUR && at < START + 9 * HOUR,
    );
    expect((await audited({ from: START + HOUR, to: START + 9 * HOUR })).sampled).toBe(within.length);
    expect((await audited({ useCase: "letters" })).sampled).toBe(0);
    const half = await audited({ share: 0.5 });
    expect(half.sampled).toBeGreaterThan(40);
    expect(half.sampled).toBeLessThan(80);
    expect(await audited({ share: 0.5 })).toEqual(half);
  });
});

describe("an audit finds", () => {
  test("one bit of a model's file that was flipped on the topic: it is no longer the file of its hash", async () => {
    run = await openRun();
    await run.model("m1", START + 12 * HOUR);
    await aDay(run);
    const { backbone, serdes } = run.source;
    for await (const { key, value, time } of readTopic(backbone, serdes, modelArtifacts)) {
      const content = Buffer.from(oneBitOff());
      await run.publisher.publish([{ topic: modelArtifacts, key, value: { ...value, content }, time, partition: 0 }]);
    }
    const scoredBy = (await run.decisions()).filter(({ modelId }) => modelId === "m1");
    const { differences, counts } = await audit(await run.reopen(), everything);
    expect(counts).toEqual({ model: scoredBy.length });
    expect(differences.map(({ decisionId }) => decisionId)).toEqual(scoredBy.map(({ decisionId }) => decisionId));
    expect(differences[0]).toMatchObject({ kind: "model", field: "artifact", logged: "m1", cause: null });
    expect(differences[0]!.recomputed).toContain("the pieces give another content");
  });

  test("a model that was swapped for one with one bit changed and a hash to match: the predictions differ", async () => {
    run = await openRun();
    await run.model("m1", START + 12 * HOUR);
    await aDay(run);
    const { backbone, serdes } = run.source;
    const [model] = await readModels({ backbone, serdes });
    const artifact = await writeArtifact(backbone, run.publisher, oneBitOff(), START, {});
    const swapped = { ...model!, artifact };
    await run.publisher.publish([{ topic: models, key: "parcels/m1", value: swapped, time: START }]);
    const light = (await run.decisions()).filter(
      ({ modelId, features }) => modelId === "m1" && (features[0] as number) < 10,
    );
    expect(light.length).toBeGreaterThan(10);
    const { differences, counts } = await audited();
    expect(counts).toEqual({ predictions: light.length });
    expect(differences.map(({ decisionId, field }) => [decisionId, field])).toEqual(
      light.map(({ decisionId }) => [decisionId, "late"]),
    );
  });

  test("a feature that was computed one window off, in exactly the decisions where that is another value", async () => {
    const off = new Map<string, unknown[]>();
    const slot = parcels.features.findIndex(({ name }) => name === "m_depot_1h");
    const faulty: typeof enrich = defineOperator({
      name: "enrich",
      in: { requests: decisionRequests },
      out: { enriched },
      state: {},
      globals: { blueprints: blueprintTable, windows: eventWindows, tables: tableContent },
      handlers: {
        requests(records, context) {
          const known = validBlueprints(context.globals.blueprints);
          for (const record of records) {
            const { key, value: asked, time } = record;
            const right = enrichRequest(asked, time, known, context.globals.windows);
            const before = enrichRequest(asked, time - HOUR, known, context.globals.windows).features[slot] ?? null;
            const features = right.features.with(slot, before);
            if (before !== right.features[slot]) off.set(asked.decisionId, [before, right.features[slot]]);
            context.emit("enriched", { key, value: { ...right, features }, time, from: record });
          }
        },
      },
    });
    run = await openRun({ enrich: faulty });
    await run.model("m1", START + 12 * HOUR);
    await aDay(run);
    const { differences, counts, explained } = await audited();
    expect(off.size).toBeGreaterThan(50);
    expect(counts).toEqual({ features: off.size });
    expect(explained).toBe(0);
    for (const { decisionId, field, logged, recomputed } of differences) {
      expect(field).toBe("m_depot_1h");
      expect([logged, recomputed]).toEqual(off.get(decisionId));
    }
  });

  test("an action, a propensity and a feature that are not what the policy and the events give", async () => {
    run = await openRun();
    await run.model("m1", START);
    await run.ask("a", START + HOUR);
    await run.idle();
    const [made] = await run.decisions();
    const forged = { ...made!, value: true, propensity: 0.5, features: made!.features.with(0, 6), reason: "explore" };
    await run.publisher.publish([{ topic: decisions, key: "a", value: forged, time: forged.decisionTime }]);
    const { differences } = await audited();
    expect(differences.map(({ kind, field, logged, recomputed }) => [kind, field, logged, recomputed])).toEqual([
      ["features", "weight", 6, 5],
      ["propensity", "propensity", 0.5, 1],
      ["action", "value", true, false],
      ["action", "reason", "explore", "exploit"],
    ]);
  });

  test("a value that an older release took for missing, with the cause, beside one that is missing without one", async () => {
    run = await openRun();
    const context = { weight: "5", carrier: 94110, express: true, depot: "north" };
    const time = START + HOUR;
    await run.publisher.publish([{ topic: decisionRequests, key: "a", value: request("a", context), time }]);
    await run.idle();
    const [made] = await run.decisions();
    expect(made!.features.slice(0, 3)).toEqual([5, "94110", 1]);
    const former = { ...made!, features: [null, null, null, ...made!.features.slice(3)] };
    await run.publisher.publish([{ topic: decisions, key: "a", value: former, time }]);
    const { differences } = await audited();
    expect(differences.map(({ field, recomputed, cause }) => [field, recomputed, cause])).toEqual([
      ["weight", 5, '"5" was sent as a string for a number: older releases took it for missing'],
      ["carrier", "94110", "94110 was sent as a number for a category: older releases took it for missing"],
      ["express", 1, null],
    ]);
  });

  test("another salt by the seeds, and a decision that nobody asked for", async () => {
    run = await openRun();
    await run.ask("a", START + HOUR);
    await run.idle();
    await run.publisher.publish([
      { topic: decisions, key: "b", value: decision("b", START + 2 * HOUR), time: START + 2 * HOUR },
    ]);
    const { differences, recomputed, sampled } = await audit({ ...run.source, salt: "another" }, everything);
    expect([sampled, recomputed]).toEqual([2, 1]);
    expect(differences.map(({ decisionId, kind }) => [decisionId, kind])).toEqual([
      ["a", "seed"],
      ["b", "request"],
    ]);
  });
});

test("events and requests that are gone from the topic are told from those that never were", async () => {
  run = await openRun();
  for (let i = 0; i < 10; i++) await run.scan(START + i * 60_000, i);
  await run.ask("soon", START + HOUR);
  await run.ask("later", START + 40 * HOUR);
  await run.idle();
  const { backbone } = run.source;
  let gone = "";
  const cut = {
    ...bound(backbone),
    offsets: async (topics: readonly string[]) =>
      (await backbone.offsets(topics)).map((at) =>
        at.topic === gone && at.end > 0 ? { ...at, start: at.start + 2 } : at,
      ),
  };
  expect((await audit({ ...run.source, backbone: cut }, everything)).differences).toEqual([]);
  gone = "events";
  const { differences } = await audit({ ...run.source, backbone: cut }, everything);
  expect(new Set(differences.map(({ decisionId }) => decisionId))).toEqual(new Set(["soon"]));
  expect(differences.map(({ kind }) => kind)).toContain("features");
  expect(differences[0]!.cause).toMatch(
    /^window not whole: events before 20\d\d-.* are not retained, so it can't be compared$/,
  );
});

describe("a live loop's differences in which nothing is wrong", () => {
  test("an event that came late is told from one that was not read yet, and both from a fault", async () => {
    run = await openRun({ live: true });
    const at = START + 10 * HOUR;
    await run.scan(at - 600_000, 10);
    await run.idle();
    await run.ask("late", at);
    await run.idle();
    await run.scan(at + 1, 20);
    await run.scan(at - 300_000, 30);
    const later = START + 20 * HOUR;
    await run.idle();
    await run.ask("unread", later);
    await run.idle();
    await run.scan(later - 20, 40);
    await run.idle();
    const { differences, counts, explained } = await audited();
    expect(new Set(differences.map(({ decisionId }) => decisionId))).toEqual(new Set(["late", "unread"]));
    expect(counts).toEqual({ features: explained });
    expect(differences.find(({ decisionId, field }) => decisionId === "late" && field === "n_depot_1h")).toMatchObject({
      logged: 1,
      recomputed: 2,
      cause: "1 event came late, behind events at or after the decision",
    });
    expect(
      differences.find(({ decisionId, field }) => decisionId === "unread" && field === "n_depot_1h"),
    ).toMatchObject({
      logged: 0,
      recomputed: 1,
      cause: "1 event of the last 20 ms had not been read",
    });
  });

  test("a model and a version that were published with a time shortly before the decision", async () => {
    run = await openRun({ live: true });
    await run.ask("a", START + HOUR);
    await run.idle();
    await run.model("m1", START + HOUR - 500);
    await run.idle();
    await run.ask("b", START + 2 * HOUR);
    await run.idle();
    await run.blueprint(PARCELS.replace("risk > 0.5", "risk > 0.4"), START + 2 * HOUR - 700);
    await run.idle();
    const { differences } = await audited();
    expect(differences.map(({ decisionId, kind }) => [decisionId, kind])).toEqual([
      ["a", "model"],
      ["b", "blueprint"],
    ]);
    expect(differences[0]!.cause).toMatch(/^m1 is in production since .*, 500 ms before, and had not been read$/);
    expect(differences[1]!.cause).toMatch(/ is live since .*, 700 ms before, and had not been read$/);
  });

  test.each(bothWays)(
    "a canary by %s that was published with a time shortly before the decisions, which are of its share",
    async (by, isBelow) => {
      run = await openRun({ live: true });
      await run.model("m1", START);
      const ids = Array.from({ length: 20 }, (_, at) => `d${at}`);
      for (const id of ids) await run.ask(id, START + HOUR);
      await run.idle();
      await run.model("m2", START + HOUR - 500, onnx, 0.5, by);
      await run.idle();
      const { differences } = await audited();
      expect(differences.map(({ decisionId }) => decisionId).sort()).toEqual(
        ids.filter((id) => isBelow(0.5, id)).sort(),
      );
      for (const { cause } of differences)
        expect(cause).toMatch(/^m2 is the canary since .*, 500 ms before, and had not been read$/);
    },
  );
});

/** As a former release folded events: a version's windows began empty when an instance heard of it. */
const { parts: _, ...formerWindows } = eventWindows;
/** A window of a key of its own, one that looks further back on a key there is, and one more over tiles there are. */
const WIDER = PARCELS.replace(
  "features:\n",
  [
    "features:",
    "  - n_depot_7d: { count: true, of: scan, by: depot, in: 7d }",
    "  - sum_carrier_1d: { sum: minutes, of: scan, by: carrier, in: 1d }",
    "",
  ].join("\n"),
);
const features = parseBlueprint(WIDER).features.map(({ name }) => name);

const LIVE = START + 1.5 * HOUR;

/** Two scans, one of which is in the windows that were full, then the version, and two more scans with a decision behind each. */
async function scansAndADecisionLater(): Promise<void> {
  await run.scan(START, 10);
  await run.scan(LIVE - HOUR / 4, 20);
  await run.idle();
  await run.blueprint(WIDER, LIVE);
  await run.idle();
  await run.scan(START + 2 * HOUR, 30);
  await run.idle();
  await run.ask("a", START + 2 * HOUR + 1);
  await run.idle();
  await run.scan(START + 3 * HOUR, 40);
  await run.idle();
  await run.ask("b", START + 3 * HOUR + 1);
  await run.idle();
}

describe("a version with new windows", () => {
  test("counts the events from before it was published, from its first decision on", async () => {
    run = await openRun({ live: true });
    await scansAndADecisionLater();
    const [a, b] = await run.decisions();
    expect(a!.features[features.indexOf("n_depot_7d")]).toBe(3);
    expect(b!.features[features.indexOf("n_depot_7d")]).toBe(4);
    expect(await audited()).toEqual({ share: 1, sampled: 2, recomputed: 2, ...clean });
  });

  test("of a former release began empty: the audit and the explanation name that of each such window, beside windows that were full", async () => {
    run = await openRun({ live: true, windows: formerWindows });
    await run.blueprint(PARCELS.replace("in: 24h", "in: 23h"), START - HOUR);
    await scansAndADecisionLater();
    const { differences, counts, explained } = await audited();
    expect(counts).toEqual({ features: explained });
    const live = new Date(LIVE).toISOString();
    const cause = `the version went live with an empty window at ${live}: 2 events before ${live} did not count`;
    expect(
      differences.filter(({ field }) => field === "n_depot_7d").map((one) => [one.decisionId, one.logged, one.cause]),
    ).toEqual([
      ["a", 1, cause],
      ["b", 2, cause],
    ]);
    const explanation = await explainDecision(run.source, "a");
    expect(explanation!.differences.find(({ field }) => field === "n_depot_7d")!.cause).toBe(cause);
  });

  test("published with a time in the past is told by its first decision, not by its time", async () => {
    run = await openRun({ live: true, windows: formerWindows });
    for (let i = 0; i < 10; i++) await run.scan(START + i * HOUR, 10);
    await run.idle();
    await run.blueprint(WIDER, START);
    await run.idle();
    await run.scan(START + 10 * HOUR, 30);
    await run.idle();
    await run.ask("a", START + 10 * HOUR + 1);
    await run.idle();
    const { differences, explained } = await audited();
    expect(differences.length).toBe(explained);
    expect(differences.find(({ field }) => field === "n_depot_7d")!.cause).toMatch(
      / with an empty window at .*: 10 events before .* did not count$/,
    );
  });

  test("whose windows miss an event from behind its first decision is a finding, with no cause", async () => {
    run = await openRun({ live: true, windows: formerWindows });
    await scansAndADecisionLater();
    const [, b] = await run.decisions();
    const forged = { ...b!, features: b!.features.with(features.indexOf("n_depot_7d"), 0) };
    await run.publisher.publish([{ topic: decisions, key: "b", value: forged, time: forged.decisionTime }]);
    const { differences } = await audited();
    const found = differences.filter(({ field, logged }) => field === "n_depot_7d" && logged === 0);
    expect(found.map(({ decisionId, cause }) => [decisionId, cause])).toEqual([["b", null]]);
  });

  test("names causes of more decisions than are held at once", async () => {
    run = await openRun({ live: true, windows: formerWindows });
    await run.scan(START, 10);
    await run.idle();
    await run.blueprint(WIDER, START + 1);
    await run.idle();
    for (let i = 0; i < 520; i++) await run.ask(`d${i}`, START + HOUR + i);
    await run.idle();
    const { differing, differences, explained } = await audited();
    expect(differing).toBe(520);
    expect(explained).toBe(differences.length);
  });
});
