import { expect, test } from "vitest";
import { noLines } from "../../../loop/history/import-feed.ts";
import { importText } from "../../../cli/text/import-text.ts";

const told = (more: { readonly older: number; readonly eventsRetainedFrom?: number }): string => {
  const { older, ...rest } = more;
  const counts = { ...noLines(), decisions: 3, older };
  return importText({ counts, files: [], columns: new Map(), badLines: [], absent: [], ...rest }, false);
};

test("lines that are older than those before are told with the events that their windows count", () => {
  expect(told({ older: 0 })).toBe("published 3 decisions, 0 observations, 0 events");
  const all =
    "\n2 of them are older than lines imported before: existing rows stay as they are, and windows of these lines count the ";
  expect(told({ older: 2, eventsRetainedFrom: Number.NEGATIVE_INFINITY })).toContain(
    `${all}events on the topic. loopstream replay`,
  );
  expect(told({ older: 2, eventsRetainedFrom: Date.UTC(2026, 0, 5) })).toContain(
    `${all}events that are retained, which are those since 2026-01-05T00:00:00.000Z. loopstream replay`,
  );
});
