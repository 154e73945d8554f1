/** The process that is watched: the loop as `loopstream start` runs it, with event time that is told. Its settings come as JSON in the first argument. */
import { join } from "node:path";
import { createConfluentRegistry, createPlatformaticBackbone, openShared } from "../../streams/index.ts";
import { publishBlueprint, startLoop } from "../../loop/index.ts";
import { clock } from "../../schemas/index.ts";
import { memoryNow, type MemorySample } from "./memory.ts";
import { learntRows } from "../../catalogue/index.ts";
import { trainModel } from "../../trainer/index.ts";

export interface WorkerSettings {
  readonly dir: string;
  readonly partitions: number;
  /** Absent: the embedded log in `dir`. */
  readonly kafka?: { readonly brokers: string; readonly registry: string };
  readonly blueprints: readonly string[];
  /** Event time, ms, for which a closed decision is remembered. */
  readonly orphanMs: number;
}

export type Ask =
  | { readonly kind: "memory" }
  | { readonly kind: "queued" }
  | { readonly kind: "tick"; readonly time: number }
  | { readonly kind: "train"; readonly useCase: string; readonly until: number }
  | { readonly kind: "stop" };

export type Answer =
  | { readonly kind: "running" }
  | ({ readonly kind: "memory"; readonly queuedBytes: number } & MemorySample)
  | { readonly kind: "queued"; readonly bytes: number }
  | { readonly kind: "trained"; readonly useCase: string; readonly outcome: string }
  | { readonly kind: "failed"; readonly reason: string };

if (import.meta.main) {
  const settings = JSON.parse(process.argv[2]!) as WorkerSettings;
  const { dir, partitions, kafka } = settings;
  const say = (answer: Answer): void => void process.send!(answer);
  const place =
    kafka === undefined
      ? await openShared(dir)
      : {
          backbone: await createPlatformaticBackbone({ brokers: kafka.brokers }),
          registry: createConfluentRegistry({ url: kafka.registry }),
        };
  const loop = await startLoop({
    id: "soak",
    backbone: place.backbone,
    registry: place.registry,
    stateDir: join(dir, "state"),
    partitions,
    delivery: "exactlyOnce",
    commitIntervalMs: kafka === undefined ? 0 : 5,
    maxTaskIdleMs: 0,
    salt: "soak",
    codeVersion: "soak",
    join: { orphanMs: settings.orphanMs },
    onFailure: (error) => say({ kind: "failed", reason: String(error) }),
  });
  for (const text of settings.blueprints) await publishBlueprint(loop, text);
  const { application, publisher } = loop;
  const queuedBytes = async (): Promise<number> => (await application.metrics.queuedBytes.get()).values[0]?.value ?? 0;
  const handle = async (ask: Ask): Promise<void> => {
    if (ask.kind === "memory") {
      say({ kind: "memory", queuedBytes: await queuedBytes(), ...memoryNow() });
    } else if (ask.kind === "queued") {
      say({ kind: "queued", bytes: await queuedBytes() });
    } else if (ask.kind === "tick") {
      const { time } = ask;
      await publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
    } else if (ask.kind === "train") {
      const result = await trainModel(loop, { useCase: ask.useCase, until: ask.until });
      const outcome =
        result.kind === "trained"
          ? `${learntRows(result.model.provenance)} rows in ${result.seconds.toFixed(1)} s: ${result.model.states.at(-1)!.reason}`
          : `${result.rows} rows of ${result.needed}`;
      say({ kind: "trained", useCase: ask.useCase, outcome });
    } else {
      await loop.close();
      await place.backbone.close();
      process.exit(0);
    }
  };
  process.on("message", (ask: Ask) => {
    handle(ask).catch((error: unknown) => say({ kind: "failed", reason: `${ask.kind}: ${String(error)}` }));
  });
  say({ kind: "running" });
}
