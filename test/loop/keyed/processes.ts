import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient, type Client } from "../../../client/index.ts";
import { createKafkaBackbone } from "../../../streams/index.ts";
import { placeOn, type Place } from "../../chaos/product.ts";
import { loopstream, temporaryDir } from "../../e2e/command.ts";
import { startLoopstream, type Running } from "../../e2e/running.ts";
import { startKafka, type KafkaServer } from "../../servers/kafka.ts";
import { freePorts } from "../../servers/ports.ts";
import { startRegistry, type RegistryServer } from "../../servers/registry.ts";

export interface Processes {
  readonly kafka: KafkaServer;
  readonly registry: RegistryServer;
  readonly place: Place;
  readonly client: Client;
  /** Flags of commands that reach the servers. */
  readonly where: readonly string[];
  /** A place for files. */
  path(name: string): string;
  /** Publishes a blueprint. */
  publish(name: string, text: string): Promise<void>;
  /** Starts the process with this number, in its own folder, and waits until the loop is running. */
  start(at: number): Promise<void>;
  process(at: number): Running;
  /** The first number of a line of a process's metrics; without the line 0. */
  metric(at: number, line: RegExp): Promise<number>;
  close(): Promise<void>;
}

/** Longer than unsaid: these processes, their broker and other suites share the machine. */
const SETTINGS = "state: { lookupMs: 1000 }\n";

/**
 * Processes of one loop, on servers of their own. A lookup of windows has a second.
 *
 * @param flagsOf more flags of the process with this number
 */
export async function openProcesses(flagsOf: (at: number) => readonly string[] = () => []): Promise<Processes> {
  const [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  const { path: folder, remove } = temporaryDir();
  mkdirSync(folder, { recursive: true });
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("settings.yaml"), SETTINGS);
  const where = ["--brokers", kafka.brokers, "--registry", registry.url];
  const place = placeOn(await createKafkaBackbone({ brokers: kafka.brokers.split(",") }), registry.url);
  const client = createClient({ ...place, buffer: false });
  const processes: (Running & { readonly metrics: string })[] = [];
  return {
    ...{ kafka, registry, place, client, where, path },
    async publish(name, text) {
      writeFileSync(path(name), text);
      const ran = await loopstream(["blueprint", "publish", path(name), ...where, ...flagsOf(0), "--dir", path("0")]);
      if (ran.code !== 0) throw new Error(ran.stderr);
    },
    async start(at) {
      const [port] = await freePorts(1);
      const flags = [
        "--config",
        path("settings.yaml"),
        "--dir",
        path(String(at)),
        "--metrics",
        String(port),
        ...flagsOf(at),
      ];
      processes[at] = {
        ...startLoopstream(["start", ...where, ...flags]),
        metrics: `http://127.0.0.1:${port}/metrics`,
      };
      await processes[at].says("the loop is running");
    },
    process: (at) => processes[at]!,
    async metric(at, line) {
      const text = await (await fetch(processes[at]!.metrics)).text();
      return Number(line.exec(text)?.[1] ?? "0");
    },
    async close() {
      for (const process of processes) process.kill();
      for (const process of processes) await process.ended();
      await client.close();
      await place.close();
      await Promise.all([kafka.stop(), registry.stop()]);
      remove();
    },
  };
}
