import type { BlueprintPublished } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import { compileBlueprint, type CompiledBlueprint } from "./compiled-blueprint.ts";

interface Span {
  /** Valid after this event time, ms. */
  readonly after: number;
  /** `undefined`: no version is live. */
  readonly compiled: CompiledBlueprint | undefined;
}

/** The versions of the blueprint table, compiled, and which of them is valid when. */
export interface ValidBlueprints {
  /** The version live at an event time: the newest activation strictly before it. */
  at(useCase: string, time: number): CompiledBlueprint | undefined;
  /** The versions that are live at an event time or will be later, in their order. */
  from(useCase: string, time: number): readonly CompiledBlueprint[];
  version(useCase: string, version: string): CompiledBlueprint | undefined;
  all(): readonly CompiledBlueprint[];
  useCases(): readonly string[];
}

const cache = new WeakMap<GlobalView<BlueprintPublished>, { version: number; valid: ValidBlueprints }>();
const compiledByText = new Map<string, CompiledBlueprint>();

/** Kept until the table changes. */
export function validBlueprints(view: GlobalView<BlueprintPublished>): ValidBlueprints {
  const kept = cache.get(view);
  if (kept?.version === view.version) return kept.valid;
  const valid = index([...view.values()]);
  cache.set(view, { version: view.version, valid });
  return valid;
}

function compiled(record: BlueprintPublished): CompiledBlueprint {
  let blueprint = compiledByText.get(record.text);
  if (blueprint === undefined) compiledByText.set(record.text, (blueprint = compileBlueprint(record.text)));
  return blueprint;
}

function index(records: readonly BlueprintPublished[]): ValidBlueprints {
  const versions = new Map(records.map((record) => [`${record.useCase}/${record.version}`, compiled(record)]));
  const spans = new Map<string, Span[]>();
  for (const useCase of new Set(records.map((record) => record.useCase))) {
    spans.set(useCase, timeline(records.filter((record) => record.useCase === useCase)));
  }
  const at: ValidBlueprints["at"] = (useCase, time) => {
    const line = spans.get(useCase);
    if (line === undefined) return undefined;
    for (let i = line.length - 1; i >= 0; i--) if (line[i]!.after < time) return line[i]!.compiled;
    return undefined;
  };
  return {
    at,
    from(useCase, time) {
      const later = (spans.get(useCase) ?? []).filter(({ after }) => after >= time);
      return [at(useCase, time), ...later.map(({ compiled }) => compiled)].filter((each) => each !== undefined);
    },
    version: (useCase, version) => versions.get(`${useCase}/${version}`),
    all: () => [...versions.values()],
    useCases: () => [...spans.keys()].sort(),
  };
}

/** Turning a version live replaces the one before; turning the live one off leaves none. */
function timeline(records: readonly BlueprintPublished[]): Span[] {
  const changes = records
    .flatMap((record) => record.activations.map(({ time, live }) => ({ time, live, record })))
    .sort((a, b) => a.time - b.time || (a.record.version < b.record.version ? -1 : 1));
  const spans: Span[] = [];
  let live: BlueprintPublished | undefined;
  for (const { time, live: on, record } of changes) {
    if (on) live = record;
    else if (live?.version === record.version) live = undefined;
    spans.push({ after: time, compiled: live === undefined ? undefined : compiled(live) });
  }
  return spans;
}
