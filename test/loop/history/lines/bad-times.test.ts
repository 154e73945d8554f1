import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readHistory } from "../../../../loop/history/lines/read-history.ts";
import { HOUR, parcels, START } from "../../../operators/parcels.ts";
import { fileTables } from "../../../../cli/files/index.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-history-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("lines before 1970, after 9999, of no time or later than may be are named; the others are taken", async () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const iso = (time: number): string => new Date(time).toISOString();
  const times = [
    iso(START),
    "1969-12-31T23:59:59Z",
    "+012026-01-01T00:00:00Z",
    "1795725000000000",
    iso(START + 2 * HOUR),
  ];
  const decisions = file("d.csv", `id,at,weight\n${times.map((time, i) => `d${i},${time},5`).join("\n")}\n`);
  const observations = file("o.csv", `id,at,kind,delay\nd0,${iso(START + HOUR)},arrival,1\nd0,-1,arrival,1\n`);
  const columns = { decisionId: "id", decisionTime: "at", observationTime: "at" };
  const bad: string[] = [];
  let [requests, outcomes] = [0, 0];
  for await (const step of readHistory(fileTables({ decisions, observations }), columns, parcels, {
    stepMs: HOUR,
    latest: START + HOUR,
  })) {
    requests += step.requests.length;
    outcomes += step.outcomes.flatMap(({ records }) => records).length;
    bad.push(...step.bad.map(({ line, problem }) => `${line} ${problem}`));
  }
  // The observation, and the event that it also is.
  expect([requests, outcomes]).toEqual([1, 2]);
  expect(bad.sort()).toEqual([
    expect.stringMatching(/^3 at "-1" is a number: say its unit/),
    expect.stringMatching(/^3 at "1969-12-31T23:59:59Z" is not between 1970 and the year 9999/),
    expect.stringMatching(/^4 at ".*" is no time/),
    expect.stringMatching(/^5 at "1795725000000000" is a number: say its unit/),
    expect.stringMatching(/^6 at ".*" lies ahead/),
  ]);
});
