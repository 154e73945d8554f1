import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { createConfluentRegistry } from "../../streams/registry/confluent-registry.ts";
import { Serdes } from "../../streams/serde/serdes.ts";
import { edited, SMALL } from "../blueprints/fixtures.ts";

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
