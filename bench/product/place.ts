import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  openShared,
  type Backbone,
  type SchemaRegistry,
} from "../../streams/index.ts";
import { startKafka } from "../../test/servers/kafka.ts";
import { startRegistry } from "../../test/servers/registry.ts";
import type { Guarantee } from "../decisions/peer-options.ts";

export const PARTITIONS = 4;

export interface Access {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

/** Fresh topics, and nothing on them. */
export interface Place {
  readonly name: PlaceName;
  /** Of the process. */
  readonly stateDir: string;
  /** For a broker's client; absent on the embedded log. */
  readonly brokers?: string;
  /** Arguments of `loopstream start`. */
  readonly startArgs: readonly string[];
  /** Arguments of the client of the latency runs. */
  readonly clientArgs: readonly string[];
  open(): Promise<Access>;
  close(): Promise<void>;
}

export const placeNames = ["embedded", "kafka at-least-once", "kafka exactly-once"] as const;
export type PlaceName = (typeof placeNames)[number];

export function openPlace(name: PlaceName): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
  return name === "embedded"
    ? Promise.resolve(embedded(dir))
    : kafka(dir, name, name === "kafka exactly-once" ? "exactly-once" : "at-least-once");
}

function embedded(dir: string): Place {
  const home = join(dir, "home");
  return {
    name: "embedded",
    stateDir: join(home, "state"),
    startArgs: ["--dir", home],
    clientArgs: ["--dir", home],
    open: () => openShared(home),
    close() {
      rmSync(dir, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** A broker and a registry of its own. */
async function kafka(dir: string, name: PlaceName, guarantee: Guarantee): Promise<Place> {
  const broker = await startKafka();
  const server = await startRegistry();
  const [home, config] = [join(dir, "home"), join(dir, "loopstream.yaml")];
  mkdirSync(home);
  writeFileSync(config, `delivery: ${guarantee === "exactly-once" ? "exactlyOnce" : "atLeastOnce"}\n`);
  return {
    name,
    stateDir: join(home, "state"),
    brokers: broker.brokers,
    startArgs: ["--dir", home, "--config", config, "--brokers", broker.brokers, "--registry", server.url],
    clientArgs: ["--brokers", broker.brokers, "--registry", server.url],
    async open() {
      const backbone = await createPlatformaticBackbone({ brokers: broker.brokers });
      const registry = createConfluentRegistry({ url: server.url });
      return {
        backbone,
        registry,
        async close() {
          await backbone.close();
          await registry.close();
        },
      };
    },
    async close() {
      await server.stop();
      await broker.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
