import { kindOf, misfits } from "../../blueprints/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import { misfitsByName } from "../globals/index.ts";
import type { PendingObservation } from "./known.ts";
import { compiledOf, type JoinContext } from "./parts.ts";

const noEntries = Object.freeze({});
const noHeaders = Object.freeze({});

/**
 * Reports to the monitor the entries of an observation that count for nothing with this decision. Call it once for each
 * pair.
 */
export function tellMisfits(
  { values, time }: PendingObservation,
  decision: DecisionRecorded,
  id: string,
  context: JoinContext,
): void {
  const declared = compiledOf(decision, context)?.declared;
  if (declared === undefined) return;
  const found = misfits(declared.observations, values);
  const named = kindOf(values);
  const kind = named === null || declared.kinds === null || declared.kinds.has(named) ? null : named;
  if (found.length === 0 && kind === null) return;
  const { useCase, blueprintVersion } = decision;
  const value = { useCase, blueprintVersion, entries: misfitsByName(found) ?? noEntries, kind };
  context.emit("misfits", { key: id, value, time, headers: noHeaders });
}
