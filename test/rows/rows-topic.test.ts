import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowSchema, rowsTopic } from "../../rows/index.ts";
import { SMALL } from "../blueprints/fixtures.ts";

const compiled = compileBlueprint(SMALL);

test("a version's rows have one topic, made once, with the version's row schema", () => {
  const topic = rowsTopic(compiled);
  expect(topic.name).toBe(`training-rows.${compiled.blueprint.useCase}`);
  expect(topic.schema).toEqual(rowSchema(compiled.blueprint));
  expect(rowsTopic({ ...compiled })).toBe(topic);
});

test("rows on a topic of another name are read with the same type, and the use case's own topic keeps its name", () => {
  const { name, type } = rowsTopic(compiled);
  const other = rowsTopic(compiled, "replay-1-training-rows.shop");
  expect([other.name, other.type]).toEqual(["replay-1-training-rows.shop", type]);
  expect(rowsTopic(compiled).name).toBe(name);
});
