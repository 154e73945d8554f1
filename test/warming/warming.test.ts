import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openShared } from "../../streams/index.ts";
import { temporaryDir } from "../e2e/command.ts";
import { runFlights } from "./run-flights.ts";

const { path, remove } = temporaryDir();
afterAll(() => remove());

test(
  "embedded: every decision of a version with new windows that is published while the loop runs equals the windows' definition, also where the process is killed while it fills them",
  { timeout: 900_000 },
  async () => {
    const dir = join(path, "data");
    const { made, wrong, audit, filled, before } = await runFlights({
      dir: path,
      where: [],
      dirs: [dir],
      open: () => openShared(dir),
      from: Date.UTC(2013, 1, 10),
      decide: Date.UTC(2013, 1, 28),
      publish: Date.UTC(2013, 2, 1),
      to: Date.UTC(2013, 2, 2),
      kill: true,
    });
    expect(made.length).toBeGreaterThan(900);
    expect(before).toBeGreaterThan(800);
    expect(wrong).toEqual([]);
    expect(audit).toMatchObject({ sampled: made.length + before, recomputed: made.length + before, differences: [] });
    // Once by the process that was killed, once by its successor, to the end.
    const records = filled.map((line) => Number(/(?:from|filled from) ([\d]+) record/.exec(line)![1]));
    expect(records).toHaveLength(3);
    expect(records[1]).toBeLessThanOrEqual(records[0]!);
    expect(records[2]).toBe(records[1]);
  },
);
