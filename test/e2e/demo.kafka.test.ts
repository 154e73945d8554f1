import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "the same flights give the same rows, models and figures on a real Kafka as on the embedded backbone",
  { timeout: 300_000 },
  async () => {
    const demo = (name: string): string[] => [
      ...["demo", "--once", "--json", "--until", "2013-01-08T12:00:00Z", "--dir", join(dir.path, name)],
    ];
    const embedded = await loopstream(demo("embedded"));
    expect(embedded.code, embedded.stderr).toBe(0);
    const servers = ["--brokers", inject("brokers"), "--registry", inject("registry")];
    const kafka = await loopstream([...demo("kafka"), ...servers]);
    expect(kafka.code, kafka.stderr).toBe(0);
    const { latencyMs: _1, seconds: _2, ...expected } = embedded.json;
    const { latencyMs: _3, seconds: _4, ...found } = kafka.json;
    expect(found).toEqual(expected);
    expect(found["modelsPublished"]).toBeGreaterThan(0);
  },
);
