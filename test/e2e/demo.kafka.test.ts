import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { audit } from "../../recompute/index.ts";
import { createConfluentRegistry, createKafkaBackbone, prefixed } from "../../streams/index.ts";
import { openTools } from "../../loop/index.ts";
import { readModels } from "../../catalogue/index.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { rebuildModel } from "../../trainer/index.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "the same flights give the same rows, models and figures on a real Kafka as on the embedded backbone",
  { timeout: 900_000 },
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

test(
  "there, behind transactions' markers, every model and every decision comes out again",
  { timeout: 900_000 },
  async () => {
    const { id } = JSON.parse(readFileSync(join(dir.path, "kafka/demo/run.json"), "utf8")) as { id: string };
    const subjectPrefix = `demo-${id}-`;
    const kafka = await createKafkaBackbone({ brokers: inject("brokers").split(",") });
    const registry = createConfluentRegistry({ url: inject("registry") });
    const backbone = prefixed(kafka, subjectPrefix);
    const tools = await openTools({ backbone, registry, subjectPrefix, partitions: 4, codeVersion: "test" });
    try {
      const models = await readModels(tools);
      expect(models.length).toBeGreaterThan(3);
      for (const model of models) {
        const { actual, expected, problem, header } = await rebuildModel(tools, model);
        expect([actual, problem, header]).toEqual([expected, null, "equal"]);
      }
      const source = { ...tools, scorers: tools.scorers.get.bind(tools.scorers), salt: "loopstream" };
      const report = await audit(source, { share: 1, from: 0, to: Number.POSITIVE_INFINITY });
      expect(report.sampled).toBeGreaterThan(5_000);
      expect(report).toMatchObject({ recomputed: report.sampled, differences: [] });
    } finally {
      await tools.close();
      await kafka.close();
      await registry.close();
    }
  },
);
