import { afterEach, describe, expect, test } from "vitest";
import { eventWindows } from "../../operators/index.ts";
import { audit, explainDecision, type AuditReport } from "../../recompute/index.ts";
import { decisionRequests, decisions } from "../../schemas/index.ts";
import { HOUR, request, START } from "../operators/parcels.ts";
import { openRun, type ParcelRun } from "./parcel-run.ts";

let run: ParcelRun;
afterEach(() => run.close());

const audited = (): Promise<AuditReport> =>
  audit(run.source, { share: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });

const DAY = 24 * HOUR;
/** As former releases had them: they forget, and read nothing again. */
const { parts: _, ...formerWindows } = eventWindows;

/** Scans, and forty days later decisions in every partition: what is not needed any more is forgotten. */
async function scansAndDecisionsLongAfter(windows: typeof eventWindows): Promise<void> {
  run = await openRun({ live: true, windows });
  for (let i = 0; i < 3; i++) await run.scan(START + i * HOUR, 10);
  await run.idle();
  for (let i = 0; i < 9; i++) await run.ask(`late-${i}`, START + 40 * DAY + i);
  await run.idle();
  await run.scan(START + 40 * DAY + HOUR / 4, 10);
  await run.idle();
}

describe("windows that a former release had forgotten", () => {
  test("are the cause where a decision came behind later ones; no version began with them empty", async () => {
    await scansAndDecisionsLongAfter(formerWindows);
    await run.ask("behind", START + 2 * HOUR + 1);
    await run.idle();
    const { differences, explained } = await audited();
    expect(new Set(differences.map(({ decisionId }) => decisionId))).toEqual(new Set(["behind"]));
    expect(explained).toBe(differences.length);
    const found = differences.find(({ field }) => field === "n_depot_1h")!;
    expect([found.logged, found.recomputed]).toEqual([0, 1]);
    expect(found.cause).toMatch(
      /^the window had been forgotten: 3 events before \S+ were no longer kept when it was decided, after decisions of \S+ were made$/,
    );
    const explanation = await explainDecision(run.source, "behind");
    expect(explanation!.differences.map(({ cause }) => cause)).toContain(found.cause);
  });

  test("are the cause where history was imported behind its events", async () => {
    await scansAndDecisionsLongAfter(formerWindows);
    const value = request("fed", { weight: 5, carrier: "air", express: true, depot: "north" });
    const headers = { loopstream_source: Buffer.from("import-parcels") };
    const time = START + 2 * HOUR + 1;
    await run.publisher.publish([{ topic: decisionRequests, key: "fed", value, time, headers }]);
    await run.idle();
    const { differences, explained } = await audited();
    expect([differences.length > 0, explained]).toEqual([true, differences.length]);
    expect(differences[0]!.cause).toMatch(/^the window had been forgotten: .*, after its history was imported$/);
  });

  test("are no cause of a decision that came in its time: that it lacks them is a finding", async () => {
    await scansAndDecisionsLongAfter(eventWindows);
    for (const minutes of [20, 25]) await run.scan(START + 40 * DAY + minutes * 60_000, 10);
    await run.idle();
    await run.ask("last", START + 40 * DAY + HOUR / 2);
    await run.idle();
    expect((await audited()).differences).toEqual([]);
    const made = (await run.decisions()).at(-1)!;
    const features = made.features.map((value, at) => (at === 4 ? 0 : value));
    await run.publisher.publish([
      { topic: decisions, key: "last", value: { ...made, features }, time: made.decisionTime },
    ]);
    const { differences } = await audited();
    expect(differences.map(({ decisionId, field, cause }) => [decisionId, field, cause])).toEqual([
      ["last", "n_depot_1h", null],
    ]);
  });
});
