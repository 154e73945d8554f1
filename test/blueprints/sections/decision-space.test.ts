import { expect, test } from "vitest";
import { canTrainOn, compareBlueprints, parseBlueprint } from "../../../blueprints/index.ts";
import { SMALL } from "../fixtures.ts";

const withSpace = (space: string) =>
  parseBlueprint(
    SMALL.replace("decisionSpace: boolean", `decisionSpace: ${space}`).replace(
      "decide: risk > 0.35",
      'decide: \'if(risk > 0.35, "call", "text")\'',
    ),
  );
const names = withSpace("{ actions: [call, text] }");
const first = withSpace(
  "{ actions: { call: { tries: 3, night: false, how: 'by voice' }, text: { tries: 1, night: true, how: '' } } }",
);

test("actions with payloads are the actions of a list, in the order of the file, each with its settings", () => {
  expect(first.decisionSpace).toEqual({
    kind: "actions",
    actions: ["call", "text"],
    payloads: { call: { tries: 3, night: false, how: "by voice" }, text: { tries: 1, night: true, how: "" } },
  });
  expect(names.decisionSpace).toEqual({ kind: "actions", actions: ["call", "text"] });
});

test("a payload is part of the version, and no setting of another type", () => {
  const changed = withSpace(
    "{ actions: { call: { tries: 4, night: false, how: 'by voice' }, text: { tries: 1, night: true, how: '' } } }",
  );
  const sorted = withSpace(
    "{ actions: { call: { how: 'by voice', night: false, tries: 3 }, text: { night: true, tries: 1, how: '' } } }",
  );
  expect(new Set([names.version, first.version, changed.version]).size).toBe(3);
  expect(sorted.version).toBe(first.version);
  expect(compareBlueprints(first, changed).map(({ path, before, after }) => [path, before, after])).toEqual([
    [
      "decisionSpace.actions.call",
      '{"tries":3,"night":false,"how":"by voice"}',
      '{"tries":4,"night":false,"how":"by voice"}',
    ],
  ]);
});

test("a version may train on rows of one with other payloads", () => {
  expect(canTrainOn(first, names)).toMatchObject({ ok: true });
});
