import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createView } from "../../../cli/demo/view.ts";
import { screen } from "../terminal/screen.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;
const shown = { requests: 500, nulls: 7, rows: 400, models: 1, servedAuc: 0.71, training: undefined };

test("the demo says its share of event time and the time that is left, on one line below the models", () => {
  const { line, seen } = screen(true, 200);
  const view = createView({ from: 0, to: 100 * DAY }, line);
  view.progress({ ...shown, time: 0 });
  vi.advanceTimersByTime(5_000);
  view.progress({ ...shown, time: 20 * DAY });
  view.line("a model");
  const moving = "20 % · about 20 s left · 1970-01-21T00h · 500 decisions (100/s) · 7 null · 400 rows · 1 models";
  expect(seen()).toEqual(["a model", `${moving} · served AUC 0.7100`]);
  view.close();
  expect(seen()).toEqual(["a model"]);
});

test("without a terminal it says so every ten seconds", () => {
  const { line, seen } = screen(false);
  const view = createView({ from: 0, to: 100 * DAY }, line);
  for (let second = 0; second <= 25; second++) {
    view.progress({ ...shown, time: second * DAY });
    vi.advanceTimersByTime(1_000);
  }
  expect(seen().map((text) => text.slice(0, 4))).toEqual(["10 %", "20 %"]);
  view.close();
});
