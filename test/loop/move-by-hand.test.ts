import { afterEach, beforeEach, expect, test } from "vitest";
import { moveByHand, startReports, type Running } from "../../loop/index.ts";
import { blueprints, instances, models, type InstanceReported } from "../../schemas/index.ts";
import { inProduction, published } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

/** Far from the machine's clock. */
const LOG_TIME = Date.UTC(2031, 0, 1);
let live: LiveLoop;
let reports: Running | undefined;
beforeEach(async () => {
  live = await openLive(LOG_TIME);
  reports = undefined;
  await live.loop.publisher.publish([{ topic: blueprints, ...published(undefined, 0) }]);
  await live.loop.publisher.publish([{ topic: models, ...inProduction("m1", 1) }]);
  await live.loop.idle();
});
afterEach(async () => {
  await reports?.close();
  await live.close();
});

/** Another instance, as far as it says. */
async function says(more: Partial<InstanceReported>): Promise<void> {
  const value = {
    ...{ instance: "other", running: true, blueprintsRead: 1_000, warming: [], eventsLeft: 0, modelsRead: 1_000 },
    ...more,
  };
  await live.loop.publisher.publish([{ topic: instances, key: value.instance, value, time: LOG_TIME }]);
}
const states = async (): Promise<readonly unknown[]> =>
  (await live.all(models)).at(-1)!.value.states.map(({ state, time }) => [state, time]);

test("counts from the log's time on, whatever this machine's clock says, and at once while no instance runs", async () => {
  const { after, lateMs, behind, model } = await moveByHand(live.loop, "m1", "withdrawn");
  expect(after).toBeGreaterThanOrEqual(LOG_TIME);
  expect(after).toBeLessThan(LOG_TIME + 60_000);
  expect([lateMs, behind]).toEqual([0, []]);
  expect(model.states.at(-1)).toMatchObject({ state: "withdrawn", time: after });
  expect(await states()).toEqual([
    ["production", 1],
    ["withdrawn", after],
  ]);
});

test("counts a moment later while instances run, and ends once they have read it", async () => {
  reports = startReports(live.loop, 20);
  await says({});
  const { after, behind } = await moveByHand(live.loop, "m1", "withdrawn");
  expect(after).toBeGreaterThanOrEqual(LOG_TIME + 100);
  expect(behind).toEqual([]);
  const said = (await live.all(instances)).filter(({ value }) => value.instance === live.loop.instanceId);
  expect(said.at(-1)!.value.modelsRead).toBe(2);
});

test("names the instances that have not read it, and asks nothing of those of a release that does not say", async () => {
  await says({ modelsRead: 1 });
  await says({ instance: "former", modelsRead: -1 });
  expect((await moveByHand(live.loop, "m1", "withdrawn")).behind).toEqual(["other"]);
});

test("to the state that the model has writes nothing, and tells since when it has it", async () => {
  await says({ modelsRead: 0 });
  expect(await moveByHand(live.loop, "m1", "production")).toMatchObject({ after: 1, lateMs: 0, behind: [] });
  expect(await states()).toEqual([["production", 1]]);
});
