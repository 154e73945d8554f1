import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordsOf } from "../../../loop/history/lines/history-step.ts";
import { readHistory } from "../../../loop/history/lines/read-history.ts";
import { events, type EventRecorded } from "../../../schemas/index.ts";
import { parcels } from "../../operators/parcels.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";
import { fileTables } from "../../../cli/files/index.ts";

let dir: Awaited<ReturnType<typeof newDir>>;
beforeAll(async () => (dir = await newDir()));
afterAll(() => dir.remove());

const columns = { decisionId: "id", decisionTime: "time", observationTime: "at" };
const HOUR = 3_600_000;

async function eventsOf(decisions: string, observations: string) {
  const files = { decisions: join(dir.path, "d.csv"), observations: join(dir.path, "o.csv") };
  writeFileSync(files.decisions, `id,time,weight,carrier,depot\n${decisions}`);
  writeFileSync(files.observations, `id,at,kind,minutes,depot\n${observations}`);
  const found: EventRecorded[] = [];
  let keyless = 0;
  for await (const step of readHistory(fileTables(files), columns, parcels, { stepMs: HOUR })) {
    for (const { topic, value } of recordsOf(step.outcomes))
      if (topic.name === events.name) found.push(value as EventRecorded);
    keyless += step.outcomes.filter((line) => line.keyless === true).length;
  }
  return { found, keyless };
}

test("an imported event has all keys of its decision, and kinds that no blueprint names are kept", async () => {
  const { found, keyless } = await eventsOf(
    "a,2024-01-01T00:00:00Z,3,air,north\n",
    "a,2024-01-01T00:10:00Z,scan,5,\na,2024-01-01T00:20:00Z,weighed,6,\na,2024-01-01T00:30:00Z,,7,\n",
  );
  expect(found).toEqual([
    { kind: "scan", attributes: { unit: "a", carrier: "air", depot: "north", minutes: 5 } },
    { kind: "weighed", attributes: { unit: "a", carrier: "air", depot: "north", minutes: 6 } },
  ]);
  expect(keyless).toBe(0);
});

test("an event whose decision is not known, or no longer, has the keys of its own line and is counted", async () => {
  const { found, keyless } = await eventsOf(
    "a,2024-01-01T00:00:00Z,3,air,north\n",
    "other,2024-01-01T00:10:00Z,scan,5,south\na,2024-01-01T05:59:59.999Z,scan,6,\na,2024-01-01T06:00:00Z,scan,7,\n",
  );
  expect(found.map(({ attributes }) => attributes)).toEqual([
    { depot: "south", minutes: 5 },
    { unit: "a", carrier: "air", depot: "north", minutes: 6 },
    { minutes: 7 },
  ]);
  expect(keyless).toBe(2);
});
