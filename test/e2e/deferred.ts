import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { succeeding } from "./command.ts";
import { temporaryDir } from "./command.ts";
import { killedLoop, type KilledLoop } from "./killed-loop.ts";

const USE_CASE = "banners";
const BANNERS = `
useCase: ${USE_CASE}
decisionSpace: boolean
context: { weight: number }
observations: { y: number }
features: [weight]
label: { name: clicks, when: kind == "click", value: y, aggregate: sum, default: 0, wait: 10m, objective: regression }
model: { objective: regression }
join: { ttl: 2h }
training: { minRows: 50, schedule: none, freshRows: none }
policy: { decide: clicks >= 1 }
`;
const MINUTE = 60_000;
const DECISIONS = 80;
const KILL_EACH = 20;

/** By number: every second one is deferred. Of these every second one is shown, within its wait or after it. */
const isDeferred = (n: number): boolean => n % 2 === 1;
const shownAfter = (n: number): number | undefined =>
  !isDeferred(n) || n % 4 === 3 ? undefined : n % 8 === 1 ? 2 * MINUTE : 15 * MINUTE;
const clicksOf = (n: number): number => n % 3;

/**
 * Half of the decisions are deferred and half of those activated, while the loop is killed with -9: the rows are those
 * of the decisions that were shown, and a replay makes the same ones.
 *
 * @param where flags of a backbone that no other loop works on, in a folder that is there
 */
export function deferredSuite(name: string, where: (folder: string) => Promise<readonly string[]>): void {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  let loop: KilledLoop;

  test(
    `${name}: of deferred decisions those that were shown make rows, across kills, and in a replay`,
    { timeout: 900_000 },
    async () => {
      loop = killedLoop(await where(join(dir.path, "data")));
      const { done, start, kill, post } = loop;
      writeFileSync(join(dir.path, "banners.yaml"), BANNERS);
      await done("blueprint", "publish", join(dir.path, "banners.yaml"));
      await start();
      try {
        const begin = Date.now() - 45 * MINUTE;
        const timeOf = (n: number): number => begin + n * 1_000;
        for (let n = 0; n < DECISIONS; n++) {
          const request = { useCase: USE_CASE, unit: `u${n}`, decisionId: `b-${n}`, context: { weight: n } };
          await post("", { ...request, deferred: isDeferred(n), time: timeOf(n), timeoutMs: 20_000 });
          for (let click = 0; click < clicksOf(n); click++) {
            const values = { kind: "click", y: 1 };
            const observation = { useCase: USE_CASE, observationId: `b-${n}-${click}`, values };
            await post(`/b-${n}/observations`, { ...observation, time: timeOf(n) + MINUTE + click });
          }
          if (shownAfter(n) === 2 * MINUTE) await post(`/b-${n}/activate`, { time: timeOf(n) + 2 * MINUTE });
          if (n % KILL_EACH === KILL_EACH / 2) {
            await kill();
            await start();
          }
        }
        // Their waits are over: the clock has moved the event time past them.
        const early = Array.from({ length: DECISIONS }, (_, n) => n).filter(
          (n) => !isDeferred(n) || shownAfter(n) === 2 * MINUTE,
        );
        const wanted = (some: readonly number[]): readonly string[] =>
          some.map((n) => `b-${n},${Math.max(10 * MINUTE, shownAfter(n) ?? 0)},${clicksOf(n)}`).toSorted();
        const file = join(dir.path, "rows.csv");
        const rowsOf = (topic: readonly string[] = []): Promise<readonly string[]> => rowsIn(done, file, topic);
        await expect.poll(() => rowsOf(), { timeout: 120_000, interval: 1_000 }).toEqual(wanted(early));

        const late = Array.from({ length: DECISIONS }, (_, n) => n).filter((n) => shownAfter(n) === 15 * MINUTE);
        for (const [at, n] of late.entries()) {
          const time = timeOf(n) + 15 * MINUTE;
          if (at % 2 === 0) await post(`/b-${n}/activate`, { useCase: USE_CASE, time });
          else await done("activate", `b-${n}`, "--time", new Date(time).toISOString());
          // Twice is once.
          await post(`/b-${n}/activate`, { time: time + MINUTE });
          if (at === late.length >> 1) {
            await kill();
            await start();
          }
        }
        await post("/b-0/activate", {});
        const shown = [...early, ...late];
        await expect.poll(() => rowsOf(), { timeout: 120_000, interval: 1_000 }).toEqual(wanted(shown));
        const asOf = ["--as-of", new Date(timeOf(DECISIONS) + 12 * MINUTE).toISOString()];
        expect(await rowsOf(asOf)).toEqual(wanted(early));

        const first = await done("replay", "--use-case", USE_CASE);
        expect(first.json).toMatchObject({
          ...{ decisions: DECISIONS, waiting: 0, expired: 0, deadLetters: 0, notShown: DECISIONS - shown.length },
          rows: { provisional: shown.length, corrected: 0 },
          rowsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        });
        expect((await done("replay", "--use-case", USE_CASE)).json["rowsSha256"]).toBe(first.json["rowsSha256"]);
        expect(await rowsOf(["--topic", String(first.json["rowsTopic"])])).toEqual(wanted(shown));
      } finally {
        await kill();
      }
    },
  );
}

/** Of each row its decision, the time after it at which it was made, ms, and its label. */
async function rowsIn(done: ReturnType<typeof succeeding>, file: string, more: readonly string[]): Promise<string[]> {
  await done("rows", "--use-case", USE_CASE, "--out", file, ...more);
  const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const columns = head!.split(",");
  const part = (line: string, name: string): string => line.split(",")[columns.indexOf(name)]!;
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const after = Date.parse(part(line, "rowTime")) - Date.parse(part(line, "decisionTime"));
      return `${part(line, "decisionId")},${after},${Number(part(line, "label"))}`;
    })
    .toSorted();
}
