import {
  contextOf,
  misfits,
  optionContext,
  optionsOf,
  type CompiledBlueprint,
  type CompiledOptions,
  type FeatureVector,
  type RowsOf,
} from "../../blueprints/index.ts";
import type { DecisionRequested, Enriched } from "../../schemas/index.ts";
import type { FoundMisfit, WindowBytes } from "../globals/index.ts";
import type { FarReader } from "./far-windows.ts";
import { fillGroup } from "./fill-group.ts";

export interface OptionsKnown {
  readonly compiled: CompiledBlueprint;
  readonly options: CompiledOptions;
  /** The decision's, with those of options missing. */
  readonly features: FeatureVector;
  /** The decision's, ms. */
  readonly time: number;
  readonly windows: WindowBytes;
  readonly rows: RowsOf | undefined;
  readonly far?: FarReader | undefined;
}

export interface OptionsFound {
  readonly options: Enriched["options"];
  /** The first candidate of each kind that counts for nothing, and entries of candidates. */
  readonly misfits: readonly FoundMisfit[];
}

/** The options of a request, each with its features as of the decision's time. */
export function enrichOptions(request: DecisionRequested, known: OptionsKnown): OptionsFound {
  const { compiled, options, features, time, windows, rows, far } = known;
  const { slots, entries, idSlot, groups, fromOption, fromFeatures } = options;
  const unfit: FoundMisfit[] = [];
  const given = optionsOf(request.candidates, options, (name, problem) => {
    // One of each kind: a request may have hundreds.
    if (!unfit.some((one) => one.problem === problem)) unfit.push({ name, problem });
  });
  const isAlone = groups.length === 0 && fromFeatures === null;
  const shared = isAlone ? request.context : contextOf(compiled, request);
  const made = given.map((option) => {
    const { optionId, context } = option;
    if (options.actions === null) unfit.push(...misfits(entries, context));
    const vector = fromOption(context);
    if (idSlot !== null) vector[idSlot] = optionId === "" ? null : optionId;
    if (!isAlone) {
      const all = optionContext(shared, option, options);
      const asked = { context: all, unit: request.unit };
      for (const group of groups) fillGroup(group, asked, time, windows, vector, far);
      if (fromFeatures !== null) {
        for (let at = 0; at < vector.length; at++) vector[at] ??= features[at] ?? null;
        fromFeatures(vector, all, time, undefined, rows);
      }
    }
    return { optionId, features: slots.map((at) => vector[at] ?? null) };
  });
  return { options: made, misfits: unfit };
}
