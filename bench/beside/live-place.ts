import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { createClient, type Client } from "../../client/index.ts";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  openShared,
  type Backbone,
  type SchemaRegistry,
} from "../../streams/index.ts";
import { startKafka } from "../../test/servers/kafka.ts";
import { startRegistry } from "../../test/servers/registry.ts";

const root = join(import.meta.dirname, "../..");

export interface PlaceFlags {
  /** Days of flights before this are behind the loop: `2013-02-01`. */
  readonly until: string;
  readonly embedded: boolean;
  readonly brokers?: string | undefined;
  readonly registry?: string | undefined;
}

/** A use case beside the flights, with decisions behind it and a model of them. */
export interface FurtherWork {
  readonly useCase: string;
  readonly blueprint: string;
  /** Lines of JSON, in time order. */
  readonly decisions: readonly object[];
  readonly observations: readonly object[];
  /** Further words for the import. */
  readonly flags: readonly string[];
}

/** A loop as a process of its own, with days of flights behind it, and a client that asks it. */
export interface LivePlace {
  readonly client: Client;
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly dir: string;
  readonly kind: "embedded log" | "Kafka";
  /** Starts the program beside the loop, on Kafka with a folder of its own if it is named. */
  loopstream(args: readonly string[], folder?: string): ChildProcess;
  /** Runs the program to its end. @returns its stdout. */
  done(args: readonly string[]): Promise<string>;
  /**
   * Asks for so many seconds, after half a second that is not counted.
   * @param one question; absent: for a decision about a flight. @returns latencies, ms.
   */
  ask(rate: number, seconds: number, one?: (i: number) => Promise<unknown>): Promise<readonly number[]>;
  /** Ends the loop and what was started with it. */
  close(): Promise<void>;
}

/** On a Kafka of its own unless told otherwise. */
export async function openLivePlace(flags: PlaceFlags, further: readonly FurtherWork[] = []): Promise<LivePlace> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-beside-"));
  const own =
    flags.embedded || flags.brokers !== undefined
      ? undefined
      : { kafka: await startKafka(), registry: await startRegistry() };
  const brokers = own?.kafka.brokers ?? flags.brokers;
  const registryUrl = own?.registry.url ?? flags.registry ?? "";
  const remote = brokers === undefined ? [] : ["--brokers", brokers, "--registry", registryUrl];

  const loopstream = (args: readonly string[], folder = ""): ChildProcess => {
    const at = ["--dir", brokers === undefined ? dir : join(dir, folder), ...remote];
    return spawn(process.execPath, [join(root, "cli/main.ts"), ...args, ...at], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
  };

  const done = async (args: readonly string[]): Promise<string> => {
    const child = loopstream(args);
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`loopstream ${args.join(" ")} ended with ${code}`);
    return text;
  };

  /** The flights' history up to a day, in a file of its own. @returns the file. */
  const historyOf = (name: string, column: string): string => {
    const [head, ...lines] = gunzipSync(readFileSync(join(root, `examples/flights/${name}-2013-q1.csv.gz`)))
      .toString()
      .trimEnd()
      .split("\n");
    const index = head!.split(",").indexOf(column);
    const path = join(dir, `${name}.csv`);
    writeFileSync(path, [head, ...lines.filter((line) => line.split(",")[index]! < flags.until)].join("\n") + "\n");
    return path;
  };

  await done(["blueprint", "publish", join(root, "examples/flights.yaml")]);
  await done([
    ...["import", "--use-case", "flight-delays", "--unit", "carrier+flight", "--run"],
    ...["--decisions", historyOf("decisions", "decision_ts"), "--observations", historyOf("observations", "event_ts")],
  ]);
  for (const work of further) {
    const file = (name: string, content: string): string => {
      const path = join(dir, `${work.useCase}-${name}`);
      writeFileSync(path, content);
      return path;
    };
    const lines = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join("");
    await done(["blueprint", "publish", file("blueprint.yaml", work.blueprint)]);
    await done([
      ...["import", "--use-case", work.useCase, "--run", ...work.flags],
      ...["--decisions", file("decisions.jsonl", lines(work.decisions))],
      ...["--observations", file("observations.jsonl", lines(work.observations))],
    ]);
    await done(["train", "--use-case", work.useCase]);
  }
  const live = loopstream(["start", "--json"]);
  await new Promise<void>((resolve, reject) => {
    live.once("exit", () => reject(new Error("the loop did not stay up")));
    live.stdout!.on("data", (text: Buffer) => String(text).includes("the loop is running") && resolve());
  });
  const shared =
    brokers === undefined
      ? await openShared(dir)
      : {
          backbone: await createPlatformaticBackbone({ brokers }),
          registry: createConfluentRegistry({ url: registryUrl }),
        };
  const client = createClient(shared);

  const askFlight = (i: number): Promise<unknown> => {
    const context = { distance: 500, origin: "JFK", dest: "BOS", carrier: "B6" };
    return client.getDecision("flight-delays", { unit: `u${i % 100}`, context }, { timeout: 10_000 });
  };

  return {
    ...{ client, backbone: shared.backbone, registry: shared.registry, dir, loopstream, done },
    kind: brokers === undefined ? "embedded log" : "Kafka",
    async ask(rate, seconds, one = askFlight) {
      const gap = 1_000 / rate;
      const warm = Math.round(rate / 2);
      const count = warm + Math.round(seconds * rate);
      const started = performance.now();
      const answers: Promise<number>[] = [];
      for (let i = 0; i < count; i++) {
        const due = started + i * gap;
        await delay(Math.max(0, due - performance.now()));
        // From when it was due: a late question waits too.
        answers.push(one(i).then(() => performance.now() - due));
      }
      return (await Promise.all(answers)).slice(warm);
    },
    async close() {
      await client.close();
      live.removeAllListeners("exit");
      live.kill("SIGTERM");
      await once(live, "close");
      await own?.registry.stop();
      await own?.kafka.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
