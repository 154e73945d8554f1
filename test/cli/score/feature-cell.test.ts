import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { featureCell } from "../../../cli/process/score/feature-cell.ts";
import type { TableValue } from "../../../cli/files/index.ts";

const { layout } = compileBlueprint(`
useCase: parcels
decisionSpace: boolean
context: { weight: number, carrier: category, express: boolean }
features: [weight, carrier, express]
observations: { minutes: number }
label: { name: late, value: minutes > 10, wait: 1h }
policy: { decide: late > 0.5 }
`);

test.each<readonly [string, TableValue | undefined, number | string | null | undefined]>([
  ["express", "True", 1],
  ["express", "FALSE", 0],
  ["express", "yes", 1],
  ["express", "0", 0],
  ["express", true, 1],
  ["express", 1, 1],
  ["express", "", null],
  ["express", "perhaps", undefined],
  ["express", 2, undefined],
  ["weight", "1.5e3", 1500],
  ["weight", "1,5", undefined],
  ["weight", "0x10", undefined],
  ["weight", "1e999", undefined],
  ["weight", null, null],
  ["weight", true, undefined],
  ["carrier", "True", "True"],
  ["carrier", 7, undefined],
  ["carrier", "air\0", "air\0"],
  ["weight", "2\0", undefined],
  ...["express", "weight", "carrier"].map((name) => [name, undefined, undefined] as const),
])("a cell of %s, %j, is %j, as at a decision", (name, cell, value) => {
  expect(featureCell(layout.find((column) => column.name === name)!)(cell)).toBe(value);
});
