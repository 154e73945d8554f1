import { meant } from "../blueprints/index.ts";
import { countsAsUnknown, type MisfitPlace, type TellMisfit, type ToldMisfit } from "../operators/index.ts";
import { recordLimits } from "../schemas/index.ts";
import { shortened, silent, type Log, type Metrics } from "../streams/index.ts";

const { misfitNames, statsNameBytes } = recordLimits;
/** Stands for all names past the first ones. */
const OTHER = "(other)";
const MOST_ACTIONS = 12;

/**
 * Counts entries that count for nothing, and warns of each name once in the life of the process, with the nearest known
 * name. The first `misfitNames` names of a use case and place are told apart; all others are counted together.
 */
export function misfitReport(metrics: Metrics, log: Log = silent): TellMisfit {
  const told = new Map<string, Set<string>>();
  return (misfit) => {
    const { useCase, what, problem } = misfit;
    const counter = countsAsUnknown(problem) ? metrics.unknownFields : metrics.unusableValues;
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
  candidates: "candidate",
};

function textOf({ useCase, what, name, problem, known }: ToldMisfit): string {
  const subject = `${SUBJECTS[what]} ${JSON.stringify(name)}${useCase === "" ? "" : ` of use case ${useCase}`}`;
  if (problem === "repeated") return `${subject} is there twice in one request: the first one counts, with its entries`;
  if (problem === "noOptions")
    return `candidates of use case ${useCase} count for nothing: its policy neither chooses nor ranks options`;
  if (problem === "late")
    return `feature ${JSON.stringify(name)} of use case ${useCase} is missing: the instance that keeps its events did not answer in time`;
  if (problem === "unusable") return `${subject} holds a value that its type can't read: such values are missing`;
  const guess = meant(name, known);
  if (problem === "noAction") {
    const actions = guess === null ? `its actions are ${someOf(known)}` : `did you mean ${JSON.stringify(guess)}?`;
    return `${subject} is no action of the blueprint, so it counts for nothing (${actions})`;
  }
  const hint = guess === null ? "declare it, or leave it out" : `did you mean ${JSON.stringify(guess)}?`;
  const who = useCase === "" ? "no blueprint knows it" : "the blueprint does not know it";
  return `${subject}: ${who}, so it counts for nothing (${hint})`;
}

const someOf = (names: Iterable<string>): string => {
  const all = [...names].map((name) => JSON.stringify(name));
  return all.length > MOST_ACTIONS ? `${all.slice(0, MOST_ACTIONS).join(", ")}, …` : all.join(", ");
};
