import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIRST_DAY, READERS } from "../../../cli/simulator/readers.ts";
import { simulate, type DayTold } from "../../../cli/simulator/simulate.ts";
import { httpLoop } from "../../http/http-loop.ts";
import { root } from "../../source-graph.ts";

const DAY = 86_400_000;
const options = {
  useCase: "prefetch",
  token: undefined,
  seed: 1,
  from: FIRST_DAY,
  signal: new AbortController().signal,
};

test("the app asks for each edition and tells its openings, which become rows in event time", async () => {
  await using at = await httpLoop({}, readFileSync(join(root, "examples/prefetch.yaml"), "utf8"));
  const days: DayTold[] = [];
  const all = await simulate({ ...options, url: at.url, days: 2, onDay: (day) => days.push(day) });
  expect(days.map(({ day, asked, byModel }) => [day, asked, byModel])).toEqual([
    [FIRST_DAY, 3 * READERS, 0],
    [FIRST_DAY + DAY, 3 * READERS, 0],
  ]);
  expect(all.opened).toBe(days[0]!.opened + days[1]!.opened);
  await at.loop.idle();
  let [rows, opened, counted] = [0, 0, 0];
  for await (const row of at.loop.rows("prefetch")) {
    rows++;
    opened += row["label"] as number;
    if ((row["opens_7d"] as number) > 0) counted++;
  }
  // The last edition's wait is not over.
  expect(rows).toBe(5 * READERS);
  expect(opened).toBeGreaterThan(all.opened / 2);
  expect(counted).toBeGreaterThan(READERS);
}, 900_000);

test("a use case that nobody published is told with the next step", async () => {
  await using at = await httpLoop();
  const asked = simulate({ ...options, url: at.url, days: 1, onDay: () => undefined });
  await expect(asked).rejects.toThrow(/prefetch.*is not known.*publish its blueprint first/);
});

test("a connection that is lost is told with the address, the cause and the next step", async () => {
  const port = createServer((request, answer) => {
    if (request.url === "/readyz") answer.end("ready");
    else request.socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(port, "listening");
  const url = `http://127.0.0.1:${(port.address() as AddressInfo).port}`;
  try {
    const asked = simulate({ ...options, url, days: 1, onDay: () => undefined });
    await expect(asked).rejects.toMatchObject({
      code: "LOOP_UNAVAILABLE",
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1\/decisions\/bulk: no answer: (?!fetch failed)/),
      kind: { mend: expect.stringContaining("run the command again") },
    });
  } finally {
    port.close();
  }
});
