import {
  contextOf,
  misfits,
  OPTION,
  type CompiledBlueprint,
  type CompiledOptions,
  type FeatureVector,
  type Misfit,
  type OptionGiven,
  type RowsOf,
} from "../../blueprints/index.ts";
import type { DecisionRequested, Enriched } from "../../schemas/index.ts";
import type { WindowBytes } from "../globals/index.ts";
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
}

export interface OptionsFound {
  readonly options: Enriched["options"];
  /** Candidates, and entries of them, that count for nothing. */
  readonly misfits: readonly Misfit[];
}

/** The options of a request, each with its features as of the decision's time. */
export function enrichOptions(request: DecisionRequested, known: OptionsKnown): OptionsFound {
  const { compiled, options, features, time, windows, rows } = known;
  const { slots, entries, idSlot, groups, fromOption, fromFeatures } = options;
  const { given, unfit } = optionsOf(request, options);
  const isAlone = groups.length === 0 && fromFeatures === null;
  const shared = isAlone ? request.context : contextOf(compiled, request);
  const made = given.map(({ optionId, context }) => {
    if (options.actions === null) unfit.push(...misfits(entries, context));
    const vector = fromOption(context);
    if (idSlot !== null) vector[idSlot] = optionId === "" ? null : optionId;
    if (!isAlone) {
      // An entry of the option that the blueprint does not declare must not stand for one of the request.
      const all: Record<string, null | boolean | number | string> = { ...shared, [OPTION]: optionId };
      for (const name of entries.keys()) if (Object.hasOwn(context, name)) all[name] = context[name]!;
      const asked = { context: all, unit: request.unit };
      for (const group of groups) fillGroup(group, asked, time, windows, vector);
      if (fromFeatures !== null) {
        for (let at = 0; at < vector.length; at++) vector[at] ??= features[at] ?? null;
        fromFeatures(vector, all, time, undefined, rows);
      }
    }
    return { optionId, features: slots.map((at) => vector[at] ?? null) };
  });
  return { options: made, misfits: unfit };
}

/**
 * The options that a request may be answered with: those of the blueprint, of which candidates name a part, or the
 * candidates. The first of several with one id counts.
 */
function optionsOf(
  { candidates }: DecisionRequested,
  { actions }: CompiledOptions,
): { readonly given: readonly OptionGiven[]; readonly unfit: Misfit[] } {
  const unfit: Misfit[] = [];
  if (actions !== null && candidates.length === 0) return { given: actions, unfit };
  const declared = actions === null ? undefined : new Map(actions.map((action) => [action.optionId, action]));
  const given = new Map<string, OptionGiven>();
  for (const candidate of candidates) {
    const { optionId } = candidate;
    const option = declared === undefined ? candidate : declared.get(optionId);
    if (option === undefined) unfit.push({ name: `candidate ${optionId}`, problem: "unknown" });
    else if (given.has(optionId)) unfit.push({ name: `candidate ${optionId}`, problem: "unusable" });
    else given.set(optionId, option);
  }
  return { given: [...given.values()], unfit };
}
