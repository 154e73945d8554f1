import { parametersOf, type CompiledBlueprint } from "../../../blueprints/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { allLearners } from "../../../trainer/learners/registry.ts";
import type { SearchLedger } from "../../../trainer/search/ledger.ts";
import { random } from "../../blueprints/random.ts";

/** A use case of parcels; its label, its model and its exploration are the parts. */
export const blueprintText = (parts: readonly string[]): string => `
useCase: parcels
decisionSpace: { options: { carrier: category, speed: number } }
context: { weight: number, distance: number, fragile: boolean, day: category }
features: [weight, distance, fragile, day, carrier, speed]
observations: { minutes: number }
policy: { choose: 0 - speed }
${parts.join("\n")}
`;

const CARRIERS = ["air", "bike", "road", "sea", "übernacht"];
const DAYS = ["mo", "tu", "we", "th", "fr", "sa", "su"];
const UNSEEN = ["rail", "AIR", "", "😀"];
/** Numbers that products send by mistake, and the ends of float32. */
const STRANGE = [0, -0, 1e30, -1e30, 3e38, -3e38, 1e300, -1e300, 1e-40, -1e-40, 5e-324, 16_777_217, 1e6 + 0.03125];

type Cells = Readonly<Record<string, string | number | null>>;

/** Parcels are slow that are heavy, far and fragile, and on Sundays; by bike the more so. */
function parcel(next: () => number): { readonly cells: Cells; readonly minutes: number } {
  const [weight, distance, speed] = [30 * next(), Math.exp(12 * next()), 10 * next()];
  const fragile = next() < 0.3 ? 1 : 0;
  const day = DAYS[Math.floor(7 * next())]!;
  const carrier = CARRIERS[Math.floor(CARRIERS.length * next())]!;
  const byBike = carrier === "bike" ? weight * 0.8 : 0;
  const minutes = weight + 2 * Math.log(distance) + byBike + 8 * fragile + (day === "su" ? 15 : 0) - speed;
  return {
    cells: { weight, distance, fragile, day, carrier, speed },
    minutes: Math.max(0, minutes + 10 * (next() - 0.5)),
  };
}

const withMissing = (cells: Cells, share: number, next: () => number): Cells =>
  Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, next() < share ? null : value]));

/** Rows to learn from, with the columns of the blueprint's labels. */
export function learntRows({ blueprint }: CompiledBlueprint, count: number): TrainingRow[] {
  const next = random(86);
  return Array.from({ length: count }, (_, at) => {
    const { cells, minutes } = parcel(next);
    const values: Readonly<Record<string, number>> = {
      late: minutes > 40 ? 1 : 0,
      ...{ minutes, most: minutes },
      delay_none: minutes < 25 ? 1 : 0,
      delay_some: minutes >= 25 && minutes < 50 ? 1 : 0,
      delay_lost: minutes >= 50 ? 1 : 0,
    };
    const columns = blueprint.labels.map(({ name }) => [
      blueprint.labels.length === 1 ? "label" : `label_${name}`,
      values[name],
    ]);
    const row = { decisionId: `d${at}`, optionId: "a", decisionTime: at * 60_000, ...withMissing(cells, 0.1, next) };
    return { ...row, ...Object.fromEntries(columns) } as TrainingRow;
  });
}

/** Rows to predict: a fifth of their values is missing, a tenth of the categories unseen, a tenth of the numbers strange. */
export function strangeRows(count: number): TrainingRow[] {
  const next = random(68);
  const strange = (value: string | number | null): string | number | null => {
    if (next() >= 0.1) return value;
    const others = typeof value === "string" ? UNSEEN : STRANGE;
    return others[Math.floor(others.length * next())]!;
  };
  return Array.from({ length: count }, (_, at) => {
    const { cells } = parcel(next);
    const seen = Object.entries(cells).map(([name, value]) => [name, strange(value)]);
    return {
      decisionId: `n${at}`,
      ...withMissing(Object.fromEntries(seen) as Cells, 0.2, next),
    } as unknown as TrainingRow;
  });
}

/** A search that has chosen a blend of all learners that learn the label. */
export function blended({ blueprint }: CompiledBlueprint): SearchLedger {
  const objective = blueprint.label.oneOf === undefined ? blueprint.label.objective : "multiclass";
  const trials = allLearners()
    .filter(({ kind, space }) => space !== undefined && kind.objectives.includes(objective.split("(")[0] as "binary"))
    .map(({ kind }) => ({
      ...{ learner: kind.name, dropped: [], sampleLoss: 1, loss: 1, steps: null, seconds: 0 },
      parameters: Object.fromEntries(
        Object.entries(parametersOf(kind)).map(([name, { fallback }]) => [name, fallback]),
      ),
    }));
  return { trials, chosen: trials.map((_, at) => at), loss: 1, judgedBy: 300 };
}
