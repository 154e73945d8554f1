import { figureText } from "../../figure-text.ts";
import type { GuardrailFigures } from "../guardrail-figures.ts";
import type { LadderCheck, LadderVerdict } from "../ladder-check.ts";
import { LEAST_UNITS } from "../least-units.ts";

const figure = (value: number): string => figureText(value, 4);

/**
 * What the blueprint guards is not made worse by more than it allows. Proved worse by more: the model fails. Worse by more
 * so far: it waits for more decisions.
 */
export const guardrails: LadderCheck = {
  name: "guardrails",
  verdict({ state, guardrails: all }) {
    if (state.state !== "canary" || all.length === 0) return undefined;
    const verdicts = all.map(verdictOf);
    const kind =
      (["fail", "wait"] as const).find((each) => verdicts.some((verdict) => verdict.kind === each)) ?? "pass";
    const told = verdicts.filter((verdict) => verdict.kind === kind);
    return { kind, reason: told.map(({ reason }) => reason).join("; ") };
  },
};

function verdictOf({ name, direction, most, canary, production }: GuardrailFigures): LadderVerdict {
  if (canary === undefined || production === undefined || Math.min(canary.units, production.units) < LEAST_UNITS) {
    const units = `${canary?.units ?? 0} units of the canary and ${production?.units ?? 0} others`;
    return { kind: "wait", reason: `${name} is known of ${units}, and ${LEAST_UNITS} of each are needed` };
  }
  const isRise = direction === "rise";
  const allowed = most * Math.abs(production.mean);
  const worse = isRise ? canary.mean - production.mean : production.mean - canary.mean;
  const proved = isRise ? canary.low - production.high : production.low - canary.high;
  const figures = `${name} is ${figure(canary.mean)} of ${canary.units} units of the canary and ${figure(production.mean)} of ${production.units} others`;
  const bound = `${isRise ? "higher" : "lower"} by ${figure(allowed)} is allowed`;
  if (proved > allowed) return { kind: "fail", reason: `${figures}, and ${bound}` };
  if (worse > allowed) return { kind: "wait", reason: `${figures}, and ${bound}: not yet proved` };
  return { kind: "pass", reason: figures };
}
