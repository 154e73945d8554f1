import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { succeeding } from "./command.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { killedLoop, type KilledLoop } from "./killed-loop.ts";

const textOf = (useCase: string): string => `
useCase: ${useCase}
decisionSpace: { options: { age: number, genre: category } }
context: { weight: number }
observations: { y: number }
events: { ${useCase}: { fields: [y] } }
features:
  - weight
  - age
  - genre
  - gap: { formula: weight - age }
  - m_y: { mean: y, of: ${useCase}, by: option, in: 1d }
  - g_y: { mean: y, of: ${useCase}, by: genre, in: 1d }
label: { name: stars, when: kind == "${useCase}", value: y, aggregate: latest, default: 0, wait: 10m }
model: { objective: regression, rounds: 20 }
training: { minRows: 50, schedule: none, freshRows: none }
policy:
  params: { heat: { default: 0.000000001, min: 0.000000001, max: 10 } }
  rank: { score: stars, show: 5, atMost: { genre: 2 }, exclude: age > 8, log: 1 }
exploration: { plackettLuce: heat, share: 0.8 }
`;
const MINUTE = 60_000;
const REQUESTS = 60;
const BATCH = 20;
/** Rankings that explore, and rankings in which the product's own order acts. */
const EXPLORED = 24;
const OWN = 6;
const MADE = REQUESTS + 1 + EXPLORED + OWN;
const stars = (id: string): number => (Number(id.slice(1)) * 7) % 5;

interface Answer {
  readonly decisionId: string;
  readonly ranking: readonly string[];
  readonly reason: string;
}

interface Scored {
  readonly optionId: string;
  readonly position: number | null;
  readonly score: number;
}

/**
 * Rankings over HTTP while the loop is killed with -9: the rows are those of the options that were shown, a model learns from them, and audit,
 * explain and replay make all of it again.
 *
 * @param where flags of a backbone that no other loop works on, in a folder that is there
 */
