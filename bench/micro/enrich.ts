import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { enrichRequest, eventWindows } from "../../operators/index.ts";
import type { DecisionRequested, EventRecorded } from "../../schemas/index.ts";
import { createMemoryEngine, FoldBytes } from "../../streams/index.ts";
import { workOf } from "../product/works.ts";
import type { Measured } from "./measured.ts";

const LIVES = 4_000;

/** The flights' 41 features with 11 windows, over the events of four thousand flights. */
export async function enrich(): Promise<Measured> {
  const text = readFileSync(join(import.meta.dirname, "../../examples/flights.yaml"), "utf8");
  const { useCase, version } = compileBlueprint(text).blueprint;
  const record = { useCase, version, text, activations: [{ time: 0, live: true }] };
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
  return {
    variants: [
      {
        name: "enrich: 41 features with 11 windows",
        items: LIVES,
        run() {
          for (const { request } of lives)
            enrichRequest(request.value as DecisionRequested, request.time, blueprints, windows);
        },
      },
    ],
    close: () => Promise.resolve(),
  };
}
