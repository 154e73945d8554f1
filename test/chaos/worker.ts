/** One process of a chaos run: the loop, live but exact, until it is killed. Its settings come as JSON in the first argument. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createConfluentRegistry,
  createKafkaBackbone,
  createPlatformaticBackbone,
  openShared,
} from "../../streams/index.ts";
import { startLoop, startTicker } from "../../loop/index.ts";

export interface WorkerSettings {
  readonly dir: string;
  readonly partitions: number;
  /** How far this process's clock goes wrong; it then also tells the others the time, as every running loop does. */
  readonly clockAheadMs?: number;
  /** Absent: the embedded backbone in `dir`. */
  readonly kafka?: {
    readonly client: "kafkajs" | "platformatic";
    readonly brokers: string;
    readonly registry: string;
    readonly sessionTimeoutMs: number;
  };
}

if (import.meta.main) {
  const settings = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as WorkerSettings;
  const { dir, partitions, kafka, clockAheadMs } = settings;
  if (clockAheadMs !== undefined) setClockAhead(clockAheadMs);
  const place =
    kafka === undefined
      ? await openShared(dir)
      : {
          backbone: await (kafka.client === "kafkajs" ? createKafkaBackbone : createPlatformaticBackbone)({
            brokers: kafka.brokers.split(","),
            sessionTimeoutMs: kafka.sessionTimeoutMs,
          }),
          registry: createConfluentRegistry({ url: kafka.registry }),
        };
  const loop = await startLoop({
    id: "chaos",
    backbone: place.backbone,
    registry: place.registry,
    stateDir: join(dir, "state"),
    partitions,
    delivery: "exactlyOnce",
    commitIntervalMs: kafka === undefined ? 0 : 20,
    maxTaskIdleMs: Number.POSITIVE_INFINITY,
    salt: "chaos",
    codeVersion: "chaos",
    onFailure: (error) => {
      console.error(error);
      process.exit(1);
    },
  });
  if (clockAheadMs !== undefined) startTicker(loop, 200);
  process.stdout.write("running\n");
  process.once("SIGTERM", () => {
    void loop
      .close()
      .then(() => place.backbone.close())
      .then(() => process.exit(0));
  });
}

function setClockAhead(ms: number): void {
  const right = Date.now;
  Date.now = () => right() + ms;
}
