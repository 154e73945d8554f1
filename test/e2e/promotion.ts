import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { eventually } from "../eventually.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { killedLoop } from "./killed-loop.ts";

const HOUR = 3_600_000;
/** Its policy draws without a model: about half of its proposals are what the product does. */
const text = (useCase: string): string => `
useCase: ${useCase}
decisionSpace: boolean
context: { weight: number }
observations: { y: boolean }
features: [weight]
label: { name: good, value: y, default: 0 }
policy: { decide: good > 0.5 }
exploration: { uniform: true }
learning: { mode: apprentice, baseline: weight > 4, promote: { agreement: 0.2, decisions: 20 } }
training: { schedule: none, freshRows: none }
`;

const DECISIONS = 24;
const NOW = 16;

interface Told {
  readonly agreement: { readonly proposed: object | null } | null;
}
interface Decided {
  readonly value: boolean;
  readonly proposed: readonly boolean[];
}
interface Proposal {
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * An apprentice whose loop is killed with -9 in the middle of its decisions and after its promotion was proposed: the figures are those of the
 * records, and there is one proposal.
 *
 * @param where flags of a backbone that no other loop works on, in a folder that is there
 */
export function promotionSuite(name: string, where: (folder: string) => Promise<readonly string[]>): void {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  const useCase = "apprentices";
  const { version } = parseBlueprint(text(useCase));

  test(`${name}: one promotion is proposed of an apprentice, across kills`, { timeout: 600_000 }, async () => {
    const { at, done, said, start, kill, url } = killedLoop(await where(join(dir.path, "data")));
    /** Until it is answered: the same id gets the same answer. */
    const ask = async (id: string, weight: number, time: number): Promise<void> => {
      const body = JSON.stringify({ useCase, unit: id, decisionId: id, context: { weight }, time, timeoutMs: 20_000 });
      const method = { method: "POST", headers: { "content-type": "application/json" }, body };
      await eventually(async () =>
        expect(await (await fetch(url(), method)).json()).toMatchObject({ reason: "control" }),
      );
    };
    const told = async (): Promise<Told> => (await done("blueprint", "mode", useCase)).json as unknown as Told;
    const read = async <T>(topic: string): Promise<readonly { readonly value: T }[]> =>
      (await done("topics", "read", topic, "--limit", "1000")).stdout
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as { readonly value: T });

    writeFileSync(join(dir.path, "apprentices.yaml"), text(useCase));
    await done("blueprint", "publish", join(dir.path, "apprentices.yaml"));
    await start();
    try {
      const hour = (Math.floor(Date.now() / HOUR) - 2) * HOUR;
      for (let n = 0; n < DECISIONS; n++) {
        await ask(`d${n}`, n % 9, hour + n * 60_000);
        if (n !== DECISIONS / 2) continue;
        await kill();
        await start();
      }
      const made = (await read<Decided>("decisions")).map(({ value }) => value);
      const agreed = made.filter(({ value, proposed }) => proposed[0] === value).length;
      expect([made.length, agreed > 5, agreed < DECISIONS - 5]).toEqual([DECISIONS, true, true]);
      // Event time goes on by the use case's own records, in each partition.
      for (let n = 0; n < NOW; n++) await ask(`now${n}`, 1, Date.now());
      await eventually(async () => expect((await told()).agreement?.proposed).not.toBeNull(), {
        ...{ timeout: 200_000, interval: 1_000 },
      });
      expect(said()).toContain("promotion proposed: the policy of ");
      const [proposal] = await read<Proposal>("alerts");
      const figures = { decisions: DECISIONS, agreed, agreedFirst: agreed, agreement: agreed / DECISIONS };
      expect(proposal!.value).toMatchObject({ useCase, blueprintVersion: version, kind: "promotion", figures });

      await kill();
      await start();
      expect(await told()).toMatchObject({
        mode: "apprentice",
        agreement: {
          over: { decisions: DECISIONS, agreed, from: hour, to: hour + HOUR },
          proposed: { command: `loopstream blueprint mode ${useCase} ${version} --set online`, figures },
        },
      });
      const shown = (await loopstream(["blueprint", "mode", useCase, ...at])).stdout;
      expect(shown).toMatch(
        /^apprentices \w+: apprentice\nagreement: [\d.]+ % of 24 decisions, from .* are asked for\n/,
      );
      expect(shown).toContain("to let the policy act, run: loopstream blueprint mode apprentices");
      // A look and more after the restart.
      await delay(20_000);
      expect(await read("alerts")).toHaveLength(1);
      await done("blueprint", "mode", useCase, version, "--set", "online");
      expect(await told()).toMatchObject({ mode: "online", agreement: null });
      const audited = await done("audit", "--use-case", useCase, "--sample", "100%");
      expect(audited.json).toMatchObject({ recomputed: DECISIONS + NOW, differing: 0 });
    } finally {
      await kill();
    }
  });
}
