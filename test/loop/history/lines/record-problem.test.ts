import { expect, test } from "vitest";
import { recordProblem } from "../../../../loop/history/lines/records.ts";
import { decisionRequests, recordLimits } from "../../../../schemas/index.ts";
import { seeded } from "../../../chaos/random.ts";

const { textBytes, nameBytes, mapEntries } = recordLimits;
const random = seeded(20_261_127);
const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;

/** Texts at and around the limits, of one to four bytes a character. */
function someText(): string {
  const bytes = oneOf([1, 12, nameBytes, nameBytes + 1, textBytes, textBytes + 4]);
  const character = oneOf(["a", "é", "€", "😀", '"']);
  return character.repeat(Math.ceil(bytes / Buffer.byteLength(character)));
}

function someContext(): Record<string, unknown> {
  if (random() < 0.3) {
    const entries = mapEntries - 1 + Math.floor(random() * 3);
    return Object.fromEntries(Array.from({ length: entries }, (_, at) => [`x${at}`, random()]));
  }
  const cells = [someText, () => random() * 1e9, () => true, () => null];
  return Object.fromEntries(Array.from({ length: 8 }, () => [someText(), oneOf(cells)()]));
}

test("a record has the problem that its encoded bytes have, though most are not encoded", () => {
  const found = new Map<string | undefined, number>();
  for (let run = 0; run < 400; run++) {
    const value = { decisionId: "d", useCase: "u", unit: someText(), context: someContext(), deferred: false };
    const whole = { ...value, logged: null } as never;
    const bytes = decisionRequests.type.toBuffer(whole).length;
    const problem = recordProblem({ topic: decisionRequests, key: "d", value: whole, time: 0 });
    expect(problem).toBe(decisionRequests.check!({ value: whole, bytes, keyBytes: 1, headers: {} }));
    found.set(problem, (found.get(problem) ?? 0) + 1);
  }
  expect(found.get(undefined)).toBeGreaterThan(20);
  expect(found.size).toBeGreaterThan(3);
});
