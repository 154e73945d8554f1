import { compareBlueprints, compileBlueprint, type Blueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import {
  activateVersion,
  blueprintTable,
  checkTypes,
  storeVersion,
  validBlueprints,
  withdrawVersion,
} from "../../catalogue/index.ts";
import { setTimeout as delay } from "node:timers/promises";
import { blueprints, type BlueprintPublished } from "../../schemas/index.ts";
import { checkTime, type GlobalView, readTable, type TopicTools } from "../../streams/index.ts";
import { applyRetention } from "../apply-retention.ts";
import { lackingEvents } from "./lacking-events.ts";
import { lackingRows, type Lacking } from "./lacking-rows.ts";
import { partialWindows, type PartialWindow } from "../instances/partial-windows.ts";
import { registerRows } from "./register-rows.ts";
import { runningInstances, type RunningInstances } from "../instances/running-instances.ts";
import { warmingOf, whenFull, type WaitOptions, type Warming } from "../instances/when-full.ts";

export interface PublishedVersion {
  readonly useCase: string;
  readonly version: string;
  /** Differences from the version that was live before; empty for the first one. */
  readonly changes: readonly string[];
  /** It was live already. */
  readonly unchanged: boolean;
  /** Live after this time, ms; null: it is not live. */
  readonly liveAfter: number | null;
  /** New windows that look back on events that are no longer retained. */
  readonly partial: readonly PartialWindow[];
  /** New windows that count none of the retained events, and new fields of tables that no row has. */
  readonly lacking: readonly Lacking[];
  /**
   * The running instances, and the events that they had to read when it went live. Null if nobody was asked: it brings
   * no windows, or no version answered before.
   */
  readonly warming: Warming | null;
}

export interface PublishOptions extends WaitOptions {
  /** Do not wait until running instances have filled its windows. Its decisions wait instead. */
  readonly atOnce?: boolean;
  /** Called before it goes live, if there are any. */
  readonly onLacking?: ((lacking: readonly Lacking[]) => void) | undefined;
}

/**
 * If instances run, a version goes live this long after its publication: each instance then knows it before its first
 * decision.
 */
const LEAD_MS = 1_000;

/**
 * Publishes a text and makes it live after `from`, ms; absent: after now, and the first version of a use case from the
 * beginning, so that history can be imported. Topics then keep their records as long as the live blueprints ask. A
 * version that was published before only becomes live again.
 *
 * If it brings windows and instances run, it goes live when all of them have filled these from the retained events;
 * until then the version before answers. With a `from` in the future it goes live then.
 */
export async function publishBlueprint(
  tools: TopicTools,
  text: string,
  from?: number,
  options: PublishOptions = {},
): Promise<PublishedVersion> {
  const compiled = compileBlueprint(text);
  const { blueprint } = compiled;
  const { useCase, version } = blueprint;
  if (from !== undefined) checkTime(from, "the time from which the blueprint is live");
  const table = await readTable(tools.backbone, tools.serdes, blueprintTable);
  const known = validBlueprints(table);
  const time = from ?? (known.useCases().includes(useCase) ? Date.now() : 0);
  const before = known.at(useCase, time + 1);
  const live = before?.blueprint;
  const none = { partial: [], lacking: [], warming: null };
  if (live?.version === version) {
    return { useCase, version, changes: [], unchanged: true, liveAfter: liveSince(table, live), ...none };
  }
  const stored = table.get(`${useCase}/${version}`);
  if (stored === undefined) checkTypes(blueprint, known);
  await registerRows(tools, compiled, live);
  const { changes, brought, tables, partial, lacking } = await broughtBy(
    tools,
    compiled,
    before,
    Math.max(time, from ?? Date.now()),
  );
  if (lacking.length > 0) options.onLacking?.(lacking);
  const asked = before !== undefined && brought.length + tables.length > 0;
  const found = asked ? await runningInstances(tools) : undefined;
  const runs = found !== undefined && found.running.length > 0;
  const stateIds = new Set([...brought.map(({ stateId }) => stateId), ...tables]);
  let warming: Warming | null = asked ? { instances: 0, ready: 0, eventsLeft: 0 } : null;
  /** Time at which it goes live; `undefined`: as soon as it is written. */
  let when = from;
  if (runs) {
    if (stored === undefined) await storeVersion(tools, { compiled, text }, found.now);
    const end = await blueprintsEnd(tools);
    if (options.atOnce !== true && time <= found.now) {
      const full = await whenFull(tools, end, stateIds, options);
      warming = { instances: full.running.length, ready: full.running.length, eventsLeft: 0 };
      when = from ?? full.now + LEAD_MS;
    } else {
      warming = warmingOf(await whenKnown(tools, end), end, stateIds);
      if (from === undefined) when = (await runningInstances(tools)).now;
    }
  }
  const { liveAfter, unchanged } = await activateVersion(tools, { compiled, text }, when);
  await applyRetention(tools);
  if (runs && liveAfter > found.now && from === undefined && options.atOnce !== true)
    await whenLive(tools, liveAfter, options);
  return { useCase, version, changes, unchanged, liveAfter, partial, lacking, warming };
}

interface Brought extends Pick<PublishedVersion, "changes" | "partial" | "lacking"> {
  /** Windows that the version before does not have. */
  readonly brought: CompiledBlueprint["groups"];
  /** Tables that the version before does not read. */
  readonly tables: readonly string[];
}

/** Compares a version with the one before it; its new windows are asked of the events that they look back on at a time, ms. */
async function broughtBy(
  tools: TopicTools,
  compiled: CompiledBlueprint,
  before: CompiledBlueprint | undefined,
  time: number,
): Promise<Brought> {
  const changes = before === undefined ? [] : compareBlueprints(before.blueprint, compiled.blueprint);
  const brought = compiled.groups.filter(({ stateId }) => !before?.groups.some((each) => each.stateId === stateId));
  return {
    changes: changes.map(({ text }) => text),
    brought,
    tables: compiled.tables.filter((table) => before?.tables.includes(table) !== true),
    partial: await partialWindows(tools.backbone, compiled, brought, time),
    lacking: [
      ...(await lackingEvents(tools, compiled, brought, time)),
      ...(await lackingRows(tools, compiled, before)),
    ],
  };
}

/** @returns the time since which the live version is live, ms. */
function liveSince(table: GlobalView<BlueprintPublished>, { useCase, version }: Blueprint): number | null {
  const { activations = [] } = table.get(`${useCase}/${version}`) ?? {};
  return activations.findLast(({ live }) => live)?.time ?? null;
}

/** One past the last record on the topic of blueprints. */
async function blueprintsEnd({ backbone }: TopicTools): Promise<number> {
  return Math.max(0, ...(await backbone.offsets([blueprints.name])).map(({ end }) => end));
}

/** Waits for instances to know the version, which takes moments. An instance that does not is reported as not ready. */
async function whenKnown(tools: TopicTools, end: number): Promise<RunningInstances> {
  const patience = AbortSignal.timeout(KNOWN_WITHIN_MS);
  return whenFull(tools, end, new Set(), { signal: patience }).catch((error: unknown) => {
    if (patience.aborted) return runningInstances(tools);
    throw error;
  });
}

const KNOWN_WITHIN_MS = 5_000;

/** Resolves when the version is live on every running instance: later requests are answered by it. */
async function whenLive(tools: TopicTools, time: number, { signal }: PublishOptions): Promise<void> {
  const { now } = await whenFull(tools, await blueprintsEnd(tools), new Set(), { signal });
  const ms = Math.min(LEAD_MS, Math.max(0, time - now)) + CLOCKS_APART_MS;
  await delay(ms, undefined, signal === undefined ? {} : { signal });
}

/** Difference of the clocks of a timer, the log and a producer on one machine, ms. */
const CLOCKS_APART_MS = 20;

/**
 * Publishes a text without making it live. History can then be replayed and models trained with it, and running
 * instances fill its windows. An existing version stays as it is.
 */
export async function storeBlueprint(tools: TopicTools, text: string): Promise<PublishedVersion> {
  const compiled = compileBlueprint(text);
  const { blueprint } = compiled;
  const { useCase, version } = blueprint;
  const table = await readTable(tools.backbone, tools.serdes, blueprintTable);
  const known = validBlueprints(table);
  const before = known.at(useCase, Number.MAX_SAFE_INTEGER);
  const { changes, partial, lacking } = await broughtBy(tools, compiled, before, Date.now());
  const result = { useCase, version, changes, liveAfter: null, partial, lacking, warming: null };
  if (table.get(`${useCase}/${version}`) !== undefined) return { ...result, unchanged: true };
  checkTypes(blueprint, known);
  await registerRows(tools, compiled, before?.blueprint);
  await storeVersion(tools, { compiled, text }, Date.now());
  return { ...result, unchanged: false };
}

/** Turns off a live version. Decisions are null until another version is live. */
export async function withdrawBlueprint(
  tools: TopicTools,
  useCase: string,
  version: string,
  time: number,
): Promise<void> {
  checkTime(time, "the time from which the blueprint is off");
  await withdrawVersion(tools, useCase, version, time);
  await applyRetention(tools);
}
