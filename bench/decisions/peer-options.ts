import { parseArgs } from "node:util";
import { createKafkaBackbone, createPlatformaticBackbone, type Backbone } from "../../streams/index.ts";

export type Guarantee = "at-least-once" | "exactly-once";

/**
 * The options of every peer, with the same words for those in Java. A peer runs until SIGTERM, then ends the work it
 * has begun.
 */
export interface PeerOptions {
  readonly brokers: string;
  /** Consumer group, and the name of the peer's things at the broker. */
  readonly id: string;
  readonly requests: string;
  readonly features: string;
  readonly decisions: string;
  /** Local state. */
  readonly dir: string;
  /** The ONNX file. */
  readonly model: string;
  readonly guarantee: Guarantee;
  readonly client: "kafkajs" | "platformatic";
  /** How many units there are. */
  readonly units: number;
  /** Fill the local state and end; there are no requests. */
  readonly load: boolean;
}

const text = { type: "string" } as const;

export function peerOptions(): PeerOptions {
  const { values } = parseArgs({
    options: {
      brokers: text,
      id: text,
      requests: text,
      features: text,
      decisions: text,
      dir: text,
      model: text,
      guarantee: text,
      client: { type: "string", default: "platformatic" },
      units: text,
      load: { type: "boolean", default: false },
    },
  });
  for (const name of ["brokers", "id", "requests", "features", "decisions", "dir", "model", "units"] as const) {
    if (values[name] === undefined) throw new Error(`--${name} is missing; npm run bench starts this program`);
  }
  return { ...values, units: Number(values.units) } as unknown as PeerOptions;
}

export function openBackbone({ client, brokers }: Pick<PeerOptions, "client" | "brokers">): Promise<Backbone> {
  return client === "platformatic" ? createPlatformaticBackbone({ brokers }) : createKafkaBackbone({ brokers });
}

/** Resolves at SIGTERM. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 1 << 30);
    process.once("SIGTERM", () => {
      clearInterval(alive);
      resolve();
    });
  });
}
