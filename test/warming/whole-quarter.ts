/**
 * `node test/warming/whole-quarter.ts DIR`: the first quarter's flights through a running loop, with a version published on 1 March that has new windows. Every
 * decision behind it is compared with the windows' definition and audited; DIR then holds `decisions.csv` (a column a window) and `events.csv`, for
 * another program to compute them again.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseBlueprint } from "../../blueprints/index.ts";
import { openShared } from "../../streams/index.ts";
import { readFlights, WITH_WINDOWS } from "./flights.ts";
import { runFlights } from "./run-flights.ts";

const dir = process.argv[2];
if (dir === undefined) throw new Error("usage: node test/warming/whole-quarter.ts DIR");
const data = join(dir, "data");
const [from, to] = [Date.UTC(2013, 0, 1), Date.UTC(2013, 3, 1)];
const { made, wrong, audit, filled, before } = await runFlights({
  ...{ dir, where: [], dirs: [data], open: () => openShared(data) },
  ...{ from, decide: Date.UTC(2013, 1, 20), publish: Date.UTC(2013, 2, 1), to, kill: true },
});

const features = parseBlueprint(WITH_WINDOWS).features;
const windows = features.flatMap(({ kind, name }, at) => (kind === "window" ? [{ name, at }] : []));
const { flights, events } = readFlights(from, to);
const byId = new Map(flights.map((flight) => [flight.id, flight]));
const KEYS = ["carrier", "origin", "dest", "tailnum", "manufacturer"];
const csv = (head: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  [head, ...rows].map((row) => row.map((cell) => String(cell ?? "")).join(",")).join("\n");
writeFileSync(
  join(dir, "decisions.csv"),
  csv(
    ["decision_id", "time", ...KEYS, ...windows.map(({ name }) => name)],
    made.map(({ decisionId, decisionTime, features: found }) => [
      ...[decisionId, decisionTime, ...KEYS.map((key) => byId.get(decisionId)!.context[key])],
      ...windows.map(({ at }) => found[at]),
    ]),
  ),
);
writeFileSync(
  join(dir, "events.csv"),
  csv(
    ["kind", "time", "delay_min", ...KEYS],
    events.map(({ kind, time, delay, flight }) => [kind, time, delay, ...KEYS.map((key) => flight.context[key])]),
  ),
);
const { differences, ...counts } = audit as { differences: readonly unknown[] };
console.log(
  JSON.stringify(
    { made: made.length, before, wrong: wrong.length, filled, audit: counts, differences: differences.length },
    null,
    2,
  ),
);
if (wrong.length > 0 || differences.length > 0) process.exitCode = 1;
