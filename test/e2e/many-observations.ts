import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { createClient } from "../../client/index.ts";
import { blueprints, deadLetters, recordLimits } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import { startLoop, type Loop } from "../../loop/index.ts";
import type { Surroundings } from "./bad-input.ts";

const TEXT = `
useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number, note: category }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
join: { ttl: 2h }
training: { minRows: 10, schedule: none, freshRows: none }
`;
const TOO_MANY = 200;
const ROOM_MS = 60_000;

/** One decision that is observed more often than is kept, on any backbone. */
export function manyObservations(name: string, open: () => Promise<Surroundings>): void {
  test(
    `${name}: a decision that is observed thousands of times holds nobody up, and what is too much is a dead letter`,
    { timeout: 120_000 },
    async () => {
      const surroundings = await open();
      const { backbone, registry } = surroundings;
      const client = createClient({ backbone, registry, buffer: false });
      let loop = await start(surroundings);
      const ask = async (decisionId: string): Promise<string> =>
        (await client.getDecision("shop", { decisionId, unit: "u", context: { price: 1 } }, { timeout: 10_000 }))
          .reason;
      try {
        const { blueprint } = compileBlueprint(TEXT);
        const activations = [{ time: Date.now() - 1_000, live: true }];
        const value = { useCase: "shop", version: blueprint.version, text: TEXT, activations };
        const time = activations[0]!.time;
        await loop.publisher.publish([{ topic: blueprints, key: `shop/${blueprint.version}`, value, time }]);
        await loop.application.idle();
        expect(await ask("large")).toBe("noModel");
        expect(await ask("many")).toBe("noModel");
        const observe = async (id: string, count: number, note: string): Promise<void> => {
          for (let done = 0; done < count; done += 500) {
            const some = Array.from({ length: Math.min(500, count - done) });
            const stored = await Promise.all(some.map(() => client.logObservations(id, { amount: 1, note })));
            expect(stored.filter(({ ok }) => !ok)).toEqual([]);
          }
        };
        await observe("large", 12, "x".repeat(90_000));
        const started = performance.now();
        await observe("many", recordLimits.observationsKept + TOO_MANY, "small");
        await loop.application.idle();
        expect(performance.now() - started).toBeLessThan(ROOM_MS);
        expect(await ask("after")).toBe("noModel");
        await loop.close();
        loop = await start(surroundings);
        expect(await ask("after a restart")).toBe("noModel");
        const letters: string[] = [];
        for await (const { value: letter } of readTopic(backbone, loop.serdes, deadLetters)) {
          letters.push(`${letter.code} ${letter.topic} ${/^decision (\w+)/.exec(letter.message)?.[1]}`);
        }
        expect(letters.filter((letter) => letter.endsWith("large"))).toHaveLength(1);
        expect(letters.filter((letter) => letter.endsWith("many"))).toHaveLength(TOO_MANY);
        for (const letter of letters) expect(letter).toMatch(/^TOO_MANY .*observations /);
      } finally {
        await client.close();
        await loop.close();
        await surroundings.close();
      }
    },
  );
}

function start({ backbone, registry, subjectPrefix, stateDir }: Surroundings): Promise<Loop> {
  return startLoop({
    id: "many",
    backbone,
    registry,
    subjectPrefix,
    stateDir,
    partitions: 2,
    delivery: "exactlyOnce",
    commitIntervalMs: backbone.kind === "embedded" ? 0 : 5,
    maxTaskIdleMs: 0,
    salt: "test",
    codeVersion: "test",
  });
}
