import { expect, test } from "vitest";
import { misfits, parseBlueprint } from "../../../blueprints/index.ts";
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

test("the example has a value that each type can read", () => {
  const context = { tags: "list", taste: "vector(3)", seen: "time", title: "text", ok: "boolean" } as const;
  const shop = parseBlueprint(SHOP);
  const [first] = nextSteps({ live: [{ ...shop, context }], place: [], metrics: true });
  expect(first).toMatch(/ tags='\["A"\]' taste='\[0,0,0\]' seen=2026-01-01T00:00:00Z title=A ok=true$/);
  const given = { tags: '["A"]', taste: "[0,0,0]", seen: "2026-01-01T00:00:00Z", title: "A", ok: "true" };
  expect(misfits(new Map(Object.entries(context)), given)).toEqual([]);
});
