import type { ModelRecorded } from "../schemas/index.ts";
import type { GlobalView } from "../streams/index.ts";

interface Span {
  /** Holds after this event time, ms. */
  readonly after: number;
  readonly model: ModelRecorded | undefined;
}

const cache = new WeakMap<
  GlobalView<ModelRecorded>,
  { version: number; spans: ReadonlyMap<string, readonly Span[]> }
>();

/**
 * The model in production for a blueprint version at an event time: states that were entered strictly before it count. `undefined` before the
 * first, and after a withdrawal.
 */
export function productionModel(
  view: GlobalView<ModelRecorded>,
  useCase: string,
  blueprintVersion: string,
  time: number,
): ModelRecorded | undefined {
  let kept = cache.get(view);
  if (kept?.version !== view.version) cache.set(view, (kept = { version: view.version, spans: index(view.values()) }));
  const spans = kept.spans.get(`${useCase}/${blueprintVersion}`);
  if (spans === undefined) return undefined;
  for (let i = spans.length - 1; i >= 0; i--) if (spans[i]!.after < time) return spans[i]!.model;
  return undefined;
}

function index(models: Iterable<ModelRecorded>): ReadonlyMap<string, readonly Span[]> {
  const byVersion = Map.groupBy(models, ({ useCase, blueprintVersion }) => `${useCase}/${blueprintVersion}`);
  return new Map([...byVersion].map(([key, group]) => [key, timeline(group)]));
}

function timeline(models: readonly ModelRecorded[]): readonly Span[] {
  const changes = models
    .flatMap((model) => model.states.map(({ state, time }) => ({ state, time, model })))
    .filter(({ state }) => state === "production" || state === "retired" || state === "withdrawn")
    .sort((a, b) => a.time - b.time || rank(a.state) - rank(b.state) || (a.model.modelId < b.model.modelId ? -1 : 1));
  const spans: Span[] = [];
  let current: ModelRecorded | undefined;
  for (const { state, time, model } of changes) {
    if (state === "production") current = model;
    else if (current?.modelId === model.modelId) current = undefined;
    spans.push({ after: time, model: current });
  }
  return spans;
}

/** At one moment the old model goes before the new one comes. */
const rank = (state: string): number => (state === "production" ? 1 : 0);