export function rankingsSuite(name: string, where: (folder: string) => Promise<readonly string[]>): void {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  const useCase = "films";
  let loop: KilledLoop;
  const candidates = (n: number) =>
    Array.from({ length: 10 }, (_, at) => (n * 3 + at * 5) % 30).map((film) => ({
      ...{ optionId: `f${film}`, context: { age: film % 11, genre: film % 7 === 6 ? null : `g${film % 4}` } },
    }));
  const ask = (id: string, n: number, time: number): Promise<Answer> =>
    loop.post("", {
      ...{ useCase, unit: `u${n % 9}`, decisionId: id, context: { weight: n % 6 }, candidates: candidates(n) },
      ...{ time, timeoutMs: 20_000 },
    });

  test(
    `${name}: rankings make a row an option that was shown, across kills, and are made again`,
    { timeout: 900_000 },
    async () => {
      loop = killedLoop(await where(join(dir.path, "data")));
      const { at, done, start, kill, post } = loop;
      writeFileSync(join(dir.path, "films.yaml"), textOf(useCase));
      await done("blueprint", "publish", join(dir.path, "films.yaml"));
      await start();
      try {
        const begin = Date.now() - 35 * MINUTE;
        const shown = new Map<string, readonly string[]>();
        for (let n = 0; n < REQUESTS; n++) {
          // Two kills between a decision and its observations.
          if (n % BATCH === BATCH / 2 && n > BATCH) {
            await kill();
            await start();
          }
          const { decisionId, ranking, reason } = await ask(`${useCase}-${n}`, n, begin + n * 10_000);
          expect(reason).toBe("noModel");
          shown.set(decisionId, ranking);
          if ((n + 1) % BATCH > 0) continue;
          // Observed after all decisions of the batch, and read before the next one: windows are exact.
          for (const [id, films] of [...shown].slice(-BATCH)) {
            for (const optionId of films.slice(0, 4)) {
              await post(`/${id}/observations`, {
                ...{ useCase, optionId, observationId: `${id}-${optionId}` },
                ...{ values: { kind: useCase, y: stars(optionId) }, time: begin + n * 10_000 + 5_000 },
              });
            }
          }
          await delay(5_000);
        }
        checkConstraints(shown);
        const rows = await settledRows(done, useCase, join(dir.path, "rows.csv"), [...shown.values()].flat().length);
        const wanted = [...shown].flatMap(([id, ranking]) =>
          ranking.map((optionId, place) => `${id},${optionId},${place + 1},${place < 4 ? stars(optionId) : 0}`),
        );
        expect(rows.toSorted()).toEqual(wanted.toSorted());

        expect((await done("train", "--use-case", useCase)).json).toMatchObject({
          promoted: true,
          modelId: expect.any(String) as string,
        });
        await delay(2_000);
        await kill();
        await start();
        const served = await ask(`${useCase}-served`, 3, Date.now());
        expect(served.reason).toBe("exploit");
        expect(await ask(`${useCase}-served`, 3, Date.now())).toEqual(served);
        const scored = served.ranking.map(stars);
        expect(scored).toEqual(scored.toSorted((a, b) => b - a));

        // The draws are the same before and after a kill, and nothing that is excluded is drawn.
        await done("blueprint", "params", useCase, "--set", "heat=1");
        const drawn = new Map<string, Answer & { readonly propensity: number }>();
        for (let n = 0; n < EXPLORED; n++) {
          if (n === EXPLORED / 2) {
            await kill();
            await start();
            for (const [id, was] of drawn) expect(await ask(id, Number(id.split("-")[2]), Date.now())).toEqual(was);
          }
          const id = `${useCase}-drawn-${n}`;
          drawn.set(id, (await ask(id, n, Date.now())) as Answer & { readonly propensity: number });
        }
        checkConstraints(new Map([...drawn].map(([id, { ranking }]) => [id, ranking])));
        expect(new Set([...drawn.values()].map(({ reason }) => reason))).toEqual(new Set(["exploit", "explore"]));
        expect([...drawn.values()].every(({ propensity }) => propensity > 0 && propensity < 1)).toBe(true);
        await done("blueprint", "mode", useCase, "--set", "apprentice");
        for (let n = 0; n < OWN; n++) {
          const own = await ask(`${useCase}-own-${n}`, n, Date.now());
          expect(own).toMatchObject({ reason: "control", propensity: 1 });
          expect(own.ranking).toEqual(shown.get(`${useCase}-${n}`));
        }

        // An event that had not been read yet is a difference with its cause.
        const audited = await loopstream(["audit", "--use-case", useCase, "--sample", "100%", ...at, "--json"]);
        expect(audited.json).toMatchObject({ sampled: MADE, recomputed: MADE });
        const differences = audited.json["differences"] as readonly { readonly cause: string | null }[];
        expect(differences.filter(({ cause }) => !/had not been read|came late/.test(cause ?? ""))).toEqual([]);
        // The same decisions, made again beside the running loop, differ in the same places.
        const { json: cost } = await done("blueprint", "cost", "--use-case", useCase);
        expect(cost).toMatchObject({ decisions: MADE, differing: audited.json["differing"], eventsGoneUntil: null });
        const groups = cost["groups"] as readonly {
          readonly kind: string;
          readonly micros: { readonly median: number };
        }[];
        expect(groups.map(({ kind, micros }) => [kind, micros.median > 0])).toEqual(
          ["context", "windows", "windows", "transforms", "model", "policy"].map((kind) => [kind, true]),
        );
        const explained = await done("explain", `${useCase}-served`, "--use-case", useCase);
        expect(explained.json["differences"]).toEqual([]);
        const options = explained.json["options"] as readonly Scored[];
        const shownIn = options.filter(({ position }) => position !== null);
        expect(shownIn.map(({ optionId }) => optionId)).toEqual(served.ranking);
        const scores = shownIn.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(options.slice(shownIn.length)).toEqual([expect.objectContaining({ position: null })]);
        const first = await done("replay", "--use-case", useCase);
        expect(first.json["rowsSha256"]).toMatch(/^[0-9a-f]{64}$/);
        expect(first.json).toMatchObject({ decisions: MADE, waiting: MADE - REQUESTS, expired: 0, deadLetters: 0 });
        expect((await done("replay", "--use-case", useCase)).json["rowsSha256"]).toBe(first.json["rowsSha256"]);
        const topic = ["--topic", String(first.json["rowsTopic"])];
        const again = await settledRows(done, useCase, join(dir.path, "again.csv"), wanted.length, topic);
        const before = (line: string): boolean => /^films-\d/.test(line);
        expect(again.filter(before).toSorted()).toEqual(wanted.toSorted());
      } finally {
        await kill();
      }
    },
  );
}

/** At most two of a genre, none that is older than 8, and as many as these leave, up to five. */
function checkConstraints(shown: ReadonlyMap<string, readonly string[]>): void {
  expect([REQUESTS, EXPLORED]).toContain(shown.size);
  for (const ranking of shown.values()) {
    const films = ranking.map((id) => Number(id.slice(1)));
    expect(films.every((film) => film % 11 <= 8)).toBe(true);
    const genres = films.filter((film) => film % 7 !== 6).map((film) => film % 4);
    for (const genre of genres) expect(genres.filter((each) => each === genre).length).toBeLessThanOrEqual(2);
    expect(new Set(ranking).size).toBe(ranking.length);
    expect(ranking.length).toBeGreaterThan(2);
    expect(ranking.length).toBeLessThanOrEqual(5);
  }
}

/** Decision, option, position and label of each row, once there are as many as wanted. */
async function settledRows(
  done: ReturnType<typeof succeeding>,
  useCase: string,
  file: string,
  wanted: number,
  more: readonly string[] = [],
): Promise<readonly string[]> {
  for (let tries = 0; ; tries++) {
    await done("rows", "--use-case", useCase, "--out", file, ...more);
    const [head, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
    if (lines.length < wanted && tries < 30) {
      await delay(1_000);
      continue;
    }
    const columns = ["decisionId", "optionId", "optionPosition", "label"].map((name) => head!.split(",").indexOf(name));
    return lines.map((line) => columns.map((column) => line.split(",")[column]).join());
  }
}
