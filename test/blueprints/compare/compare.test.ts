import { describe, expect, test } from "vitest";
import { canTrainOn, compareBlueprints, parseBlueprint } from "../../../blueprints/index.ts";
import { edited, FLIGHTS, SMALL, small } from "../fixtures.ts";

describe("changes", () => {
  const textsFrom = (before: string, after: string): readonly string[] =>
    compareBlueprints(small(), small(before, after)).map(({ text }) => text);

  test("between equal contents there are none", () => {
    expect(compareBlueprints(small(), parseBlueprint(`# other\n${SMALL}`))).toEqual([]);
  });

  test("are told by path, in the words of the file", () => {
    expect(textsFrom("wait: 36h", "wait: 30h")).toEqual(["label.wait: 36h → 30h"]);
    expect(textsFrom("freshRows: 20%", "freshRows: none")).toEqual(["training.freshRows: 20% → none"]);
    expect(textsFrom("risk > 0.35", "risk > 0.4")).toEqual(["policy.decide: risk > 0.35 → risk > 0.4"]);
    expect(textsFrom("  - night\n", "")).toEqual(["features.night: removed, was boolean of the context"]);
    expect(textsFrom("in: 3h", "in: 6h")).toEqual([
      "features.m_arr: mean of delay_min over arrival by carrier+tailnum in 3h → " +
        "mean of delay_min over arrival by carrier+tailnum in 6h",
    ]);
  });

  test("name what was added and what moved", () => {
    expect(compareBlueprints(small("  - night\n", ""), small())).toEqual([
      {
        path: "features.night",
        before: null,
        after: "boolean of the context",
        text: "features.night: added, boolean of the context",
      },
    ]);
    expect(textsFrom("  - distance\n  - carrier\n", "  - carrier\n  - distance\n")).toEqual([
      "features: in another order",
    ]);
  });

  test("there is one whenever the versions differ", () => {
    for (const [before, after] of [
      ["useCase: small", "useCase: other"],
      ["useCase: small", "useCase: small\ndescription: x"],
      ["  tailnum: key", "  tailnum: key\n  more: number"],
      ["[delay_min]", "[delay_min, other]"],
      ["depth: 4", "seed: 1"],
      ["ttl: 48h", "ttl: 50h"],
      ["open: true", "open: false"],
      ["by: [carrier, tailnum]", "by: [tailnum, carrier]"],
    ] as const) {
      expect(small(before, after).version).not.toBe(small().version);
      expect(textsFrom(before, after).length, after).toBeGreaterThan(0);
    }
  });
});

describe("a version may train on another's rows", () => {
  test("when its features and label are among theirs, in any order", () => {
    const fewer = small("  - distance\n  - carrier\n", "  - carrier\n");
    expect(canTrainOn(fewer, small())).toEqual({
      ok: true,
      reason: "its 4 features and label are among theirs",
      incompatibilities: [],
    });
    expect(canTrainOn(small("  - distance\n  - carrier\n", "  - carrier\n  - distance\n"), small()).ok).toBe(true);
  });

  test("when only policy, model, training or layout changed", () => {
    expect(canTrainOn(small("risk > 0.35", "risk > 0.1"), small()).ok).toBe(true);
    expect(canTrainOn(small("depth: 4", "depth: 9"), small()).ok).toBe(true);
    expect(canTrainOn(small("delay_min >= 15", "delay_min>=15"), small()).ok).toBe(true);
    expect(canTrainOn(small("[carrier, tailnum]", "[tailnum, carrier]"), small()).ok).toBe(true);
  });
});

describe("a version may not train on another's rows", () => {
  const reason = (before: string, after: string): string => {
    const match = canTrainOn(small(before, after), small());
    expect(match.ok).toBe(false);
    return match.reason;
  };

  test("that lack a feature", () => {
    const { ok, incompatibilities } = canTrainOn(small(), small("  - night\n", ""));
    expect(ok).toBe(false);
    expect(incompatibilities).toEqual([{ path: "features.night", text: "features.night: not logged there" }]);
  });

  test("in which a feature has another type", () => {
    expect(reason("  night: boolean", "  night: category")).toBe(
      "features.night: changed its type, category here, boolean there",
    );
  });

  test("in which a window means something else", () => {
    expect(reason("in: 3h", "in: 6h")).toMatch(/features.m_arr: changed its meaning, .* in 6h here, .* in 3h there/);
    expect(reason("open: true", "open: false")).toMatch(/features.n_arr: changed its meaning/);
  });

  test("with another label, wait or default", () => {
    expect(reason("delay_min >= 15", "delay_min >= 30")).toBe(
      "label.value: delay_min >= 30 here, delay_min >= 15 there",
    );
    expect(reason("wait: 36h", "wait: 30h")).toBe("label.wait: 30h here, 36h there");
    expect(reason("wait: 36h", "wait: 36h\n  default: 0")).toBe("label.default: 0 here, none there");
  });

  test("of another use case, and all reasons are told", () => {
    const match = canTrainOn(parseBlueprint(FLIGHTS), parseBlueprint(edited("useCase: small", "useCase: other")));
    expect(match.ok).toBe(false);
    expect(match.incompatibilities.length).toBeGreaterThan(25);
  });
});
