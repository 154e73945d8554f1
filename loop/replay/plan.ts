import { hash } from "node:crypto";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { joinDefaults } from "../../operators/index.ts";
import { clock, decisionRequests, DomainError, rowsTopicName } from "../../schemas/index.ts";
import {
  isEventTime,
  readRaw,
  readTable,
  readTopic,
  type Backbone,
  type Pacing,
  type Refused,
  type Serdes,
} from "../../streams/index.ts";
import { missingFeatures } from "./missing.ts";

export interface ReplayRequest {
  readonly useCase: string;
  /** Decision times `[from, to)`, ms. Absent: everything that is retained. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Makes every decision, instead of the version that was live at its time. */
  readonly blueprintVersion?: string | undefined;
  /** The topic for the rows. Absent: a topic of the replay's own. */
  readonly into?: string | undefined;
}

/** The reason that a replay is impossible, in words for the person who asked. */
export class ReplayError extends DomainError {
  override readonly name = "ReplayError";

  constructor(message: string, cause?: unknown) {
    super("REPLAY_REFUSED", message, cause);
  }
}

export interface ReplayPlan {
  /** Bounds of the decision times that can be replayed, ms: the first, and one past the last. */
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly horizon: number;
  /** The versions whose rows the replay makes. */
  readonly versions: readonly CompiledBlueprint[];
  /** The farthest look back of its windows, ms. */
  readonly windowMs: number;
  /** Features that can't be computed, each with the reason: see `missingFeatures`. */
  readonly missing: readonly string[];
}

/** The last time that a replay's clock tells, ms. */
export const lastTick = ({ to, horizon }: Pick<ReplayPlan, "to" | "horizon">): number => Math.max(to, horizon - 1);

/** The same request has the same name, and so continues a former run. */
export function replayName({ useCase, from, to, blueprintVersion, into }: ReplayRequest): string {
  const words = [useCase, from ?? "start", to ?? "end", blueprintVersion ?? "live", into ?? ""];
  return hash("sha256", words.join("\0")).slice(0, 8);
}

/** Farthest lag of a decision behind its observations, ms. */
export const ORPHAN_MS = joinDefaults.orphanMs;

/**
 * Looks at the topics and makes the plan. Rejects with `ReplayError` if there is nothing to do, or something needed is
 * missing.
 * @param refused records that the live loop refused for their time: they are not made again.
 */
export async function planReplay(
  backbone: Backbone,
  serdes: Serdes,
  request: ReplayRequest,
  refused: Refused,
  pacing?: Pacing,
): Promise<ReplayPlan> {
  const versions = await versionsOf(backbone, serdes, request);
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, useCase, into } = request;
  if (from >= to) throw new ReplayError(`--from ${iso(from)} is not before --to ${iso(to)}`);
  let [first, last, requests] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let newest = await clockTime(backbone, serdes);
  for await (const records of readRaw(backbone, decisionRequests.name)) {
    for (const { timestamp, partition, offset } of records) {
      if (!isEventTime(timestamp) || refused.has(decisionRequests.name, partition, offset)) continue;
      newest = Math.max(newest, timestamp);
      if (timestamp < from || timestamp >= to) continue;
      first = Math.min(first, timestamp);
      last = Math.max(last, timestamp);
      requests++;
    }
  }
  if (requests === 0) {
    throw new ReplayError(
      `there is no request ${Number.isFinite(from) ? `from ${iso(from)} ` : ""}${Number.isFinite(to) ? `to ${iso(to)} ` : ""}on ` +
        `${decisionRequests.name} of ${useCase}${into === undefined ? "" : ` for ${into}`}: give other times, or import history first`,
    );
  }
  const ttlMs = Math.max(...versions.map(({ blueprint }) => blueprint.join.ttlMs));
  const end = last + 1;
  const windowMs = Math.max(0, ...versions.flatMap(({ groups }) => groups.map(({ retentionMs }) => retentionMs)));
  const known = validBlueprints(await readTable(backbone, serdes, blueprintTable));
  const looked = {
    backbone,
    serdes,
    known,
    useCase,
    blueprintVersion: request.blueprintVersion,
    from: first,
    to: end,
    windowMs,
    refused,
    pacing,
  };
  return {
    from: first,
    to: end,
    requests,
    // What came at the time at which the live clock stands is included.
    horizon: Math.max(end, Math.min(end + ttlMs, newest) + 1),
    versions,
    windowMs,
    missing: await missingFeatures(looked),
  };
}

/** The versions whose decisions a replay makes. */
export async function versionsOf(
  backbone: Backbone,
  serdes: Serdes,
  { useCase, blueprintVersion }: Pick<ReplayRequest, "useCase" | "blueprintVersion">,
): Promise<readonly CompiledBlueprint[]> {
  const known = validBlueprints(await readTable(backbone, serdes, blueprintTable));
  const all = known.all().filter(({ blueprint }) => blueprint.useCase === useCase);
  const names = known.unreadable().filter((name) => name.startsWith(`${useCase}/`));
  if (all.length === 0 && names.length > 0) {
    throw new ReplayError(`no blueprint of use case "${useCase}" can be read by this release: ${names.join(", ")}`);
  }
  if (all.length === 0) {
    throw new ReplayError(`unknown use case "${useCase}": known are ${known.useCases().join(", ") || "none"}`);
  }
  if (blueprintVersion === undefined) return all;
  const forced = known.version(useCase, blueprintVersion);
  if (forced !== undefined) return [forced];
  const problem = known.problem(useCase, blueprintVersion);
  if (problem !== undefined) throw new ReplayError(problem);
  const published = all.map(({ blueprint }) => blueprint.version).join(", ");
  throw new ReplayError(
    `use case "${useCase}" has no blueprint version ${blueprintVersion}: published are ${published}; ` +
      "loopstream blueprint publish FILE --not-live adds one",
  );
}

/** Event time of the live group, ms: never past now, even if a tick is. */
async function clockTime(backbone: Backbone, serdes: Serdes, now = Date.now()): Promise<number> {
  let time = Number.NEGATIVE_INFINITY;
  const live = { ...clock, name: `live-${clock.name}` };
  for await (const { value, time: stamp } of readTopic(backbone, serdes, live)) {
    const said = Math.min(value.time, stamp, now);
    if (isEventTime(said)) time = Math.max(time, said);
  }
  return time;
}

export const liveRowsTopic = rowsTopicName;
const iso = (time: number): string => new Date(time).toISOString();
