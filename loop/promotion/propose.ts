import type { PromotionRule } from "../../blueprints/index.ts";
import { changeTable } from "../../catalogue/index.ts";
import { alerts, type Alert } from "../../schemas/index.ts";
import { globalTable, readTable, type GlobalView, type TopicTools } from "../../streams/index.ts";
import { shareOf, type AgreedOver } from "./agreed-hours.ts";

/** A version whose mode is apprentice. */
export interface Apprentice {
  readonly useCase: string;
  readonly version: string;
  /** It is so after this event time, ms; null: from its beginning. */
  readonly since: number | null;
}

const KIND = "promotion";
const alertTable = globalTable("alerts", alerts);
/** The newest proposal of a version replaces the one before for readers of the newest records. */
const keyOf = ({ useCase, version }: Apprentice): string => `${useCase}/${version}/${KIND}`;

export const readAlerts = (tools: Pick<TopicTools, "backbone" | "serdes">): Promise<GlobalView<Alert>> =>
  readTable(tools.backbone, tools.serdes, alertTable);

/** The promotion that is proposed for this span of its mode; `undefined`: there is none. */
export function proposedIn(table: GlobalView<Alert>, apprentice: Apprentice): Alert | undefined {
  const newest = table.get(keyOf(apprentice));
  return newest?.kind === KIND && newest.since === apprentice.since ? newest : undefined;
}

/** The command that lets the policy act. */
export const promotingCommand = ({ useCase, version }: Apprentice): string =>
  `loopstream blueprint mode ${useCase} ${version} --set online`;

/**
 * Proposes a promotion, once for a span of its mode: an ordered change, so of several processes one writes, and none after a kill.
 * @returns the record; `undefined`: it was there
 */
export function propose(
  tools: TopicTools,
  apprentice: Apprentice,
  over: AgreedOver,
  rule: PromotionRule,
): Promise<Alert | undefined> {
  return changeTable<Alert, Alert | undefined>(tools, alertTable, (now) => {
    if (proposedIn(now, apprentice) !== undefined) return { write: [], result: undefined };
    const value = alertOf(apprentice, over, rule);
    return { write: [{ key: keyOf(apprentice), value, time: value.time }], result: value };
  });
}

function alertOf(apprentice: Apprentice, over: AgreedOver, rule: PromotionRule): Alert {
  const { useCase, version, since } = apprentice;
  const { decisions, agreed, agreedFirst, from, to } = over;
  const agreement = shareOf(over, rule.positions);
  const [begin, end] = [from, to].map((time) => new Date(time).toISOString());
  const message =
    `the policy of ${version} proposed what the product did in ${rule.positions === "first" ? agreedFirst : agreed} of ${decisions} ` +
    `decisions from ${begin} to ${end}: an agreement of ${agreement.toFixed(4)}, and ${rule.agreement} is asked for; ` +
    `to let it act, run: ${promotingCommand(apprentice)}`;
  const figures = { agreement, decisions, agreed, agreedFirst };
  return { useCase, kind: KIND, message, time: to, blueprintVersion: version, since, figures };
}
