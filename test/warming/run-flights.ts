import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseBlueprint } from "../../blueprints/index.ts";
import { decisionRequests, decisions, events, type DecisionRecorded } from "../../schemas/index.ts";
import { Publisher, readTopic, Serdes, type Backbone, type Published } from "../../streams/index.ts";
import type { OpenPlace } from "../chaos/product.ts";
import { loopstream, type Ran } from "../e2e/command.ts";
import { startLoopstream, type Running } from "../e2e/running.ts";
import { freePorts } from "../servers/ports.ts";
import { FLIGHTS, readFlights, windowsOf, WITH_WINDOWS, type Flight, type FlightEvent } from "./flights.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface FlightsPlan {
  /** Of its own, for settings, states and files. */
  readonly dir: string;
  /** Where every command finds the topics: flags. Each process has a folder of its own in `dirs`. */
  readonly where: readonly string[];
  /** One for each process. */
  readonly dirs: readonly string[];
  readonly open: OpenPlace;
  /** Events from `from`, decisions from `decide`, the new version at `publish`, up to `to`; ms. */
  readonly from: number;
  readonly decide: number;
  readonly publish: number;
  readonly to: number;
  /** A process is killed with -9 while it fills the new windows, and started again. */
  readonly kill: boolean;
}

export interface FlightsResult {
  /** Decisions by the new version, in the order of their times. */
  readonly made: readonly DecisionRecorded[];
  /** Window features of those that are not what the definition gives: decision, feature, found, right. */
  readonly wrong: readonly (readonly [string, string, unknown, unknown])[];
  /** What `audit` of every decision said. */
  readonly audit: Record<string, unknown>;
  /** What the killed process and its successor said of what they filled. */
  readonly filled: readonly string[];
  /** Decisions that the version before made while the new one was being published. */
  readonly before: number;
}

interface Process extends Running {
  readonly metrics: string;
}

/** Flights of 2013 through a running loop: a version with new windows is published in the middle, and every decision behind it is checked. */
export async function runFlights(plan: FlightsPlan): Promise<FlightsResult> {
  const { dir, where, dirs, from, decide, publish, to } = plan;
  mkdirSync(dir, { recursive: true });
  const file = join(dir, "flights.yaml");
  const next = join(dir, "next.yaml");
  writeFileSync(file, FLIGHTS);
  writeFileSync(next, WITH_WINDOWS);
  const { flights, events: all } = readFlights(from, to);
  const processes: Process[] = [];
  const start = async (at: number): Promise<Process> => {
    const [port] = await freePorts(1);
    const process = startLoopstream(["start", ...where, "--dir", dirs[at]!, "--metrics", String(port), "--json"]);
    processes[at] = { ...process, metrics: `http://127.0.0.1:${port}/metrics` };
    return processes[at];
  };
  const tool = (...args: readonly string[]): Promise<Ran> =>
    loopstream([...args, ...where, "--dir", dirs[0]!, "--json"]);
  try {
    expectOk(await tool("blueprint", "publish", file));
    for (const at of dirs.keys()) await (await start(at)).says("the loop is running");
    const feed = await FlightFeed.open(plan.open);
    try {
      const stretch = async (begin: number, end: number): Promise<void> => {
        const within = ({ time }: { time: number }): boolean => time >= begin && time < end;
        await feed.events(all.filter(within));
        await feed.read(processes);
        await feed.decide(flights.filter(within).filter(({ time }) => time >= decide));
      };
      for (let day = from; day < publish; day += DAY) await stretch(day, Math.min(day + DAY, publish));
      const publishing = tool("blueprint", "publish", next, "--from", new Date(publish).toISOString());
      let filled: string[] = [];
      if (plan.kill) {
        const last = dirs.length - 1;
        const killed = processes[last]!;
        await killed.says("event-windows: filling");
        killed.kill();
        await killed.ended();
        // The log of a single process was in the one that was killed: nobody else may open it now.
        if (dirs.length === 1) {
          await feed.close().catch(() => undefined);
          await publishing;
        }
        const again = await start(last);
        await again.says("the loop is running");
        const published = await publishing;
        if (published.code !== 0)
          expectOk(await tool("blueprint", "publish", next, "--from", new Date(publish).toISOString()));
        filled = [killed, again].flatMap((one) =>
          one
            .said()
            .split("\n")
            .filter((line) => /filling \d|filled from/.test(line)),
        );
      }
      expectOk(await publishing.then((ran) => (plan.kill && ran.code !== 0 ? { ...ran, code: 0 } : ran)));
      await feed.reopen();
      for (let day = publish; day < to; day += DAY) await stretch(day, Math.min(day + DAY, to));
      const found = await feed.decisions();
      const version = parseBlueprint(WITH_WINDOWS).version;
      const made = found.filter(({ blueprintVersion }) => blueprintVersion === version);
      const after = new Set(flights.filter(({ time }) => time > publish).map(({ id }) => id));
      const missing = [...after].filter((id) => !made.some(({ decisionId }) => decisionId === id));
      if (missing.length > 0 || made.length !== after.size) {
        throw new Error(
          `${made.length} decisions of the new version, ${after.size} flights; missing: ${missing.slice(0, 5).join(", ")}`,
        );
      }
      return {
        made,
        wrong: wrongOf(made, flights, all),
        audit: (await tool("audit", "--sample", "100%", "--use-case", "flight-delays")).json,
        filled,
        before: found.length - made.length,
      };
    } finally {
      await feed.close();
    }
  } finally {
    for (const process of processes) process.kill();
    for (const process of processes) await process.ended();
  }
}

