import { afterAll, beforeAll, expect, test } from "vitest";
import { httpLoop, type HttpLoop } from "./http-loop.ts";

const [MINUTE, DAY] = [60_000, 86_400_000];
let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop({ partitions: 1 });
});
afterAll(() => at?.[Symbol.asyncDispose]());

const rowsOf = async (prefix: string): Promise<readonly unknown[]> => {
  const rows: unknown[] = [];
  for await (const { decisionId, label } of at.loop.rows("tips"))
    if (String(decisionId).startsWith(prefix)) rows.push([decisionId, label]);
  return rows;
};

/** A decision of three days ago, a decision of the present before it, and the observation once the loop is at rest. */
async function pastBesidePresent(name: string, source: string | undefined): Promise<void> {
  const asked = { useCase: "tips", unit: "anna", context: {}, timeoutMs: 20_000 };
  const time = Date.now() - 3 * DAY;
  const ask = async (decisionId: string, more: object): Promise<void> =>
    expect(await at.post("/v1/decisions", { ...asked, decisionId, ...more })).toMatchObject({ status: 200 });
  await ask(`now-${name}`, {});
  await ask(`${name}-1`, { time, source });
  await at.loop.idle();
  const observation = { observationId: "o", values: { amount: 7 }, useCase: "tips", time: time + MINUTE, source };
  expect(await at.post(`/v1/decisions/${name}-1/observations`, observation)).toMatchObject({ status: 200 });
  await ask(`${name}-2`, { time: time + 11 * MINUTE, source });
  await at.loop.idle();
}

test("history with a source has a time of its own: its decisions wait for their observations beside the present", async () => {
  await pastBesidePresent("fed", "past");
  expect(await rowsOf("fed")).toEqual([["fed-1", 7]]);
});

test("without a source the present closes the past at once", async () => {
  await pastBesidePresent("bare", undefined);
  expect(await rowsOf("bare")).not.toEqual([["bare-1", 7]]);
});

test("a source is a text with something in it", async () => {
  const asked = { useCase: "tips", unit: "anna", source: "" };
  expect(await at.post("/v1/decisions", asked)).toMatchObject({
    status: 400,
    body: { code: "BAD_REQUEST", field: "source" },
  });
});
