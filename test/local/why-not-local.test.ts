import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { whyNotLocal } from "../../local/index.ts";
import { root } from "../e2e/command.ts";

const example = (name: string): string => readFileSync(join(root, "examples", name), "utf8");

test("a version without windows and posteriors can be decided in the product's process", () => {
  expect(whyNotLocal(compileBlueprint(example("reminders.yaml")))).toBeUndefined();
});

test("windows of events are named as the reason against it", () => {
  const reason = whyNotLocal(compileBlueprint(example("flights.yaml")));
  expect(reason).toMatch(/^its windows of events \(m_origin_dep_1h, .*tail_last_arr_delay\) live in the loop's state/);
});

test("a posterior is the reason against it", () => {
  const text = `useCase: offers
decisionSpace: { actions: [a, b] }
context: { age: number }
features: [age]
observations: { clicked: boolean }
label: { name: click, value: clicked, default: 0 }
posterior: {}
policy: { choose: posteriorMean }
`;
  expect(whyNotLocal(compileBlueprint(text))).toMatch(/^its posterior is learnt row by row in the loop/);
});
