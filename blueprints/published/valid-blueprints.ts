import type { BlueprintPublished } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import type { CompiledBlueprint } from "./compiled-blueprint.ts";
import { publishedBlueprint, type PublishedBlueprint } from "./published-blueprint.ts";
import { timeline } from "./timeline.ts";

interface Span {
  /** Valid after this event time, ms. */
  readonly after: number;
  /** `undefined`: no version is live. */
  readonly live: PublishedBlueprint | undefined;
}

/**
 * The versions of the blueprint table, compiled, and which of them is valid when. A version that this release can't read concerns the decisions
 * it makes and nothing else: it is valid when it is, and has no compiled form.
 */
export interface ValidBlueprints {
  /** The version live at an event time: the newest activation strictly before it. */
  at(useCase: string, time: number): CompiledBlueprint | undefined;
  /** The versions that are live at an event time or will be later, in their order. */
  from(useCase: string, time: number): readonly CompiledBlueprint[];
  version(useCase: string, version: string): CompiledBlueprint | undefined;
  /** Those that can be read. */
  all(): readonly CompiledBlueprint[];
  useCases(): readonly string[];
  /** Why a version that is published can't be read here; `undefined`: it can, or there is none. */
  problem(useCase: string, version: string): string | undefined;
  /** Why the version that is live at an event time can't be read here; `undefined`: it can, or none is live. */
  problemAt(useCase: string, time: number): string | undefined;
  /** Versions that can't be read here, as `useCase/version`; among them may be keys of records that nothing is known of. */
  unreadable(): readonly string[];
}

const cache = new WeakMap<GlobalView<BlueprintPublished>, { version: number; valid: ValidBlueprints }>();

/** Kept until the table changes. */
export function validBlueprints(view: GlobalView<BlueprintPublished>): ValidBlueprints {
  const kept = cache.get(view);
  if (kept?.version === view.version) return kept.valid;
  const valid = index([...view.values()], view.unreadable);
  cache.set(view, { version: view.version, valid });
  return valid;
}

function index(records: readonly BlueprintPublished[], unreadable: ReadonlyMap<string, string>): ValidBlueprints {
  const versions = new Map(
    records.map((record) => [`${record.useCase}/${record.version}`, publishedBlueprint(record)]),
  );
  const readable = [...versions.values()].flatMap(({ compiled }) => (compiled === undefined ? [] : [compiled]));
  const problems = new Map(unreadable);
  for (const [name, { problem }] of versions) if (problem !== undefined) problems.set(name, problem);
  const spans = new Map<string, Span[]>();
  for (const useCase of new Set(records.map((record) => record.useCase))) {
    const turns = timeline(records.filter((record) => record.useCase === useCase));
    spans.set(
      useCase,
      turns.map(({ after, live }) => ({ after, live: live === undefined ? undefined : publishedBlueprint(live) })),
    );
  }
  const liveAt = (useCase: string, time: number): PublishedBlueprint | undefined =>
    spans.get(useCase)?.findLast(({ after }) => after < time)?.live;
  return {
    at: (useCase, time) => liveAt(useCase, time)?.compiled,
    from(useCase, time) {
      const later = (spans.get(useCase) ?? []).filter(({ after }) => after >= time);
      return [liveAt(useCase, time), ...later.map(({ live }) => live)]
        .map((each) => each?.compiled)
        .filter((each) => each !== undefined);
    },
    version: (useCase, version) => versions.get(`${useCase}/${version}`)?.compiled,
    all: () => readable,
    useCases: () => [...spans.keys()].sort(),
    problem: (useCase, version) => problems.get(`${useCase}/${version}`),
    problemAt: (useCase, time) => liveAt(useCase, time)?.problem,
    unreadable: () => [...problems.keys()].sort(),
  };
}
