import {
  checkModel,
  learnerWith,
  objectiveKind,
  parametersOf,
  shareOf,
  type ModelConfig,
  type Objective,
} from "../../blueprints/index.ts";
import type { Learner } from "../learners/learner.ts";

/** What one trial fits. */
export interface Candidate {
  readonly model: ModelConfig;
  /** Whether its parameters were drawn; the others are those that the learner names. */
  readonly isDrawn: boolean;
  /** Columns that it does without. */
  readonly dropped: readonly number[];
}

/** Of the candidates that are drawn, so many do without some of the columns. */
const WITH_FEWER = 0.4;

/**
 * The candidates of a search, one after the other: those that each learner names first, then parameters that are drawn.
 * Each follows from the seed and its own number, whatever was tried before.
 *
 * @param given parameters of every candidate: learners that lack one of them are not tried
 */
export function candidatesOf(
  learners: readonly Learner[],
  objective: Objective,
  columns: number,
  seed: number,
  given: Readonly<Record<string, unknown>> = {},
): (trial: number) => Candidate | undefined {
  const able = learners.filter(
    ({ kind, space }) =>
      space !== undefined &&
      Object.keys(given).every((name) => Object.hasOwn(parametersOf(kind), name)) &&
      learnerWith(kind, given).objectives.includes(objectiveKind(objective)),
  );
  const named = able.map((learner) => ({ learner, first: learner.space!.first }));
  const longest = Math.max(0, ...named.map(({ first }) => first.length));
  // Each learner's first before any learner's second.
  const first = Array.from({ length: longest }, (_, at) =>
    named.flatMap(({ learner, first: some }) => (some[at] === undefined ? [] : [{ learner, parameters: some[at] }])),
  ).flat();
  const drawn = able.filter(({ space }) => space!.more !== undefined);
  return (trial) => {
    if (trial < first.length) {
      const { learner, parameters } = first[trial]!;
      return { model: modelOf(learner, objective, seed, { ...parameters, ...given }), dropped: [], isDrawn: false };
    }
    if (drawn.length === 0) return undefined;
    const draw = (name: string): number => shareOf(`${seed}\0${trial}\0${name}`);
    // Trees have most to gain from it, and come first: two of three draws are theirs.
    const others = drawn.slice(1);
    const isFirst = others.length === 0 || draw("learner") < 2 / 3;
    const learner = isFirst ? drawn[0]! : others[Math.floor(draw("other") * others.length)]!;
    const model = modelOf(learner, objective, seed, { ...learner.space!.more!(draw), ...given });
    const dropped = draw("fewer") < WITH_FEWER ? droppedOf(columns, draw) : [];
    return { model, dropped, isDrawn: true };
  };
}

/** A tenth to a half of the columns, and never all. */
function droppedOf(columns: number, draw: (name: string) => number): readonly number[] {
  const share = 0.1 + 0.4 * draw("share");
  const some = Array.from({ length: columns }, (_, column) => column).filter(
    (column) => draw(`column ${column}`) < share,
  );
  return some.length === columns ? some.slice(1) : some;
}

function modelOf(
  { kind }: Learner,
  objective: Objective,
  seed: number,
  parameters: Readonly<Record<string, unknown>>,
): ModelConfig {
  const unsaid = Object.entries(parametersOf(kind)).map(([name, { fallback }]) => [name, fallback] as const);
  const model = { objective, learner: kind.name, ...Object.fromEntries(unsaid), ...parameters, seed } as ModelConfig;
  checkModel(model);
  return model;
}
