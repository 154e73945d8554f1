import type { Blueprint, LearningMode } from "../../../blueprints/index.ts";
import { agreementNow, type AgreementNow } from "../../../loop/index.ts";
import { shownTime } from "../../text/output.ts";
import type { Reading } from "./versions.ts";
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
  /** With the product, of an apprentice; null: it is none. */
  readonly agreement: AgreementNow | null;
}

/** @param version absent: the live one */
export const versionNow = (known: ValidBlueprints, useCase: string, version: string | undefined): Blueprint =>
  askedVersion(known, useCase, version, version === undefined ? Date.now() : undefined).blueprint;

/** @param version absent: the live one */
export async function modeNow(
  tools: Reading,
  known: ValidBlueprints,
  useCase: string,
  version: string | undefined,
): Promise<ModeNow> {
  const blueprint = versionNow(known, useCase, version);
  const modeAt = (time: number): LearningMode => known.mode(useCase, blueprint.version, time);
  const { mode, holdout } = blueprint.learning;
  const agreement = await agreementNow(tools, known, { useCase, version: blueprint.version }, Date.now());
  return {
    ...{ useCase, version: blueprint.version, mode: modeAt(Date.now()), default: mode },
    ...{ last: modeAt(Number.MAX_SAFE_INTEGER), holdout, agreement },
  };
}

export function modeText({ useCase, version, mode, last, holdout, agreement }: ModeNow): string {
  const toCome = last === mode ? "" : `, ${last} to come`;
  const out = holdout === 0 ? "" : `; ${Number((holdout * 100).toPrecision(12))} % of the units are held out`;
  return [`${useCase} ${version}: ${mode}${toCome}${out}`, ...agreementText(agreement)].join("\n");
}

function agreementText(agreement: AgreementNow | null): readonly string[] {
  if (agreement === null) return [];
  const { over, promote, proposed } = agreement;
  const asked =
    promote === null
      ? ""
      : `; ${shownShare(promote.agreement)}${promote.positions === "first" ? " in the first position" : ""} of ${promote.decisions} are asked for`;
  if (over === null) return promote === null ? [] : [`agreement: no whole hour is counted yet${asked}`];
  const first = over.agreed === over.agreedFirst ? "" : `, ${shownShare(over.agreementFirst)} in the first position`;
  const span = `from ${shownTime(over.from)} to ${shownTime(over.to)}`;
  const line = `agreement: ${shownShare(over.agreement)} of ${over.decisions} decisions${first}, ${span}${asked}`;
  if (proposed === null) return [line];
  return [line, `promotion proposed ${shownTime(proposed.time)}; to let the policy act, run: ${proposed.command}`];
}

/** As a percentage; a share below all is never shown as all. */
const shownShare = (share: number): string => `${Math.floor(Number((share * 10_000).toPrecision(12))) / 100} %`;
