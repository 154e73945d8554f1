import type { ModelRecorded, ModelState, ModelStateName } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import { derivedView } from "../derived-view.ts";
import { heldAt, lastOfEachTime, timeline, type Span } from "../timeline.ts";

/** A model that decides for a share of the units, on trial. */
export interface Canary {
  readonly model: ModelRecorded;
  /** From 0 to 1. */
  readonly share: number;
  /** What the share is of. It may be a word of a newer release. */
  readonly by: ModelState["by"];
}

/** The models of a blueprint version at one time. A model has one role only. */
export interface ModelsAt {
  /** `undefined` before the first model, and after a withdrawal. */
  readonly production: ModelRecorded | undefined;
  readonly canary: Canary | undefined;
  /** Models that are scored for comparison and never decide, in the order of their ids. */
  readonly shadows: readonly ModelRecorded[];
  /** Event time of the newest change of these models, ms; -Infinity: there was none. */
  readonly since: number;
}

const none: ModelsAt = Object.freeze({
  production: undefined,
  canary: undefined,
  shadows: Object.freeze([]),
  since: Number.NEGATIVE_INFINITY,
});

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

/** The models of a blueprint version at an event time, ms. States that were entered strictly before it count. */
export function modelsAt(
  view: GlobalView<ModelRecorded>,
  useCase: string,
  blueprintVersion: string,
  time: number,
): ModelsAt {
  const spans = timelines(view).get(useCase)?.get(blueprintVersion);
  return spans === undefined ? none : (heldAt(spans, time) ?? none);
}

interface Move extends ModelState {
  readonly model: ModelRecorded;
}

function modelTimeline(models: readonly ModelRecorded[]): readonly Span<ModelsAt>[] {
  const moves = models.flatMap((model) => {
    const counting = model.states.filter(({ state }) => places.has(state));
    return lastOfEachTime(counting).map((state): Move => ({ ...state, model }));
  });
  return timeline(moves, tie, apply);
}

type Place = (without: ModelsAt, move: Move) => ModelsAt;

const out: Place = (without) => without;
/** The role that each state gives to a model. Any other state, such as one of a newer release, changes nothing. */
const places: ReadonlyMap<string, Place> = new Map<ModelStateName, Place>([
  ["shadow", (at, { model }) => ({ ...at, shadows: [...at.shadows, model].sort(byId) })],
  ["canary", (at, { model, share, by }) => ({ ...at, canary: { model, share: share ?? 0, by } })],
  ["production", (at, { model }) => ({ ...at, production: model })],
  ["retired", out],
  ["withdrawn", out],
]);

function apply(held: ModelsAt = none, move: Move): ModelsAt {
  const { modelId } = move.model;
  const without = {
    production: held.production?.modelId === modelId ? undefined : held.production,
    canary: held.canary?.model.modelId === modelId ? undefined : held.canary,
    shadows: held.shadows.filter((model) => model.modelId !== modelId),
    since: move.time,
  };
  return places.get(move.state)!(without, move);
}

/** At the same moment models leave before others come. */
function tie(a: Move, b: Move): number {
  return comes(a) - comes(b) || byId(a.model, b.model);
}

const comes = ({ state }: Move): number => (places.get(state) === out ? 0 : 1);
const byId = (a: ModelRecorded, b: ModelRecorded): number => (a.modelId < b.modelId ? -1 : 1);
