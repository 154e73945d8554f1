import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { newestRows, rowsTopic } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { HOUR, PARCELS, START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

let live: LiveLoop;
beforeEach(async () => {
  live = await openLive(START + HOUR);
});
afterEach(() => live.close());

test("a replay has the observation that came at the very time at which the live clock stands", async () => {
  const text = PARCELS;
  const compiled = compileBlueprint(text);
  await publishBlueprint(live.loop, text, 0);
  for (const decisionId of ["one", "other"]) {
    await live.client.getDecision("parcels", { unit: "u", decisionId, context: { weight: 3, depot: "d" } });
    await live.client.logObservations(decisionId, { kind: "arrival", delay: 1 }, { useCase: "parcels" });
  }
  await live.tick(live.now + 3 * HOUR);
  live.now += HOUR;
  await live.client.logObservations("other", { kind: "arrival", delay: 30 }, { useCase: "parcels" });
  await live.tick();
  const rowsOf = (name?: string): Promise<readonly TrainingRow[]> =>
    newestRows(live.backbone, live.loop.serdes, rowsTopic(compiled, name));
  const rows = await rowsOf();
  expect(rows.map((row) => [row["decisionId"], row["maturity"], row["label"]])).toEqual([
    ["one", "provisional", 0],
    ["other", "corrected", 1],
  ]);
  const again = await live.replay({ useCase: "parcels" });
  expect(await rowsOf(again.rowsTopic)).toEqual(rows);
});
