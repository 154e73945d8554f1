import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { addRow, changeRow, emptySums, type LinearSums } from "../../statistics/index.ts";
import { temporaryDir } from "./command.ts";
import { killedLoop, type KilledLoop } from "./killed-loop.ts";

const USE_CASE = "offers";
const OFFERS = `
useCase: ${USE_CASE}
decisionSpace: { actions: [a, b, c] }
context: { x: number, y: number }
observations: { clicked: boolean }
features: [x, y]
label: { name: click, value: clicked, aggregate: latest, wait: 5s, default: 0 }
posterior: { after: 0s }
policy:
  formulas: { mean: posteriorMean, spread: 0.3 * posteriorDeviation }
  choose: mean
exploration: { thompson: { normal: [mean, spread] }, floor: 0.01 }
training: { schedule: none, freshRows: none }
join: { ttl: 1d }
`;
const DECISIONS = 160;
const KILL_EACH = 40;

interface Update {
  readonly optionId: string;
  readonly x: readonly number[];
  readonly was: number | null;
  readonly is: number | null;
}
interface State {
  readonly optionId: string;
  readonly updates: number;
  readonly rows: number;
  readonly squares: readonly number[];
  readonly products: readonly number[];
}
interface Read<V> {
  readonly value: V;
}

/**
 * A use case learns row by row while the loop is killed with -9: the states are those of a fold of all rows, bit for bit, a
 * decision before and after a restart has the same distribution, and the audit makes all of them again.
 *
 * @param where flags of a backbone that no other loop works on, in a folder that is there
 */
export function posteriorSuite(name: string, where: (folder: string) => Promise<readonly string[]>): void {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  let loop: KilledLoop;
  const read = async <V>(topic: string): Promise<readonly V[]> => {
    const { stdout } = await loop.done("topics", "read", topic, "--limit", "100000");
    return stdout
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as Read<V>).value);
  };
  const decide = (id: string, n: number, more: object = {}): Promise<Readonly<Record<string, unknown>>> =>
    loop.post("", {
      ...{ useCase: USE_CASE, unit: `u${n}`, decisionId: id, context: { x: Math.sin(n), y: Math.cos(n) } },
      ...{ timeoutMs: 20_000, ...more },
    });

  test(
    `${name}: a posterior learns every row once, across kills, and the audit makes its decisions again`,
    { timeout: 900_000 },
    async () => {
      loop = killedLoop(await where(join(dir.path, "data")));
      const { done, start, kill, post } = loop;
      writeFileSync(join(dir.path, "offers.yaml"), OFFERS);
      await done("blueprint", "publish", join(dir.path, "offers.yaml"));
      await start();
      try {
        const corrected: (() => Promise<unknown>)[] = [];
        for (let n = 0; n < DECISIONS; n++) {
          const { value } = await decide(`o-${n}`, n);
          const good = Math.sin(n) > 0 ? "a" : "b";
          const observe = (which: number, clicked: boolean): Promise<unknown> =>
            post(`/o-${n}/observations`, { useCase: USE_CASE, observationId: `o-${n}-${which}`, values: { clicked } });
          await observe(1, value === good);
          if (n % 9 === 0) corrected.push(() => observe(2, value !== good));
          if (n % KILL_EACH === KILL_EACH / 2) {
            await kill();
            await start();
          }
        }
        // Up to 127 rows every change of an option is published.
        const learnt = async (of: "rows" | "updates"): Promise<number> => {
          const newest = new Map((await read<State>("posteriors")).map((state) => [state.optionId, state]));
          return [...newest.values()].reduce((sum, state) => sum + state[of], 0);
        };
        const patience = { timeout: 120_000, interval: 1_000 };
        await expect.poll(() => learnt("updates"), patience).toBe(DECISIONS);
        for (const correct of corrected) await correct();
        await expect.poll(() => learnt("updates"), patience).toBe(DECISIONS + corrected.length);
        expect(await learnt("rows")).toBe(DECISIONS);

        // Deferred: they make no rows, so nothing is learnt in between.
        const before = await decide("p-before", 7, { deferred: true });
        await kill();
        await start();
        const after = await decide("p-after", 7, { deferred: true });
        expect([before["reason"], after["reason"]]).not.toContain("noModel");

        const states = await read<State>("posteriors");
        const { stdout: listed } = await done("topics");
        const updates = /posterior-updates\.offers\.[0-9a-f]{12}/.exec(listed)![0];
        expect(statesOf(await read<Update>(updates))).toEqual(byOption(states));

        const made = await read<Made>("decisions");
        const asked = ["p-before", "p-after"].map((id) => made.find(({ decisionId }) => decisionId === id)!);
        expect(asked[1]!.distribution).toEqual(asked[0]!.distribution);
        expect(asked[1]!.beliefs).toEqual(asked[0]!.beliefs);
        expect(asked[0]!.beliefs.map((belief) => belief.length)).toEqual([5, 5, 5]);

        const { json } = await done("audit", "--use-case", USE_CASE, "--sample", "100%", "--allow-late");
        expect(json).toMatchObject({ sampled: DECISIONS + 2, recomputed: DECISIONS + 2 });
        const differences = json["differences"] as readonly { readonly kind: string; readonly cause: string | null }[];
        expect(differences.filter(({ kind, cause }) => kind !== "posterior" || cause === null)).toEqual([]);
      } finally {
        await kill();
      }
    },
  );
}

interface Made {
  readonly decisionId: string;
  readonly distribution: readonly number[];
  readonly beliefs: readonly (readonly number[])[];
}

const byOption = (states: readonly State[]): Readonly<Record<string, unknown>> =>
  Object.groupBy(
    states.map(({ optionId, updates, rows, squares, products }) => ({ optionId, updates, rows, squares, products })),
    ({ optionId }) => optionId,
  );

/** Every state of a fold of the changes, in their order. */
function statesOf(updates: readonly Update[]): Readonly<Record<string, unknown>> {
  const sums = new Map<string, LinearSums & { updates: number }>();
  const states: State[] = [];
  for (const { optionId, x, was, is } of updates) {
    const own = sums.get(optionId) ?? Object.assign(emptySums(x.length), { updates: 0 });
    sums.set(optionId, own);
    if (was === null) addRow(own, x, is!);
    else if (is === null) addRow(own, x, was, -1);
    else changeRow(own, x, is - was);
    own.updates++;
    states.push({
      ...{ optionId, updates: own.updates, rows: own.rows },
      ...{ squares: [...own.squares], products: [...own.products] },
    });
  }
  return byOption(states);
}
