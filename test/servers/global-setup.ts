import type { TestProject } from "vitest/node";
import { startKafka } from "./kafka.ts";
import { startRegistry } from "./registry.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** `host:port`, comma-separated. */
    brokers: string;
    /** Base URL of a Confluent-compatible registry. */
    registry: string;
  }
}

/** One broker and one registry for all tests of the project; KAFKA_BROKERS and SCHEMA_REGISTRY stand in for them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY } = process.env;
  const [kafka, registry] = await Promise.all([
    KAFKA_BROKERS === undefined ? startKafka() : undefined,
    SCHEMA_REGISTRY === undefined ? startRegistry() : undefined,
  ]);
  project.provide("brokers", kafka?.brokers ?? KAFKA_BROKERS!);
  project.provide("registry", registry?.url ?? SCHEMA_REGISTRY!);
  return async () => {
    await Promise.all([kafka?.stop(), registry?.stop()]);
  };
}
