import { type LearningMode } from "../../../blueprints/index.ts";
import { askedVersion, type ValidBlueprints } from "../../../catalogue/index.ts";

export interface ModeNow {
  readonly useCase: string;
  readonly version: string;
  readonly mode: LearningMode;
  /** As the text says. */
  readonly default: LearningMode;
  /** After all changes that are known, those to come too. */
  readonly last: LearningMode;
  /** Share of the units that are held out. */
  readonly holdout: number;
}

/** @param version absent: the live one */
export function modeNow(known: ValidBlueprints, useCase: string, version: string | undefined): ModeNow {
  const { blueprint } = askedVersion(known, useCase, version, version === undefined ? Date.now() : undefined);
  const modeAt = (time: number): LearningMode => known.mode(useCase, blueprint.version, time);
  const { mode, holdout } = blueprint.learning;
  return {
    ...{ useCase, version: blueprint.version, mode: modeAt(Date.now()), default: mode },
    ...{ last: modeAt(Number.MAX_SAFE_INTEGER), holdout },
  };
}

export function modeText({ useCase, version, mode, last, holdout }: ModeNow): string {
  const toCome = last === mode ? "" : `, ${last} to come`;
  const out = holdout === 0 ? "" : `; ${Number((holdout * 100).toPrecision(12))} % of the units are held out`;
  return `${useCase} ${version}: ${mode}${toCome}${out}`;
}
