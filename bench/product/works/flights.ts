import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { parseBlueprint, type Blueprint } from "../../../blueprints/index.ts";
import { events, observations } from "../../../schemas/index.ts";
import type { Published } from "../../../streams/index.ts";
import { BEHIND_MS, HOUR, requestOf, type Value, type Values, type Work } from "./work.ts";

const flights = join(import.meta.dirname, "../../../examples/flights");

/** The flights of one number after each other, two days apart at most. */
const EPISODES = "episodes: { gap: 50h, length: 6 }\n";

/**
 * The first quarter's flights: 41 features, 11 of them windows over two kinds of events. With `life` these come from the observations, so that each
 * becomes a row, and with `episodes` each row becomes a step too.
 */
export function flightsWork(name: "flights" | "life" | "episodes"): Work {
  const rows = name !== "flights";
  const alone = readFileSync(join(import.meta.dirname, "../../../examples/flights.yaml"), "utf8").replace(
    /training:\n(?: .*\n?)*/,
    "training: { schedule: none, freshRows: none, minRows: 2000 }\n",
  );
  const text = name === "episodes" ? alone + EPISODES : alone;
  const blueprint = parseBlueprint(text);
  const flown = readFlights(blueprint);
  const last = flown.at(-1)!.time;
  return {
    name,
    blueprint: text,
    rows,
    lives(count) {
      // Whole hours: the minute of the day stays near the context's.
      const shift = Math.floor((Date.now() - BEHIND_MS - last) / HOUR) * HOUR;
      return Array.from({ length: count }, (_, index) => {
        const flight = flown[index % flown.length]!;
        const lap = Math.floor(index / flown.length);
        const id = lap === 0 ? flight.id : `${flight.id}-${lap}`;
        // Laps lie before each other, the last one at the end.
        const moved = shift - (Math.ceil(count / flown.length) - 1 - lap) * 90 * 24 * HOUR;
        return {
          request: requestOf(blueprint.useCase, id, flight.unit, flight.context, flight.time + moved),
          outcomes: flight.outcomes.map(({ time, values }) => {
            const { kind, ...fields } = values;
            // An observation with a kind is an event too: the loop makes it one.
            if (rows) {
              const value = { decisionId: id, useCase: blueprint.useCase, observationId: String(kind), values };
              return { topic: observations, key: id, value, time: time + moved } as Published<unknown>;
            }
            const keys = Object.fromEntries(KEYS.map((key) => [key, flight.context[key] ?? null]));
            const value = { kind: String(kind), attributes: { ...keys, ...fields } };
            return {
              topic: events,
              key: String(flight.context["carrier"]),
              value,
              time: time + moved,
            } as Published<unknown>;
          }),
        };
      });
    },
  };
}

const KEYS = ["carrier", "origin", "dest", "tailnum"];

interface Flight {
  readonly id: string;
  readonly unit: string;
  readonly time: number;
  readonly context: Values;
  readonly outcomes: { readonly time: number; readonly values: Values }[];
}

type Line = Readonly<Record<string, string>>;

const linesOf = (file: string): readonly Line[] =>
  parse(gunzipSync(readFileSync(join(flights, file))), { columns: true }) as Line[];

/** In time order, as the file is. */
function readFlights({ context: types }: Blueprint): readonly Flight[] {
  const flown = linesOf("decisions-2013-q1.csv.gz").map((line): Flight => {
    const context: Record<string, Value> = {};
    for (const [field, type] of Object.entries(types)) {
      const cell = line[field] ?? "";
      if (cell !== "") context[field] = type === "number" ? Number(cell) : cell;
    }
    const { decision_id: id = "", carrier = "", flight = "", decision_ts: at = "" } = line;
    return { id, unit: carrier + flight, time: Date.parse(at), context, outcomes: [] };
  });
  const byId = new Map(flown.map((flight) => [flight.id, flight]));
  for (const { decision_id: id = "", kind = "", event_ts: at = "", delay_min: delay = "" } of linesOf(
    "observations-2013-q1.csv.gz",
  )) {
    const values = { kind, ...(delay === "" ? {} : { delay_min: Number(delay) }) };
    byId.get(id)?.outcomes.push({ time: Date.parse(at), values });
  }
  return flown;
}
