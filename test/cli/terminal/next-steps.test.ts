import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { nextSteps } from "../../../cli/terminal/next-steps.ts";
import { SHOP } from "../../loop/history/shop.ts";

test("a running loop names the commands that ask it, with the place of it and values that the blueprint takes", () => {
  const live = [parseBlueprint(SHOP)];
  expect(nextSteps({ live, place: ["--dir", "here"], metrics: false })).toEqual([
    "ask for a decision: loopstream decide --use-case shop --unit u1 --dir here price=1 store=A",
    "tell what came of it: loopstream observe DECISION_ID --dir here name=value",
    "see the training rows: loopstream rows --use-case shop --out rows.csv --dir here",
    "serve metrics: start again with --metrics 9464",
  ]);
  expect(nextSteps({ live: [], place: [], metrics: true })).toEqual([
    "publish a blueprint: loopstream blueprint publish FILE.yaml",
  ]);
});
