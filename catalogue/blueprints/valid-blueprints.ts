import type { BlueprintPublished } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import type { CompiledBlueprint, LearningMode, ParamValues } from "../../blueprints/index.ts";
import { derivedView } from "../derived-view.ts";
import { heldAt, type Span } from "../timeline.ts";
import { liveVersions } from "./live-versions.ts";
import { modeHeldAt, modeSpans, type ModeHeld } from "./learning-modes.ts";
import { paramSpans } from "./param-values.ts";
import { shadowSpans } from "./shadow-spans.ts";
import { publishedBlueprint, type PublishedBlueprint } from "./published-blueprint.ts";

/**
 * The compiled versions of the blueprint table, with the time at which each is valid. A version that this release can't
 * read affects its own decisions only: it is valid in its time and has no compiled form.
 */
export interface ValidBlueprints {
  /** The version live at an event time: the newest activation strictly before it. */
  at(useCase: string, time: number): CompiledBlueprint | undefined;
  /** The versions that are live at an event time or later, in their order. */
  from(useCase: string, time: number): readonly CompiledBlueprint[];
  /** The versions that are in shadow at an event time or later. */
  shadowsFrom(useCase: string, time: number): readonly CompiledBlueprint[];
  version(useCase: string, version: string): CompiledBlueprint | undefined;
  /**
   * The values of the parameters of a version's policy at an event time: those set strictly before it, and the defaults
   * of the others. Empty for a version that is not known.
   */
  params(useCase: string, version: string, time: number): ParamValues;
  /** Who acts by a version at an event time: the mode set strictly before it, or the text's own. */
  mode(useCase: string, version: string, time: number): LearningMode;
  /** The same, with the time since when it holds. */
  modeHeld(useCase: string, version: string, time: number): ModeHeld;
  /** All versions that this release can read. */
  all(): readonly CompiledBlueprint[];
  useCases(): readonly string[];
  /** The reason that a published version can't be read here; `undefined`: it can, or there is no such version. */
  problem(useCase: string, version: string): string | undefined;
  /** The reason that the live version at an event time can't be read here; `undefined`: it can, or none is live. */
  problemAt(useCase: string, time: number): string | undefined;
  /**
   * Versions that can't be read here, as `useCase/version`. Some may be keys of records of which nothing else is known.
   */
  unreadable(): readonly string[];
}

/** A version that this release can read, with what was set for it. */
interface Known {
  readonly compiled: CompiledBlueprint;
  /** `undefined`: nothing was set. */
  readonly params: readonly Span<ParamValues>[] | undefined;
  readonly modes: readonly Span<LearningMode>[] | undefined;
}

const none: ParamValues = Object.freeze({});

/** Kept until the table changes. */
export const validBlueprints = derivedView<BlueprintPublished, ValidBlueprints>(index);

function index(view: GlobalView<BlueprintPublished>): ValidBlueprints {
  const records = [...view.values()];
  const versions = new Map(
    records.map((record) => [`${record.useCase}/${record.version}`, publishedBlueprint(record)]),
  );
  const readable = [...versions.values()].flatMap(({ compiled }) => (compiled === undefined ? [] : [compiled]));
  const problems = new Map(view.unreadable);
  for (const [name, { problem }] of versions) if (problem !== undefined) problems.set(name, problem);
  const spans = new Map<string, readonly Span<PublishedBlueprint>[]>();
  for (const [useCase, group] of Map.groupBy(records, (record) => record.useCase)) {
    const published = liveVersions(group).map(({ after, held }) => ({
      after,
      held: held === undefined ? undefined : publishedBlueprint(held),
    }));
    spans.set(useCase, published);
  }
  // By use case and then by version: every decision asks several times, and a text of both would be made each time.
  const known = new Map<string, Map<string, Known>>();
  for (const record of records) {
    const compiled = versions.get(`${record.useCase}/${record.version}`)?.compiled;
    if (compiled === undefined) continue;
    const ofUseCase = known.get(record.useCase) ?? new Map<string, Known>();
    known.set(record.useCase, ofUseCase);
    ofUseCase.set(record.version, {
      compiled,
      params: record.parameters.length > 0 ? paramSpans(record, compiled.blueprint) : undefined,
      modes: record.modes.length > 0 ? modeSpans(record, compiled.blueprint) : undefined,
    });
  }
  const of = (useCase: string, version: string): Known | undefined => known.get(useCase)?.get(version);
  const liveAt = (useCase: string, time: number): PublishedBlueprint | undefined =>
    heldAt(spans.get(useCase) ?? [], time);
  return {
    at: (useCase, time) => liveAt(useCase, time)?.compiled,
    from(useCase, time) {
      const later = (spans.get(useCase) ?? []).filter(({ after }) => after >= time);
      return [liveAt(useCase, time), ...later.map(({ held }) => held)]
        .map((each) => each?.compiled)
        .filter((each) => each !== undefined);
    },
    shadowsFrom: (useCase, time) =>
      records
        .filter((record) => record.useCase === useCase && shadowSpans(record).some(({ to }) => to > time))
        .flatMap(({ version }) => versions.get(`${useCase}/${version}`)?.compiled ?? []),
    version: (useCase, version) => of(useCase, version)?.compiled,
    params(useCase, version, time) {
      const one = of(useCase, version);
      return (one?.params && heldAt(one.params, time)) ?? one?.compiled.policy.defaults ?? none;
    },
    mode(useCase, version, time) {
      const one = of(useCase, version);
      return (one?.modes && heldAt(one.modes, time)) ?? one?.compiled.blueprint.learning.mode ?? "online";
    },
    modeHeld(useCase, version, time) {
      const one = of(useCase, version);
      return modeHeldAt(one?.modes ?? [], one?.compiled.blueprint.learning.mode ?? "online", time);
    },
    all: () => readable,
    useCases: () => [...spans.keys()].sort(),
    problem: (useCase, version) => problems.get(`${useCase}/${version}`),
    problemAt: (useCase, time) => liveAt(useCase, time)?.problem,
    unreadable: () => [...problems.keys()].sort(),
  };
}
