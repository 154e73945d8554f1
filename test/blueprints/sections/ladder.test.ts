import { describe, expect, test } from "vitest";
import { compareBlueprints, parseBlueprint } from "../../../blueprints/index.ts";

const text = (ladder = ""): string => `
useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
observations: { minutes: number }
label: { name: late, value: minutes > 10 }
reward: 0 - late
policy: { decide: late > 0.5 }
${ladder}
`;

describe("the ladder of a blueprint", () => {
  test("is none where it is not written, and has all its steps where it is", () => {
    expect(parseBlueprint(text()).ladder).toBeNull();
    const DAY = 24 * 3_600_000;
    expect(parseBlueprint(text("ladder: {}")).ladder).toEqual({
      ...{ shadow: 500, canary: [0.01, 0.05, 0.1, 0.25, 0.5], decisions: 100, watch: null },
      ...{ giveUpAfterMs: 14 * DAY, latencyMs: 5, guardrails: {} },
    });
  });

  test("has what is written", () => {
    const ladder = `ladder:
  shadow: none
  canary: [2.5%, 50%]
  decisions: 1000
  watch: 2000
  giveUpAfter: 6h
  latency: 20ms
  guardrails: { late: { rise: 5% }, reward: { fall: 0% } }`;
    expect(parseBlueprint(text(ladder)).ladder).toEqual({
      ...{
        shadow: null,
        canary: [0.025, 0.5],
        decisions: 1000,
        watch: 2000,
        giveUpAfterMs: 6 * 3_600_000,
        latencyMs: 20,
      },
      guardrails: { late: { direction: "rise", most: 0.05 }, reward: { direction: "fall", most: 0 } },
    });
    expect(parseBlueprint(text("ladder: { canary: none }")).ladder!.canary).toEqual([]);
  });

  test("is a part of the version, and a written default is not another one", () => {
    const versionOf = (ladder: string): string => parseBlueprint(text(ladder)).version;
    expect(versionOf("ladder: {}")).not.toBe(versionOf(""));
    expect(versionOf("ladder: { shadow: 500, canary: [1%, 5%, 10%, 25%, 50%] }")).toBe(versionOf("ladder: {}"));
    // The key is newer than the others: versions of before keep their names.
    expect(versionOf("ladder: {}")).toBe("148330362063");
    expect(versionOf("ladder: { watch: none }")).toBe(versionOf("ladder: {}"));
    expect(versionOf("ladder: { watch: 500 }")).not.toBe(versionOf("ladder: {}"));
    expect(versionOf("ladder: { shadow: 501 }")).not.toBe(versionOf("ladder: {}"));
    const changes = compareBlueprints(
      parseBlueprint(text("ladder: { canary: [5%] }")),
      parseBlueprint(text("ladder: { canary: none, guardrails: { late: { rise: 5% } } }")),
    );
    expect(changes.map(({ path, before, after }) => [path, before, after])).toEqual([
      ["ladder.canary", "[5%]", "none"],
      ["ladder.guardrails.late.rise", null, "5%"],
    ]);
  });
});
