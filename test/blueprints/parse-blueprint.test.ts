import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { edited, FLIGHTS, SMALL, small } from "./fixtures.ts";

describe("examples/flights.yaml", () => {
  const flights = parseBlueprint(FLIGHTS, "flights.yaml");

  test("has the 32 features of the reference figures in their order", () => {
    expect(flights.features.map((feature) => feature.name)).toEqual(
      (
        "distance sched_block_min dow dep_minute_of_day plane_age seats engines temp dewp humid wind_dir wind_speed " +
        "wind_gust precip pressure visib carrier origin dest manufacturer engine m_origin_dep_1h n_origin_dep_1h " +
        "m_origin_dep_3h n_origin_dep_3h m_carrier_origin_dep_3h n_carrier_origin_dep_3h m_dest_arr_6h n_dest_arr_6h " +
        "m_carrier_arr_3h n_carrier_arr_3h tail_last_arr_delay"
      ).split(" "),
    );
    expect(flights.features).toHaveLength(32);
  });

  test("comes out with durations in ms, percentages as shares and none as null", () => {
    expect(flights.features.at(-1)).toEqual({
      kind: "window",
      name: "tail_last_arr_delay",
      aggregate: "last",
      field: "delay_min",
      event: "arrival",
      by: ["tailnum"],
      windowMs: 86_400_000,
      open: true,
    });
    expect(flights.label).toEqual({
      name: "delayed",
      when: 'kind == "arrival"',
      value: "delay_min >= 15",
      aggregate: "latest",
      waitMs: 36 * 3_600_000,
      default: null,
      objective: "binary",
    });
    expect(flights.training).toEqual({
      schedule: "0 4 * * 1,4",
      freshRows: 0.2,
      minRows: 2000,
      maxRows: 2_000_000,
      holdout: 0.1,
      refreshAfterMs: 259_200_000,
      slices: [],
      calibration: null,
      evaluation: 0,
      tolerance: 0.05,
      metric: "logLoss",
      weight: null,
    });
    expect(flights.policy).toEqual({
      params: {},
      formulas: [{ name: "risk", formula: "delayed" }],
      rule: { kind: "decide", formula: "risk > 0.35" },
    });
    expect(flights.observations).toEqual({ kind: "category", delay_min: "number" });
    expect(flights.text).toBe(FLIGHTS);
  });
});

describe("version", () => {
  const version = small().version;

  test("is twelve hex digits", () => {
    expect(version).toMatch(/^[0-9a-f]{12}$/);
  });

  test("ignores comments, blank lines, quotes, key order and the whitespace of formulas", () => {
    const other = SMALL.replace("useCase: small", "# a comment\n\nuseCase: 'small'")
      .replace("  distance: number\n  carrier: category\n", "  carrier: category\n\n  distance:   number # miles\n")
      .replace("value: delay_min >= 15", "value: >-\n    delay_min\n    >=15")
      .replace("{ fields: [delay_min] }", "\n    fields:\n      - delay_min");
    expect(other).not.toBe(SMALL);
    expect(parseBlueprint(other).version).toBe(version);
  });

  test("ignores defaults that are written out, and the place the text came from", () => {
    const explicit = edited("  depth: 4\n", "  depth: 4\n  rounds: 200\n  seed: 0\n  objective: binary\n").replace(
      "  wait: 36h\n",
      "  wait: 36h\n  aggregate: latest\n  default: none\n",
    );
    expect(parseBlueprint(explicit, "elsewhere.yaml").version).toBe(version);
  });

  test("changes with any content, the order of features and the unit's amount included", () => {
    const versions = [
      small("depth: 4", "depth: 5"),
      small("risk > 0.35", "risk > 0.36"),
      small("ttl: 48h", "ttl: 49h"),
      small("useCase: small", "useCase: small\ndescription: x"),
      small("  - distance\n  - carrier\n", "  - carrier\n  - distance\n"),
      small("open: true", "open: false"),
    ].map((blueprint) => blueprint.version);
    expect(new Set([...versions, version]).size).toBe(7);
  });

  test("stays when retention says what holds without it, and changes when it says another", () => {
    const kept = (text: string): string => small("training:", `retention: ${text}\ntraining:`).version;
    expect(kept("{}")).toBe(version);
    expect(kept("{ answers: 48h, repeats: 96h }")).toBe(version);
    const others = ["{ rows: 90d }", "{ decisions: 90d }", "{ answers: 49h }", "{ repeats: 97h }"].map(kept);
    expect(new Set([...others, version]).size).toBe(5);
  });

  test("reads the same length of time in any unit as the same", () => {
    expect(small("ttl: 48h", "ttl: 2d").version).toBe(version);
  });
});

describe("a minimal blueprint", () => {
  const minimal = parseBlueprint(`
useCase: ring
decisionSpace: { actions: [call, text] }
context: { age: number }
observations: { answered: boolean }
features: [age]
label: { name: answer, value: answered, wait: 72h }
policy: { decide: 'if(answer > 0.5, "call", "text")' }
`);

  test("has every default filled in", () => {
    expect(minimal).toMatchObject({
      description: "",
      events: {},
      decisionSpace: { kind: "actions", actions: ["call", "text"] },
      label: { when: null, aggregate: "latest", default: null },
      model: { objective: "binary", learner: "xgboost", depth: 4, rounds: 200, learningRate: 0.1, maxBins: 256 },
      training: { schedule: "0 4 * * *", freshRows: 0.2, minRows: 2000, holdout: 0.1, metric: "logLoss" },
    });
  });

  test("keeps a row open at least as long as it waits for its label", () => {
    expect(minimal.join.ttlMs).toBe(minimal.label.waitMs);
  });

  test("takes the metric from the objective", () => {
    const regression = small("  depth: 4", "  objective: regression");
    expect(regression.training.metric).toBe("mse");
  });
});

test("a blueprint can't be changed, at any depth", () => {
  const blueprint = small();
  expect(() => Object.assign(blueprint, { useCase: "x" })).toThrow(TypeError);
  expect(() => Object.assign(blueprint.label, { waitMs: 1 })).toThrow(TypeError);
  expect(() => (blueprint.features as unknown[]).push(1)).toThrow(TypeError);
});

test("names that objects inherit are ordinary names, declared or unknown", () => {
  const blueprint = parseBlueprint(
    SMALL.replace("  distance: number", "  constructor: number").replace("  - distance", "  - constructor"),
  );
  expect(blueprint.features[0]).toEqual({ kind: "context", name: "constructor", type: "number" });
  expect(() => small("  - distance", "  - toString")).toThrow(/"toString" is not in context/);
});
