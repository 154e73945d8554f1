import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import { enrichBy, eventWindows } from "../../operators/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { FIRST_RECORDS, type FoldBytes } from "../../streams/index.ts";
import { compareDecision } from "../compare.ts";
import { findRequests } from "../find-requests.ts";
import type { LoggedDecision } from "../logged-decisions.ts";
import { featuresOf, recompute, type Recomputed } from "../recompute.ts";
import { readTables, refusedEvents, type RecomputeSource, type Tables } from "../source.ts";
import { keepWindows, viewOf, type KeptWindows, type WindowStore } from "./kept-windows.ts";
import { measure, spentOnce, type Pass, type Rounds } from "./measure.ts";
import { modelsAsked, type AskedModel } from "./models.ts";
import { newestDecisions, type NewestAsked } from "./newest.ts";
import { countReads, overWindows, windowsRead } from "./reads.ts";
import type { CostReport, GroupCost, KeptState } from "./report.ts";
import { posteriorState, tableState, windowState } from "./state-sizes.ts";
import { prepare, worksOf, type CostState, type Prepared, type Work } from "./works.ts";

export interface CostOptions extends NewestAsked, Rounds {
  readonly store: WindowStore;
}

/**
 * What the newest decisions of a version cost, group by group: they are made again from the topics by the functions of the loop, compared
 * with their records, and timed. Windows are filled as an instance of the loop fills them, in memory or in a database of the store.
 *
 * Throws `UNKNOWN_DECISION` if there is none that can be made again, `UNKNOWN_VERSION` if its version can't be read.
 */
export async function measureCost(source: RecomputeSource, options: CostOptions): Promise<CostReport> {
  const { useCase, rounds } = options;
  const tables = await readTables(source);
  const newest = await newestDecisions(source, options);
  const compiled = versionOf(newest, options, tables);
  const { version } = compiled.blueprint;
  const ofVersion = newest.filter(({ decision }) => decision.blueprintVersion === version);
  const requests = await findRequests(source, ofVersion);
  const logged = ofVersion.filter((one) => requests.of(one) !== undefined);
  if (logged.length === 0)
    throw new DomainError(
      "UNKNOWN_DECISION",
      `no request of the newest ${ofVersion.length} decisions of ${useCase}/${version} is retained, so none can be made again`,
    );
  const [from, to] = [logged[0]!.decision.decisionTime, logged.at(-1)!.decision.decisionTime];
  const heldFrom = to - eventWindows.lateMs!(viewOf(tables));
  const refused = await refusedEvents(source);
  const since = Math.min(from, heldFrom);
  const windows = await keepWindows(source, tables, compiled.groups, { since, refused, store: options.store });
  try {
    const seen = await windowsRead(
      windows.bytes,
      logged.map((one) => (bytes) => void featuresOf(one, requests.of(one)!, tables, bytes)),
    );
    const made = (await recompute(source, tables, logged, requests, seen)).filter(
      (one): one is Recomputed => !("gone" in one),
    );
    const differences = made.map(compareDecision);
    const counts: Record<string, number> = {};
    for (const { kind } of differences.flat()) counts[kind] = (counts[kind] ?? 0) + 1;
    const all = made.map(prepare);
    const given = { source, tables, compiled, windows, all, heldFrom, rounds: options };
    return {
      ...{ useCase, version, from, to, rounds, decisions: logged.length, batch: FIRST_RECORDS },
      live: validBlueprints(tables.blueprints).at(useCase, to + 1)?.blueprint.version ?? null,
      leftOut: {
        otherVersions: newest.length - ofVersion.length,
        withoutRequest: ofVersion.length - logged.length,
      },
      differing: differences.filter(({ length }) => length > 0).length,
      differences: counts,
      eventsGoneUntil: Number.isFinite(windows.goneUntil) ? windows.goneUntil : null,
      ...(await measureGroups(given)),
    };
  } finally {
    await windows.close();
  }
}

function versionOf(newest: readonly LoggedDecision[], { useCase, version }: NewestAsked, tables: Tables) {
  const found = newest.at(-1)?.decision.blueprintVersion;
  if (found === undefined) {
    const of = version === undefined ? `use case "${useCase}"` : `version ${version} of "${useCase}"`;
    throw new DomainError(
      "UNKNOWN_DECISION",
      `there is no decision of ${of} on the topic yet: nothing can be measured`,
    );
  }
  const known = validBlueprints(tables.blueprints);
  const compiled = known.version(useCase, found);
  if (compiled !== undefined) return compiled;
  const problem = known.problem(useCase, found) ?? "no such version is there";
  throw new DomainError("UNKNOWN_VERSION", `version ${found} of "${useCase}" can't be read: ${problem}`);
}

