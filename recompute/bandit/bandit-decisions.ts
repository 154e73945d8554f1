import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { isSamePropensity } from "../../operators/index.ts";
import { openSpill, placedDecisions, rowsInOrder, type LeftOutRows } from "../../rows/index.ts";
import { streamsLimits } from "../../streams/index.ts";
import { rewardColumn } from "../evaluate/reward-column.ts";
import { readTables, type RecomputeSource, type Tables } from "../source.ts";
import type { BanditDecision, NamedValues } from "./bandit-decision.ts";
import { checkBandit, type LeftOutBandits } from "./left-out-bandits.ts";
import { featureNames, type FeatureNames } from "./named-features.ts";
import { recordedFeatures, remadeFeatures, type OptionFeatures } from "./option-features.ts";
import { withRows, type DecisionWithRow } from "./with-rows.ts";

export interface BanditOptions {
  /** The version whose features are told. */
  readonly compiled: CompiledBlueprint;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
  /** Only rows that were known by this time, ms; absent: all. */
  readonly asOf?: number | undefined;
  /** A label or a column of the rows. Absent: the blueprint's reward, or its only label. */
  readonly reward?: string | undefined;
  readonly leftOut: LeftOutBandits;
  readonly leftOutRows: LeftOutRows;
  /** Called every thousand decisions that were taken in their order, of all that are sorted. */
  readonly onTaken?: ((taken: number, total: number) => void) | undefined;
}

/** So many decisions are in memory while the topics are read for their options. */
const AT_ONCE = 20_000;

/** A decision of which all but the features of its options is known. */
interface Usable extends DecisionWithRow {
  readonly names: FeatureNames;
  readonly reward: number;
}

/**
 * The labelled decisions of a use case as a contextual bandit learns from them, by decision time. Those of which
 * something is not known are left out, and counted. Writes nothing. Of a choice among options of which records do not
 * have all, the requests and events are read for every 20,000 decisions.
 *
 * Throws `BAD_USAGE` for rankings and numbers, and for a reward that there is not.
 */
export async function* banditDecisions(
  source: RecomputeSource,
  { compiled, from, to, asOf, reward, leftOut, leftOutRows, onTaken }: BanditOptions,
): AsyncGenerator<BanditDecision> {
  checkBandit(compiled);
  const { column } = rewardColumn(compiled, reward);
  const { backbone, serdes } = source;
  const { useCase } = compiled.blueprint;
  const tables = await readTables(source);
  const known = validBlueprints(tables.blueprints);
  const memory = { from, to, bytes: streamsLimits.rowsHeldBytes / 2, spill: openSpill };
  const all = withRows(
    placedDecisions(backbone, serdes, useCase, { ...memory, onTaken }),
    rowsInOrder(backbone, serdes, compiled, known, { ...memory, asOf, leftOut: leftOutRows }),
    (count) => leftOut.add("decisionGone", count),
  );
  const usable = usableOf(compiled, known, column, leftOut);
  let waiting: Usable[] = [];
  for await (const one of all) {
    const found = usable(one);
    if (found !== undefined) waiting.push(found);
    if (waiting.length < AT_ONCE) continue;
    yield* made(source, tables, waiting, leftOut);
    waiting = [];
  }
  yield* made(source, tables, waiting, leftOut);
}

/** What can be told of a decision without its options; `undefined`: it is left out. */
function usableOf(
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
  column: string,
  leftOut: LeftOutBandits,
): (one: DecisionWithRow) => Usable | undefined {
  const versions = new Map<string, FeatureNames | undefined>();
  const namesOf = (version: string): FeatureNames | undefined => {
    if (!versions.has(version)) {
      const other = known.version(compiled.blueprint.useCase, version);
      versions.set(version, other && featureNames(compiled, other));
    }
    return versions.get(version);
  };
  return (one) => {
    const { decision, row } = one;
    const { value, propensity, distribution, actions } = decision;
    const names = namesOf(decision.blueprintVersion);
    const without = (kind: Parameters<LeftOutBandits["add"]>[0]): undefined => leftOut.add(kind) as undefined;
    if (names === undefined) return without("ofOtherVersions");
    if (row === undefined) return without(decision.deferred ? "deferred" : "unlabelled");
    const reward = row[column];
    if (typeof reward !== "number" || !Number.isFinite(reward)) return without("unrewarded");
    if (value === null || propensity === null || !(propensity > 0)) return without("withoutPropensity");
    const isWhole = actions.length > 0 && distribution.length === actions.length;
    const own = distribution[actions.indexOf(value)] ?? 0;
    if (!isWhole || !isSamePropensity(own, propensity)) return without("withoutDistribution");
    return { ...one, names, reward };
  };
}

async function* made(
  source: RecomputeSource,
  tables: Tables,
  usable: readonly Usable[],
  leftOut: LeftOutBandits,
): AsyncGenerator<BanditDecision> {
  const recorded = new Map(
    usable.flatMap((one): [Usable, OptionFeatures | undefined][] =>
      one.names.version.options === null ? [] : [[one, recordedFeatures(one.decision)]],
    ),
  );
  const lacking = [...recorded].filter(([, features]) => features === undefined).map(([one]) => one);
  const remade = await remadeFeatures(source, tables, lacking);
  for (const one of usable) {
    const features = recorded.has(one) ? (recorded.get(one) ?? remade.get(one)!) : ofNoOptions;
    if (typeof features !== "string") yield told(one, features);
    else leftOut.add(features === "request" ? "requestGone" : "changedSince");
  }
}

const ofNoOptions: OptionFeatures = Object.freeze([]);
const nothing: NamedValues = new Map();

function told({ decision, names, reward }: Usable, features: OptionFeatures): BanditDecision {
  const { decisionId, unit, decisionTime: time, actions, value, distribution, propensity } = decision;
  return {
    ...{ decisionId, unit, time, reward },
    shared: names.shared(decision.features as Parameters<FeatureNames["shared"]>[0]),
    actions: actions.map((action, at) => {
      const own = features[at];
      return { id: String(action), features: own === undefined ? nothing : names.own(own) };
    }),
    taken: actions.indexOf(value!),
    ...{ probabilities: distribution, propensity: propensity! },
  };
}
