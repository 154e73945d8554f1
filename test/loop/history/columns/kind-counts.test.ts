import { expect, test } from "vitest";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import { KindCounts } from "../../../../loop/history/columns/kind-counts.ts";
import type { HistoryLine } from "../../../../loop/history/lines/history-step.ts";
import { decisionRequests, events } from "../../../../schemas/index.ts";
import { SHOP } from "../shop.ts";

const line = (kind: string): HistoryLine => ({
  line: 1,
  name: 0n,
  records: [
    { topic: events, key: "k", value: { kind, attributes: {} }, time: 0 },
    { topic: decisionRequests, key: "d", value: {}, time: 0 },
  ],
});

test("kinds that the blueprint does not know are told with their counts and the nearest that it knows", () => {
  const kinds = new KindCounts(parseBlueprint(SHOP));
  kinds.add([...["visit", "vist", "vist", "Visit ", "zzz"].map(line)]);
  expect(kinds.told()).toEqual([
    '2 events of kind "vist", which the blueprint does not know: they count for nothing; is it visit?',
    '1 event of kind "Visit ", which the blueprint does not know: they count for nothing; is it visit?',
    '1 event of kind "zzz", which the blueprint does not know: they count for nothing',
  ]);
});

test("of very many kinds some are told, and how many more there are", () => {
  const kinds = new KindCounts(parseBlueprint(SHOP));
  kinds.add(Array.from({ length: 5_000 }, (_, index) => line(`kind-${index}`)));
  expect(kinds.told()).toHaveLength(21);
  expect(kinds.told().at(-1)).toBe("and 980 more kinds that it does not know");
});

test("where the blueprint declares no event, kinds are free", () => {
  const free = SHOP.replace(/^events:.*\n/m, "")
    .replace(/^ {2}- visits_1d.*\n/m, "")
    .replace('when: kind == "visit", ', "");
  const kinds = new KindCounts(parseBlueprint(free.replace("amount > 5", "1 > 0")));
  kinds.add([line("anything")]);
  expect(kinds.told()).toEqual([]);
});