interface Given {
  readonly source: RecomputeSource;
  readonly tables: Tables;
  readonly compiled: CompiledBlueprint;
  readonly windows: KeptWindows;
  readonly all: readonly Prepared[];
  readonly heldFrom: number;
  readonly rounds: Rounds;
}

async function measureGroups(given: Given): Promise<Pick<CostReport, "groups" | "features">> {
  const { source, tables, compiled, windows, all } = given;
  const works = worksOf(compiled, source.salt);
  const { rows, posteriors } = tables;
  const before: CostState = { rows, posteriors, windows: windows.bytes };
  const reads = new Map<Work, GroupCost["reads"]>();
  for (const work of works) reads.set(work, await countReads(work, all, before, windows.bytes));
  const states = new Map<Work, readonly KeptState[]>();
  for (const work of works) states.set(work, await statesOf(work, given));
  // Compiled code is warm by now, and the caches of the engine are not.
  for (const work of works) await passOf(work, all, before, windows.bytes).run();
  const bytes = await windows.reopen();
  const state: CostState = { ...before, windows: bytes };
  const cold = new Map<Work, number>();
  for (const work of works) {
    const group = work.kind === "windows" && compiled.groups.find(({ id }) => id === work.name);
    if (group && bytes.onDisk.has(group.stateId)) cold.set(work, await spentOnce(passOf(work, all, state, bytes)));
  }
  const models = await modelsAsked(source, tables, all);
  const whole: Pass = {
    decisions: all.length,
    run: () =>
      overWindows(bytes, all, ({ enriched, time }) => void enrichBy(compiled, enriched.request, time, bytes, rows)),
  };
  const passes = [
    whole,
    ...works.map((work) => passOf(work, all, state, bytes)),
    ...models.flatMap((one) => one.passes),
  ];
  const [features, ...times] = await measure(passes, given.rounds);
  const groups = works.map((work, at): GroupCost => {
    const named = work.indexes.map((index) => compiled.featureNames[index]!);
    return {
      ...{ kind: work.kind, name: work.name, features: named, micros: times[at]!, unknown: null },
      ...{ coldMicros: cold.get(work) ?? null, aloneMicros: null },
      ...{ reads: reads.get(work)!, state: states.get(work)! },
    };
  });
  let at = works.length;
  const ofModels = models.map((model) => {
    const own = times.slice(at, (at += model.passes.length));
    return modelCost(model, own[0] ?? null, own[1] ?? null);
  });
  return { features: features!, groups: [...groups.slice(0, -1), ...ofModels, groups.at(-1)!] };
}

const modelCost = (
  { modelId, fileBytes, unknown }: AskedModel,
  micros: GroupCost["micros"],
  aloneMicros: GroupCost["micros"],
): GroupCost => ({
  ...{ kind: "model", name: modelId ?? "", features: [], micros, aloneMicros, unknown, coldMicros: null },
  reads: { mean: 0, most: 0 },
  state:
    fileBytes === null
      ? []
      : [
          {
            ...{ name: `file of model ${modelId}`, place: "memory", keys: null, entries: 1 },
            ...{ bytes: fileBytes, memoryBytes: null, largest: null },
          },
        ],
});

function passOf({ run }: Work, all: readonly Prepared[], state: CostState, bytes: FoldBytes): Pass {
  return { decisions: all.length, run: () => overWindows(bytes, all, (one) => run(one, state)) };
}

async function statesOf(
  work: Work,
  { source, tables, compiled, windows, heldFrom }: Given,
): Promise<readonly KeptState[]> {
  if (work.kind === "posterior") return [await posteriorState(source, tables, compiled)];
  if (work.kind === "windows") {
    const group = compiled.groups.find(({ id }) => id === work.name)!;
    const isKeyed = group.place === "keyed";
    return [await windowState(windows.bytes, group, { from: heldFrom, isKeyed })];
  }
  const read = compiled.reads.filter(({ index }) => work.indexes.includes(index)).map(({ read: { table } }) => table);
  return [...new Set(read)].map((table) => tableState(tables.rows, table));
}
