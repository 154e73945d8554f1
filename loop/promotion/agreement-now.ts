import type { PromotionRule } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { newestAfterEach, readAgreedHours, shareOf, type AgreedOver } from "./agreed-hours.ts";
import { promotingCommand, proposedIn, readAlerts } from "./propose.ts";

/** How an apprentice agrees with its product. */
export interface AgreementNow {
  /** The newest whole hours, as many as the rule asks for, or all since the mode was set; null: none is counted yet. */
  readonly over: (AgreedOver & { readonly agreement: number; readonly agreementFirst: number }) | null;
  /** What the blueprint asks for; null: nothing. */
  readonly promote: PromotionRule | null;
  readonly proposed: {
    /** End of the last hour that it counts, event time in ms. */
    readonly time: number;
    readonly figures: Readonly<Record<string, number>>;
    /** Lets the policy act. */
    readonly command: string;
  } | null;
}

/** Of a published version; null: its mode is another one. Reads the whole topic of statistics. @param now event time, ms */
export async function agreementNow(
  tools: Pick<TopicTools, "backbone" | "serdes">,
  valid: ValidBlueprints,
  of: { readonly useCase: string; readonly version: string },
  now: number,
): Promise<AgreementNow | null> {
  const { useCase, version } = of;
  const { mode, since } = valid.modeHeld(useCase, version, now);
  if (mode !== "apprentice") return null;
  const promote = valid.version(useCase, version)?.blueprint.learning.promote ?? null;
  const hours = (await readAgreedHours(tools, new Set([useCase]))).of(useCase, version, since);
  const newest = [...newestAfterEach(hours, promote?.decisions ?? Number.POSITIVE_INFINITY)].at(-1);
  const apprentice = { useCase, version, since };
  const alert = proposedIn(await readAlerts(tools), apprentice);
  return {
    over:
      newest === undefined ? null : { ...newest, agreement: shareOf(newest), agreementFirst: shareOf(newest, "first") },
    promote,
    proposed:
      alert === undefined
        ? null
        : { time: alert.time, figures: { ...alert.figures }, command: promotingCommand(apprentice) },
  };
}
