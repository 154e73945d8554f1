import { deadLetters, events, models, type BlueprintPublished, type ModelRecorded } from "../schemas/index.ts";
import { blueprintTable } from "../catalogue/index.ts";
import { readPosteriors, readTableRows, type KeptPosteriors, type KeptRows, type Scorers } from "../operators/index.ts";
import { readRefused, readTable, type Backbone, type GlobalView, type Refused, type Serdes } from "../streams/index.ts";

/** The inputs for decisions made again. Nothing is written. */
export interface RecomputeSource {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly scorers: Scorers;
  /** The salt that the loop ran with. */
  readonly salt: string;
}

/** All present blueprint versions and models, each with its whole history. */
export interface Tables {
  readonly blueprints: GlobalView<BlueprintPublished>;
  readonly models: GlobalView<ModelRecorded>;
  /** Rows of all reference tables, each with all its versions. */
  readonly rows: KeptRows;
  /** All states of what is learnt row by row. */
  readonly posteriors: KeptPosteriors;
}

export async function readTables({ backbone, serdes }: RecomputeSource): Promise<Tables> {
  const known = await readTable(backbone, serdes, blueprintTable);
  return {
    blueprints: known,
    models: await readTable(backbone, serdes, models),
    rows: await readTableRows({ backbone, serdes }, known),
    posteriors: await readPosteriors({ backbone, serdes }),
  };
}

/** The events that the live loop refused because they lay ahead of their arrival: no window has them. */
export function refusedEvents({ backbone, serdes }: RecomputeSource): Promise<Refused> {
  return readRefused(backbone, serdes, deadLetters, [events.name]);
}
