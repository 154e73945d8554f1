import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { countDecision, enrichRequest, eventWindows, newHour } from "../../operators/index.ts";
import {
  decisionRequests,
  type DecisionRecorded,
  type DecisionRequested,
  type EventRecorded,
} from "../../schemas/index.ts";
import { createMemoryEngine, FoldBytes, Serdes } from "../../streams/index.ts";
import { fixedRegistry } from "../decisions/work/registry.ts";
import { workOf } from "../product/works/index.ts";
import type { Measured } from "./measured.ts";

const LIVES = 4_000;

/** The flights' 41 features with 11 windows, over the events of four thousand flights; and the statistics of the decisions. */
export async function flights(): Promise<Measured> {
  const text = readFileSync(join(import.meta.dirname, "../../examples/flights.yaml"), "utf8");
  const { blueprint, layout } = compileBlueprint(text);
  const { useCase, version } = blueprint;
  const record = {
    useCase,
    version,
    text,
    activations: [{ time: 0, live: true }],
    shadowings: [],
    parameters: [],
    modes: [],
  };
  const table = { get: () => record, values: () => [record], unreadable: new Map(), version: 1 };
  const lives = workOf("flights").lives(LIVES);
  const windows = await FoldBytes.load(eventWindows, await createMemoryEngine().open("windows"));
  const origin = { topic: eventWindows.topic.name, partition: 0, offset: 0 };
  for (const { key, value, time } of lives.flatMap(({ outcomes }) => outcomes)) {
    const event = { key, value: value as EventRecorded, time, headers: {}, origin };
    eventWindows.fold(event, windows, (of) => {
      if ((of as unknown) !== blueprintTable) throw new Error(`the windows ask for ${of.name}`);
      return table as never;
    });
  }
  const blueprints = validBlueprints(table);
  const names = layout.map(({ name }) => name);
  const serdes = new Serdes(fixedRegistry());
  await serdes.open(decisionRequests);
  const requests = lives.map(({ request: { value, time } }) => {
    // As the operator reads them: with the fields that the product left out.
    const bytes = serdes.encode(decisionRequests, value as DecisionRequested);
    return { value: serdes.decode(decisionRequests, bytes), time };
  });
  const decisions = requests.map(({ value, time }): DecisionRecorded => {
    const { decisionId, unit } = value;
    const { features } = enrichRequest(value, time, blueprints, windows);
    return {
      ...{
        decisionId,
        unit,
        useCase,
        blueprintVersion: version,
        modelId: null,
        features,
        predictions: {},
        options: [],
      },
      ...{ actions: [], distribution: [], value: null, propensity: null, seed: "", mode: "loggingOnly" },
      ...{
        reason: "noModel",
        decisionTime: time,
        deferred: false,
        repeatOf: null,
        keys: null,
        parameters: {},
        options: [],
        candidates: 0,
        scores: [],
        proposed: [],
        beliefs: [],
      },
    };
  });
  return {
    variants: [
      {
        name: "enrich: 41 features with 11 windows",
        items: LIVES,
        run() {
          for (const { value, time } of requests) enrichRequest(value, time, blueprints, windows);
        },
      },
      {
        name: "monitor: statistics of 41 features",
        items: LIVES,
        run() {
          const hour = newHour();
          for (const decision of decisions) countDecision(hour, decision, names, 5);
        },
      },
    ],
    close: () => Promise.resolve(),
  };
}
