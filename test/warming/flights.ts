import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parseBlueprint, type WindowFeature } from "../../blueprints/index.ts";
import { flights as files } from "../e2e/command.ts";

export interface Flight {
  readonly id: string;
  readonly time: number;
  readonly context: Readonly<Record<string, string | number | null>>;
}

export interface FlightEvent {
  readonly kind: string;
  readonly time: number;
  readonly delay: number;
  readonly flight: Flight;
}

export const FLIGHTS = readFileSync(files.blueprint, "utf8");

/** By a key that no window had, by one that others have, over a longer time by the same key, and with an open end. */
const NEW_WINDOWS = [
  "n_manufacturer_dep_3h: { count: true, of: departure, by: manufacturer, in: 3h }",
  "m_dest_dep_2h: { mean: delay_min, of: departure, by: dest, in: 2h }",
  "s_origin_dep_5d: { sum: delay_min, of: departure, by: origin, in: 5d }",
  "m_tail_arr_10d: { mean: delay_min, of: arrival, by: tailnum, in: 10d, open: true }",
  "last_carrier_dest_arr_2d: { last: delay_min, of: arrival, by: [carrier, dest], in: 2d }",
];
/** As the demo's, with more windows. */
export const WITH_WINDOWS = FLIGHTS.replace(
  "features:\n",
  `features:\n${NEW_WINDOWS.map((line) => `  - ${line}\n`).join("")}`,
);

const { context: declared } = parseBlueprint(FLIGHTS);

function lines(file: string): readonly Readonly<Record<string, string>>[] {
  const [head, ...rows] = gunzipSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((cells) => Object.fromEntries(head!.map((name, at) => [name, cells[at] ?? ""])));
}

/** Decisions and events of the first quarter of 2013 from a time to before another, each in its order. */
export function readFlights(from: number, to: number): { readonly flights: Flight[]; readonly events: FlightEvent[] } {
  const all = new Map<string, Flight>();
  for (const line of lines(files.decisions)) {
    const context: Record<string, string | number | null> = {};
    for (const [name, type] of Object.entries(declared)) {
      const text = line[name]!;
      context[name] = text === "" ? null : type === "number" ? Number(text) : text;
    }
    all.set(line["decision_id"]!, { id: line["decision_id"]!, time: Date.parse(line["decision_ts"]!), context });
  }
  const events: FlightEvent[] = [];
  for (const line of lines(files.observations)) {
    const time = Date.parse(line["event_ts"]!);
    if (time < from || time >= to) continue;
    events.push({
      kind: line["kind"]!,
      time,
      delay: Number(line["delay_min"]),
      flight: all.get(line["decision_id"]!)!,
    });
  }
  const flights = [...all.values()].filter(({ time }) => time >= from && time < to);
  return { flights, events };
}

/** By feature, what the definition of each window gives for a flight: from the events strictly before it, by looking at all of them. */
export function windowsOf(
  text: string,
  events: readonly FlightEvent[],
): (flight: Flight) => Readonly<Record<string, number | null>> {
  const windows = parseBlueprint(text).features.filter(
    (feature): feature is WindowFeature => feature.kind === "window",
  );
  const keyOf = (kind: string, by: readonly string[], { context }: Flight): string | null => {
    const values = by.map((name) => context[name] ?? null);
    return values.includes(null) ? null : JSON.stringify([kind, by, values]);
  };
  const byKey = new Map<string, FlightEvent[]>();
  for (const event of [...events].sort((a, b) => a.time - b.time || a.delay - b.delay)) {
    for (const key of new Set(
      windows.filter((w) => w.event === event.kind).map((w) => keyOf(event.kind, w.by, event.flight)),
    )) {
      if (key === null) continue;
      const kept = byKey.get(key);
      if (kept === undefined) byKey.set(key, [event]);
      else kept.push(event);
    }
  }
  return (flight) =>
    Object.fromEntries(
      windows.map(({ name, event, by, windowMs, open, aggregate }) => {
        const key = keyOf(event, by, flight);
        if (key === null) return [name, null];
        const inside = (byKey.get(key) ?? []).filter(
          ({ time }) => time < flight.time && (open ? time > flight.time - windowMs : time >= flight.time - windowMs),
        );
        if (aggregate === "count") return [name, inside.length];
        if (inside.length === 0) return [name, null];
        const sum = inside.reduce((total, { delay }) => total + delay, 0);
        if (aggregate === "last") return [name, inside.at(-1)!.delay];
        return [name, aggregate === "sum" ? sum : sum / inside.length];
      }),
    );
}