function wrongOf(
  made: readonly DecisionRecorded[],
  flights: readonly Flight[],
  all: readonly FlightEvent[],
): FlightsResult["wrong"] {
  const byId = new Map(flights.map((flight) => [flight.id, flight]));
  const names = parseBlueprint(WITH_WINDOWS).features.map(({ name }) => name);
  const right = windowsOf(WITH_WINDOWS, all);
  return made.flatMap(({ decisionId, features }) =>
    Object.entries(right(byId.get(decisionId)!))
      .map(([name, value]) => [decisionId, name, features[names.indexOf(name)] ?? null, value] as const)
      .filter(([, , found, value]) => !Object.is(found, value)),
  );
}

function expectOk(ran: Ran): void {
  if (ran.code !== 0) throw new Error(`a command ended with code ${String(ran.code)}: ${ran.stdout}${ran.stderr}`);
}

/** Publishes flights and their events as a product does, and knows when what it has published is read. */
class FlightFeed {
  readonly #open: OpenPlace;
  #place!: Awaited<ReturnType<OpenPlace>>;
  #serdes!: Serdes;
  #publisher!: Publisher;
  #asked = 0;

  static async open(open: OpenPlace): Promise<FlightFeed> {
    const feed = new FlightFeed(open);
    await feed.reopen();
    return feed;
  }

  private constructor(open: OpenPlace) {
    this.#open = open;
  }

  /** Another process has the log now. */
  async reopen(): Promise<void> {
    await this.close().catch(() => undefined);
    this.#place = await this.#open();
    this.#serdes = new Serdes(this.#place.registry);
    this.#publisher = await Publisher.open(this.#backbone, this.#serdes, 1);
  }

  get #backbone(): Backbone {
    return this.#place.backbone;
  }

  async events(some: readonly FlightEvent[]): Promise<void> {
    await this.#publish(
      some.map(({ kind, time, delay: delay_min, flight: { id, context } }) => {
        const { carrier, origin, dest, tailnum, manufacturer } = context;
        const attributes = { carrier, origin, dest, tailnum, manufacturer, delay_min };
        return { topic: events, key: id, value: { kind, attributes }, time };
      }),
    );
  }

  async decide(some: readonly Flight[]): Promise<void> {
    await this.#publish(
      some.map(({ id, time, context }) => {
        const unit = `${context["carrier"]}-${id.slice(0, 4)}`;
        const value = { decisionId: id, useCase: "flight-delays", unit, context, deferred: false, logged: null };
        return { topic: decisionRequests, key: id, value, time };
      }),
    );
    this.#asked += some.length;
    while ((await this.decisions()).length < this.#asked) await delay(200);
  }

  async #publish(records: readonly Published<unknown>[]): Promise<void> {
    for (let at = 0; at < records.length; at += 500) await this.#publisher.publish(records.slice(at, at + 500));
  }

  /** Resolves when every process has read all events there are. */
  async read(processes: readonly Process[]): Promise<void> {
    const ends = await this.#backbone.offsets([events.name]);
    const wanted = ends.reduce((sum, { end }) => sum + end, 0);
    for (const { metrics } of processes) {
      for (;;) {
        const text = await (await fetch(metrics)).text();
        const read = /^loopstream_globals_offset\{topic="events"\} (\d+)/m.exec(text)?.[1] ?? "0";
        if (Number(read) >= wanted) break;
        await delay(50);
      }
    }
  }

  async decisions(): Promise<DecisionRecorded[]> {
    const found = new Map<string, DecisionRecorded>();
    for await (const { value } of readTopic(this.#backbone, this.#serdes, decisions))
      found.set(value.decisionId, value);
    return [...found.values()].sort((a, b) => a.decisionTime - b.decisionTime);
  }

  async close(): Promise<void> {
    await this.#publisher?.close();
    await this.#place?.close();
  }
}
