import {
  computationOf,
  contextOf,
  kindOfFeature,
  optionContext,
  optionsOf,
  optionVector,
  type CompiledBlueprint,
  type CompiledOptions,
  type DerivedStep,
  type FeatureVector,
  type InputValue,
} from "../../blueprints/index.ts";
import {
  believe,
  decideScored,
  fillGroup,
  stateAt,
  stateKey,
  type PosteriorSeries,
  type RowBytes,
  type WindowBytes,
} from "../../operators/index.ts";
import type { Enriched } from "../../schemas/index.ts";
import { actionOf, type Recomputed } from "../recompute.ts";
import type { GroupKind } from "./report.ts";

/** State that decisions are made from. */
export interface CostState {
  readonly windows: WindowBytes;
  readonly rows: RowBytes;
  readonly posteriors: PosteriorSeries;
}

/** A vector that is filled in again and again, with what it is made from. */
interface Filled {
  readonly vector: FeatureVector;
  readonly context: Readonly<Record<string, unknown>>;
  /** The entries that features are made from. */
  readonly values: readonly InputValue[];
}

/** A decision that was made again, ready for each of its groups alone. */
export interface Prepared extends Filled {
  readonly made: Recomputed;
  readonly enriched: Enriched;
  readonly time: number;
  readonly options: readonly Filled[];
}

/** The work of one group for a decision: the calls that the loop makes for it, in its order. */
export interface Work {
  readonly kind: GroupKind;
  readonly name: string;
  /** Of features, in the layout. */
  readonly indexes: readonly number[];
  readonly run: (one: Prepared, state: CostState) => void;
}

/** The features are those made again. */
export function prepare(made: Recomputed): Prepared {
  const { compiled, found, logged, features, options } = made;
  const { request } = found;
  const time = logged.decision.decisionTime;
  const context = contextOf(compiled, request);
  const enriched: Enriched = {
    ...{ request, features, options, blueprintVersion: logged.decision.blueprintVersion },
    ...{ error: null, misfits: null },
  };
  const ofOptions = compiled.options === null ? [] : preparedOptions(made, context, compiled.options);
  return {
    ...{ made, enriched, time, context, options: ofOptions },
    vector: features.slice(),
    values: compiled.fromFeatures?.read(context) ?? [],
  };
}

function preparedOptions(
  { found, features, options }: Recomputed,
  shared: Filled["context"],
  known: CompiledOptions,
): readonly Filled[] {
  const given = optionsOf(found.request.candidates, known, () => undefined);
  return given.map((option, at) => {
    const context = optionContext(shared, option, known);
    const vector = optionVector(features, options[at]!.features, known);
    return { context, vector, values: known.fromFeatures?.read(context) ?? [] };
  });
}

/** Kinds of features whose values are parts of vectors. */
const EMBEDDINGS: ReadonlySet<string> = new Set(["embed", "vector"]);

/** The groups of a version, in the order in which a decision needs them; its models are no part of them. */
export function worksOf(compiled: CompiledBlueprint, salt: string): readonly Work[] {
  const { posterior, options, groups } = compiled;
  return [
    contextWork(compiled),
    ...groups.map((group): Work => {
      const isOfOption = options?.groups.includes(group) === true;
      return {
        kind: "windows",
        name: group.id,
        indexes: group.windows.map(({ featureIndex }) => featureIndex),
        run({ enriched: { request }, time, vector, options: all }, { windows }) {
          if (!isOfOption) return fillGroup(group, request, time, windows, vector);
          for (const option of all)
            fillGroup(group, { context: option.context, unit: request.unit }, time, windows, option.vector);
        },
      };
    }),
    ...derivedWorks(compiled),
    ...(posterior === null || options === null ? [] : [posteriorWork(compiled)]),
    {
      kind: "policy",
      name: "",
      indexes: [],
      run({ made, enriched, time }) {
        const { decision } = made.logged;
        const { modelId, predictions, parameters: params, repeatOf } = decision;
        const mode = modelId === null ? made.mode : decision.mode;
        const scored = { enriched, modelId, predictions, options: made.optionPredictions };
        decideScored(scored, compiled, time, salt, { params, mode }, repeatOf, actionOf(made.found, compiled));
      },
    },
  ];
}

function contextWork(compiled: CompiledBlueprint): Work {
  const { options, blueprint } = compiled;
  const isEntry = (index: number): boolean => computationOf(blueprint.features[index]!).from === "context";
  const fit = { found: 0, doubtful: false };
  return {
    kind: "context",
    name: "",
    indexes: blueprint.features.flatMap((_, index) => (isEntry(index) ? [index] : [])),
    run({ enriched: { request } }) {
      compiled.fromContext(request.context, fit);
      const context = contextOf(compiled, request);
      compiled.fromFeatures?.read(context, fit);
      if (options === null) return;
      for (const option of optionsOf(request.candidates, options, () => undefined)) {
        options.fromOption(option.context);
        options.fromFeatures?.read(optionContext(context, option, options));
      }
    },
  };
}

interface PlacedStep {
  readonly step: DerivedStep;
  readonly ofOption: boolean;
}

function derivedWorks({ fromFeatures, options, blueprint }: CompiledBlueprint): readonly Work[] {
  const placed = (steps: readonly DerivedStep[] | undefined, ofOption: boolean): readonly PlacedStep[] =>
    (steps ?? []).map((step) => ({ step, ofOption }));
  const all = [...placed(fromFeatures?.steps, false), ...placed(options?.fromFeatures?.steps, true)];
  const nameOf = ({ step: { lookup } }: PlacedStep): string =>
    lookup === null ? "" : `${lookup.table} by ${lookup.by.join("+")}`;
  const kindOf = ({ step: { lookup, indexes } }: PlacedStep): GroupKind => {
    if (lookup !== null) return "table";
    return EMBEDDINGS.has(kindOfFeature(blueprint.features[indexes[0]!]!).name) ? "embeddings" : "transforms";
  };
  return (["table", "transforms", "embeddings"] as const).flatMap((kind) => {
    const own = all.filter((one) => kindOf(one) === kind);
    return [...Map.groupBy(own, nameOf)].map(([name, some]): Work => {
      const ofDecision = some.flatMap(({ step, ofOption }) => (ofOption ? [] : [step.fill]));
      const ofOptions = some.flatMap(({ step, ofOption }) => (ofOption ? [step.fill] : []));
      return {
        ...{ kind, name },
        indexes: some.flatMap(({ step }) => step.indexes),
        run({ vector, values, time, context, options: given }, { rows }) {
          const rowsOf = (table: string, key: string): Uint8Array | undefined => rows.get(stateKey(table, key));
          for (const fill of ofDecision) fill(vector, values, time, context, rowsOf);
          for (const option of given)
            for (const fill of ofOptions) fill(option.vector, option.values, time, option.context, rowsOf);
        },
      };
    });
  });
}

function posteriorWork(compiled: CompiledBlueprint): Work {
  return {
    kind: "posterior",
    name: "",
    indexes: [],
    run({ enriched, time }, { posteriors }) {
      believe(enriched, compiled, (optionId) => stateAt(posteriors, compiled, optionId, time));
    },
  };
}
