import type { ModelRecorded } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import { derivedView } from "../derived-view.ts";
import { heldAt, lastOfEachTime, timeline, type Span } from "../timeline.ts";

/** The models of a blueprint version that are at work at one time. */
export interface ModelsAt {
  /** `undefined` before the first, and after a withdrawal. */
  readonly production: ModelRecorded | undefined;
}

const none: ModelsAt = Object.freeze({ production: undefined });

type ByVersion = ReadonlyMap<string, readonly Span<ModelsAt>[]>;

const timelines = derivedView<ModelRecorded, ReadonlyMap<string, ByVersion>>((view) => {
  const byUseCase = Map.groupBy(view.values(), ({ useCase }) => useCase);
  return new Map(
    [...byUseCase].map(([useCase, models]) => {
      const byVersion = Map.groupBy(models, ({ blueprintVersion }) => blueprintVersion);
      return [useCase, new Map([...byVersion].map(([version, group]) => [version, modelTimeline(group)]))];
    }),
  );
});

/** The models of a blueprint version at an event time, ms: states that were entered strictly before it count. */
export function modelsAt(
  view: GlobalView<ModelRecorded>,
  useCase: string,
  blueprintVersion: string,
  time: number,
): ModelsAt {
  const spans = timelines(view).get(useCase)?.get(blueprintVersion);
  return spans === undefined ? none : (heldAt(spans, time) ?? none);
}

interface Move {
  readonly time: number;
  readonly state: string;
  readonly model: ModelRecorded;
}

function modelTimeline(models: readonly ModelRecorded[]): readonly Span<ModelsAt>[] {
  const moves = models.flatMap((model) => {
    const counting = model.states.filter(({ state }) => states.has(state));
    return lastOfEachTime(counting).map(({ state, time }): Move => ({ state, time, model }));
  });
  return timeline(moves, tie, apply);
}

/** States that change which models are at work. */
const states: ReadonlySet<string> = new Set(["production", "retired", "withdrawn"]);

function apply(held: ModelsAt = none, { state, model }: Move): ModelsAt {
  if (state === "production") return { production: model };
  return held.production?.modelId === model.modelId ? none : held;
}

/** At one moment models leave before others come. */
function tie(a: Move, b: Move): number {
  return comes(a) - comes(b) || (a.model.modelId < b.model.modelId ? -1 : 1);
}

const comes = ({ state }: Move): number => (state === "production" ? 1 : 0);
