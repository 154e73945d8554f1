import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { parseBlueprint, type Blueprint } from "../../blueprints/index.ts";
import { decisionRequests, events, observations } from "../../schemas/index.ts";
import type { Published } from "../../streams/index.ts";
import { random } from "../decisions/work/random.ts";

type Value = string | number | boolean | null;
type Values = Readonly<Record<string, Value>>;

/** The records of one decision. */
export interface Life {
  readonly request: Published<unknown>;
  /** Later records, in time order. */
  readonly outcomes: readonly Published<unknown>[];
}

/** A use case that the product is measured with. */
export interface Work {
  readonly name: WorkName;
  readonly blueprint: string;
  /** Each decision brings a row. */
  readonly rows: boolean;
  /** So many decisions in time order, all in the past. */
  lives(count: number): readonly Life[];
}

export const workNames = ["numbers", "flights", "life"] as const;
export type WorkName = (typeof workNames)[number];

const NUMBERS = 50;
const HOUR = 3_600_000;
/** Behind now: every label's wait is over, and no topic's retention has begun. */
const BEHIND_MS = 48 * HOUR;
const flights = join(import.meta.dirname, "../../examples/flights");

const numbersBlueprint = `
useCase: numbers
decisionSpace: boolean
context:
${Array.from({ length: NUMBERS }, (_, i) => `  x${i}: number`).join("\n")}
observations: { y: number }
features: [${Array.from({ length: NUMBERS }, (_, i) => `x${i}`).join(", ")}]
label: { name: hit, value: y > 0.5, wait: 10m }
model: { rounds: 100, depth: 6 }
policy: { decide: hit > 0.5 }
join: { ttl: 12h }
training: { schedule: none, freshRows: none, minRows: 100 }
`;

/** 50 numbers in the context and nothing else, as in the benchmark's operator. */
function numbers(): Work {
  return {
    name: "numbers",
    blueprint: numbersBlueprint,
    rows: false,
    lives(count) {
      const start = Date.now() - BEHIND_MS - count;
      return Array.from({ length: count }, (_, index) => {
        const next = random(2_000_000 + index);
        const context = Object.fromEntries(Array.from({ length: NUMBERS }, (_, i) => [`x${i}`, next() * 2 - 1]));
        return {
          request: requestOf("numbers", `n${index}`, `u${index % 100_000}`, context, start + index),
          outcomes: [],
        };
      });
    },
  };
}

/** The first quarter's flights: 41 features, 11 of them windows over two kinds of events. With `life` these come from the observations, so that each becomes a row. */
function flightsWork(name: "flights" | "life"): Work {
  const text = readFileSync(join(import.meta.dirname, "../../examples/flights.yaml"), "utf8").replace(
    /training:\n(?: .*\n?)*/,
    "training: { schedule: none, freshRows: none, minRows: 2000 }\n",
  );
  const blueprint = parseBlueprint(text);
  const flown = readFlights(blueprint);
  const last = flown.at(-1)!.time;
  return {
    name,
    blueprint: text,
    rows: name === "life",
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
            if (name === "life") {
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

function requestOf(
  useCase: string,
  decisionId: string,
  unit: string,
  context: Values,
  time: number,
): Published<unknown> {
  return {
    topic: decisionRequests,
    key: decisionId,
    value: { decisionId, useCase, unit, context, deferred: false },
    time,
  };
}

export const workOf = (name: WorkName): Work => (name === "numbers" ? numbers() : flightsWork(name));
