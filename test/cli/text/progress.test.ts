import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { progress } from "../../../cli/text/progress.ts";
import { useVoice } from "../../../cli/terminal/voice.ts";
import { screen } from "../terminal/screen.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => {
  vi.useRealTimers();
  useVoice({ json: false, logFormat: "auto" });
});

describe("progress on a terminal", () => {
  test("has the share, the count, the time that is left and the present work on one line", () => {
    const { line, seen } = screen(true);
    const bar = progress("import", 80_000, { line });
    bar.update(0, "January");
    vi.advanceTimersByTime(10_000);
    bar.update(20_000, "February");
    vi.advanceTimersByTime(200);
    expect(seen()).toEqual(["import [======                  ]  25 %  20,000 of 80,000  about 31 s left  February"]);
    bar.update(80_000);
    vi.advanceTimersByTime(200);
    expect(seen()).toEqual(["import [========================]  100 %  80,000 of 80,000  February"]);
    bar.stop();
    expect(seen()).toEqual([]);
  });

  test("counts while the total is not known, and knows it later", () => {
    const { line, seen } = screen(true);
    const bar = progress("import", null, { line });
    vi.advanceTimersByTime(2_000);
    bar.update(5_678, "looked at");
    expect(seen()).toEqual(["import  5,678  looked at"]);
    bar.update(1, "published", 4);
    vi.advanceTimersByTime(2_000);
    expect(seen()).toEqual(["import [======                  ]  25 %  1 of 4  published"]);
    bar.stop();
  });

  test("shows nothing of what is done within a second", () => {
    const { line, text } = screen(true);
    const bar = progress("import", 10, { line });
    bar.update(1);
    vi.advanceTimersByTime(900);
    bar.update(9);
    bar.stop();
    expect(text()).toBe("");
  });

  test("is drawn by time too, if the work says nothing for a while", () => {
    const { line, seen } = screen(true);
    const bar = progress("import", 10, { line });
    bar.update(5);
    expect(seen()).toEqual([]);
    vi.advanceTimersByTime(1_500);
    expect(seen()).toEqual(["import [============            ]  50 %  5 of 10"]);
    bar.stop();
  });

  test("stays below other lines, and fits the terminal's width", () => {
    const { line, seen } = screen(true, 30);
    const bar = progress("import", 10, { line });
    vi.advanceTimersByTime(2_000);
    bar.update(5, "a word too many for so narrow a terminal");
    line.write("a line of the log");
    expect(seen()).toEqual(["a line of the log", "import [============         "]);
    bar.stop();
    expect(seen()).toEqual(["a line of the log"]);
  });

  test("is not drawn any more once the terminal is for the output", () => {
    const { line, seen } = screen(true);
    const bar = progress("import", 10, { line });
    vi.advanceTimersByTime(2_000);
    bar.update(5);
    expect(seen()).toHaveLength(1);
    line.end();
    vi.advanceTimersByTime(2_000);
    bar.update(9);
    expect(seen()).toEqual([]);
    bar.stop();
  });

  test("is that of the newest work that has something to show", () => {
    const { line, seen } = screen(true);
    const [reading, train] = [progress("reading", null, { line }), progress("train", null, { line })];
    vi.advanceTimersByTime(2_000);
    reading.update(1);
    expect(seen()).toEqual(["reading  1"]);
    train.update(2);
    vi.advanceTimersByTime(2_000);
    reading.update(3);
    expect(seen()).toEqual(["train  2"]);
    train.stop();
    vi.advanceTimersByTime(2_000);
    expect(seen()).toEqual(["reading  3"]);
    reading.stop();
  });
});

describe("progress without a terminal", () => {
  test("is a plain line every ten seconds", () => {
    const { line, text } = screen(false);
    const bar = progress("import", 100, { line });
    for (let done = 0; done <= 25; done++) {
      bar.update(done, "January");
      vi.advanceTimersByTime(1_000);
    }
    bar.stop();
    expect(text()).toBe(
      "import: 9 %, 9 of 100, about 2 min left, January\nimport: 19 %, 19 of 100, about 85 s left, January\n",
    );
  });

  test("is silent where a program reads the output", () => {
    for (const isTTY of [true, false]) {
      const { line, text } = screen(isTTY);
      useVoice({ json: true, logFormat: "auto" });
      const bar = progress("import", 10, { line });
      vi.advanceTimersByTime(20_000);
      bar.update(5, "half");
      bar.stop();
      expect(text()).toBe("");
    }
  });
});
