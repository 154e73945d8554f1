import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowSchema, rowsTopic } from "../../rows/index.ts";
import type { AvroSchema } from "../../streams/index.ts";
import { createConfluentRegistry } from "../../streams/registry/confluent-registry.ts";
import { Serdes } from "../../streams/serde/serdes.ts";
import { edited, SMALL } from "../blueprints/fixtures.ts";
import { formerRowSchema } from "./former-row-schema.ts";

const several = (minutes: string): string =>
  SMALL.replace(/label:\n(?: {2}.*\n){4}/, `labels:\n  delayed: { value: delay_min >= 15 }\n  ${minutes}`);
const MINUTES = "minutes: { value: delay_min, objective: regression }\n";

test("a registry takes the rows of versions with one label and with several, in any order", async () => {
  const registry = createConfluentRegistry({ url: inject("registry") });
  const serdes = new Serdes(registry, `${randomUUID()}-`);
  const texts = [
    ["one label", SMALL],
    ["two", several(MINUTES)],
    ["others, in another order", several(MINUTES).replace(/( {2}delayed: .*\n)( {2}minutes: .*\n)/, "$2$1")],
    ["three", several(`${MINUTES}  early: { value: delay_min < 0 }\n`)],
    ["one label, and a feature less", edited("  - distance\n", "")],
  ] as const;
  for (const [what, text] of texts) {
    await expect(serdes.open(rowsTopic(compileBlueprint(text))), what).resolves.toBeUndefined();
  }
  await registry.close();
});

test.each(["BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE", "FULL_TRANSITIVE"])(
  "a registry takes rows of the former name and of the present one after each other, under %s",
  async (compatibility) => {
    const prefix = `${randomUUID()}-`;
    const { blueprint } = compileBlueprint(SMALL);
    const noon = edited("context:\n", "context:\n  noon: boolean\n");
    const wider = compileBlueprint(edited("  - night\n", "  - night\n  - noon\n", noon)).blueprint;
    const subject = `${prefix}training-rows.small-value`;
    const register = async (schema: unknown): Promise<unknown> => {
      const registry = createConfluentRegistry({ url: inject("registry") });
      const id = await registry.register(subject, schema as AvroSchema, "BACKWARD_TRANSITIVE");
      await registry.close();
      return id;
    };
    await register(formerRowSchema(blueprint));
    const configured = await fetch(`${inject("registry")}/config/${subject}`, {
      method: "PUT",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify({ compatibility }),
    });
    expect(configured.ok, await configured.text()).toBe(true);
    // As in a rolling upgrade: this release, then one of the former release that learns of a new version.
    for (const schema of [rowSchema(blueprint), formerRowSchema(wider), rowSchema(wider)]) {
      expect(await register(schema)).toEqual(expect.any(Number));
    }
    // The rule is at work: a change that its readers can't take is refused.
    const { fields, ...rest } = rowSchema(blueprint);
    const broken = {
      ...rest,
      fields: [...fields.slice(1), { name: "decisionId", type: "long", doc: "Another type." }],
    };
    await expect(register(broken)).rejects.toMatchObject({ code: "INCOMPATIBLE_SCHEMA" });
  },
);
