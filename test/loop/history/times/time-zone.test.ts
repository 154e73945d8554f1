import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTimeCell } from "../../../../loop/history/times/time-cell.ts";
import { timeZone } from "../../../../loop/history/times/time-zone.ts";
import { random } from "../../../blueprints/random.ts";

const inZone = (text: string, name: string): number | string => readTimeCell(text, { zone: timeZone(name)! });
const utc = (text: string): number => Date.parse(text);

describe("a time without a zone is what the clocks of --time-zone showed", () => {
  test.each([
    ["2026-01-15 12:00:00", "America/New_York", "2026-01-15T17:00:00Z"],
    ["2026-07-15 12:00:00", "America/New_York", "2026-07-15T16:00:00Z"],
    ["2026-03-08 01:59:59.999", "America/New_York", "2026-03-08T06:59:59.999Z"],
    ["2026-03-08 03:00:00", "America/New_York", "2026-03-08T07:00:00Z"],
    ["2026-11-01 00:59:59", "America/New_York", "2026-11-01T04:59:59Z"],
    ["2026-11-01 02:00:00", "America/New_York", "2026-11-01T07:00:00Z"],
    ["2026-01-15T12:00", "Asia/Kathmandu", "2026-01-15T06:15:00Z"],
    ["2026-01-15T12:00", "Pacific/Kiritimati", "2026-01-14T22:00:00Z"],
    ["2026-10-04 02:30:00", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["1971-01-01T00:00:00", "Africa/Monrovia", "1971-01-01T00:44:30Z"],
    ["2026-01-15T12:00", "UTC", "2026-01-15T12:00:00Z"],
    ["2026-05-01", "Europe/Prague", "2026-04-30T22:00:00Z"],
    ["2026-01-15T12:00Z", "America/New_York", "2026-01-15T12:00:00Z"],
  ])("%s in %s is %s", (text, zone, expected) => {
    expect(inZone(text, zone)).toBe(utc(expected));
  });

  test.each([
    ["2026-03-08 02:00:00", "America/New_York", /was skipped by the clocks in America\/New_York/],
    ["2026-03-08 02:30:00", "America/New_York", /was skipped/],
    ["2018-11-04", "America/Sao_Paulo", /was skipped/],
    ["2011-12-30 12:00:00", "Pacific/Apia", /was skipped/],
    ["2026-10-04 02:15:00", "Australia/Lord_Howe", /was skipped/],
    ["2026-11-01 01:30:00", "America/New_York", /was there twice in America\/New_York: end it with Z or an offset/],
    ["2010-11-07 00:00:30", "America/St_Johns", /was there twice/],
  ])("%s in %s is no time: it was skipped, or there twice", (text, zone, problem) => {
    expect(inZone(text, zone)).toMatch(problem);
  });
});

test("the clock on the wall of any zone at any instant leads back to it, or is one of two", () => {
  const next = random(5);
  for (const name of ["America/New_York", "Europe/Dublin", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"]) {
    const zone = timeZone(name)!;
    const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" });
    for (let i = 0; i < 500; i++) {
      const instant = Math.floor(next() * 1.9e9) * 1_000;
      const read = readTimeCell(wall.format(instant), { zone });
      if (typeof read === "number") expect([name, read]).toEqual([name, instant]);
      else expect(read).toMatch(/was there twice/);
    }
  }
});

test("there is no zone of a name that is none", () => {
  for (const name of ["Mars/Olympus", "", "EST5EDT6", "local"]) expect(timeZone(name)).toBe(undefined);
});

test("the machine's own zone makes no difference", () => {
  const program = `
    import { readTimeCell } from ${JSON.stringify(join(import.meta.dirname, "../../../../loop/history/times/time-cell.ts"))};
    import { timeZone } from ${JSON.stringify(join(import.meta.dirname, "../../../../loop/history/times/time-zone.ts"))};
    const zone = timeZone("Europe/Prague");
    const cells = ["2026-03-08 02:30:00", "2026-03-08", "2026-03-29 02:30:00", "2026-03-08T02:30:00Z", "2026-07-01 00:00"];
    console.log(JSON.stringify(cells.map((cell) => [readTimeCell(cell), readTimeCell(cell, { zone })])));`;
  const said = ["UTC", "America/New_York", "Asia/Tokyo"].map((TZ) =>
    execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", env: { TZ } }),
  );
  expect(new Set(said).size).toBe(1);
  expect(JSON.parse(said[0]!)).toEqual([
    [expect.stringMatching(/no time zone/), utc("2026-03-08T01:30:00Z")],
    [expect.stringMatching(/no time zone/), utc("2026-03-07T23:00:00Z")],
    [expect.stringMatching(/no time zone/), expect.stringMatching(/was skipped/)],
    [utc("2026-03-08T02:30:00Z"), utc("2026-03-08T02:30:00Z")],
    [expect.stringMatching(/no time zone/), utc("2026-06-30T22:00:00Z")],
  ]);
});
