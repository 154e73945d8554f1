import { meant } from "../blueprints/index.ts";
import type { MisfitPlace, TellMisfit, ToldMisfit } from "../operators/index.ts";
import { recordLimits } from "../schemas/index.ts";
import { shortened, silent, type Log, type Metrics } from "../streams/index.ts";

const { misfitNames, statsNameBytes } = recordLimits;
/** Stands for all names past the first ones. */
const OTHER = "(other)";

/**
 * Counts entries that count for nothing, and warns of each name once in the life of the process, with the nearest known
 * name. The first `misfitNames` names of a use case and place are told apart; all others are counted together.
 */
export function misfitReport(metrics: Metrics, log: Log = silent): TellMisfit {
  const told = new Map<string, Set<string>>();
  return (misfit) => {
    const { useCase, what, problem } = misfit;
    const counter = problem === "unknown" ? metrics.unknownFields : metrics.unusableValues;
    const place = `${what} ${problem} ${useCase}`;
    let names = told.get(place);
    if (names === undefined) told.set(place, (names = new Set()));
    const name = shortened(misfit.name, statsNameBytes);
    const isNew = !names.has(name);
    const isOther = isNew && names.size >= misfitNames;
    counter.inc({ use_case: useCase, what, name: isOther ? OTHER : name });
    if (!isNew || isOther) return;
    names.add(name);
    log.warn({ useCase, what, name }, textOf({ ...misfit, name }));
    if (names.size < misfitNames) return;
    log.warn({ useCase, what }, `${misfitNames} such names of one place were told: others are counted as ${OTHER}`);
  };
}

const SUBJECTS: Readonly<Record<MisfitPlace, string>> = {
  context: "context entry",
  observation: "observation field",
  kind: "event kind",
};

function textOf({ useCase, what, name, problem, known }: ToldMisfit): string {
  const subject = `${SUBJECTS[what]} ${JSON.stringify(name)}${useCase === "" ? "" : ` of use case ${useCase}`}`;
  if (problem === "unusable") return `${subject} holds a value that its type can't read: such values are missing`;
  const guess = meant(name, known);
  const hint = guess === null ? "declare it, or leave it out" : `did you mean ${JSON.stringify(guess)}?`;
  const who = useCase === "" ? "no blueprint knows it" : "the blueprint does not know it";
  return `${subject}: ${who}, so it counts for nothing (${hint})`;
}
