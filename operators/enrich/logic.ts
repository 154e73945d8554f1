import { contextOf, misfits, type CompiledBlueprint, type ContextFit, type RowsOf } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { type DecisionRequested, DomainError, type Enriched } from "../../schemas/index.ts";
import { entryCount } from "../../streams/index.ts";
import {
  misfitsByName,
  stateKey,
  tableState,
  type Misfits,
  type RowBytes,
  type WindowBytes,
} from "../globals/index.ts";
import { enrichOptions } from "./enrich-options.ts";
import type { FarReader, FarReads } from "./far-windows.ts";
import { fillGroup } from "./fill-group.ts";

/**
 * A request with its features as of its event time: from its context, from the events strictly before, and from the rows
 * of tables that are valid strictly before. Only an
 * unknown use case is an error; anything else may be missing or unknown. Throws `WARMING` while windows of the version
 * are being filled here, or have forgotten events that the request needs. The request then waits, since no model knows
 * a half-full window.
 * @param version instead of the one that is live at `time`.
 */
export function enrichRequest(
  request: DecisionRequested,
  time: number,
  blueprints: ValidBlueprints,
  windows: WindowBytes,
  version?: string,
  tables: RowBytes = noTables,
  far?: FarReads,
): Enriched {
  const { useCase } = request;
  const compiled = version === undefined ? blueprints.at(useCase, time) : blueprints.version(useCase, version);
  if (compiled === undefined) {
    const problem = version === undefined ? blueprints.problemAt(useCase, time) : blueprints.problem(useCase, version);
    const error = problem ?? unknownUseCase(useCase, blueprints);
    return { request, blueprintVersion: null, features: [], error, misfits: null, options: [] };
  }
  return enrichBy(compiled, request, time, windows, tables, far);
}

/** The same by one version, whether or not it is live. */
export function enrichBy(
  compiled: CompiledBlueprint,
  request: DecisionRequested,
  time: number,
  windows: WindowBytes,
  tables: RowBytes = noTables,
  far?: FarReads,
): Enriched {
  const reader = far?.readerOf(compiled);
  const { warming, remembersFrom = Number.NEGATIVE_INFINITY } = windows;
  if (warming !== undefined && warming.size > 0) checkFull(compiled, warming, reader);
  if (tables.warming !== undefined && tables.warming.size > 0) checkRead(compiled, tables.warming);
  if (time < remembersFrom) checkRemembered(compiled, time, windows, reader);
  const features = compiled.fromContext(request.context, fit);
  for (const group of compiled.groupsOfDecision) fillGroup(group, request, time, windows, features, reader);
  const rows = compiled.tables.length === 0 ? undefined : rowsOf(tables);
  compiled.fromFeatures?.(features, contextOf(compiled, request), time, fit, rows);
  const unfit = misfitsOf(compiled, request.context);
  const made = { request, blueprintVersion: compiled.blueprint.version, features, error: null };
  if (compiled.options === null) {
    const misfits = request.candidates.length === 0 ? unfit : merged(unfit, noCandidates);
    return { ...made, misfits: withLate(misfits, far), options: noOptions };
  }
  const found = enrichOptions(request, {
    compiled,
    options: compiled.options,
    features,
    time,
    windows,
    rows,
    far: reader,
  });
  const misfits = merged(unfit, misfitsByName(found.misfits));
  return { ...made, misfits: withLate(misfits, far), options: found.options };
}

const withLate = (misfits: Misfits | null, far: FarReads | undefined): Misfits | null =>
  far === undefined ? misfits : merged(misfits, misfitsByName(far.takeLate()));

/** They count for nothing where a policy decides over no options. */
const noCandidates: Misfits = Object.freeze({ candidates: "noOptions" });
const noOptions: Enriched["options"] = Object.freeze([]);
const merged = (one: Misfits | null, other: Misfits | null): Misfits | null =>
  one === null || other === null ? (one ?? other) : { ...one, ...other };

/** The fit of the current context. */
const fit: ContextFit = { found: 0, doubtful: false };

/** If every entry was found and could be read, nothing has to be looked for. */
function misfitsOf({ declared }: CompiledBlueprint, context: DecisionRequested["context"]): Misfits | null {
  let { found, doubtful } = fit;
  for (const { name, anyText } of declared.besidesFeatures) {
    if (!Object.hasOwn(context, name)) continue;
    found++;
    if (!anyText || typeof context[name] !== "string") doubtful = true;
  }
  if (!doubtful && found === entryCount(context)) return null;
  return misfitsByName(misfits(declared.context, context));
}

function checkFull(
  { blueprint, groups }: CompiledBlueprint,
  warming: ReadonlySet<string>,
  far: FarReader | undefined,
): void {
  const empty = groups.filter((group) => far?.isFar(group) !== true && warming.has(group.stateId));
  if (empty.length === 0) return;
  throw new DomainError(
    "WARMING",
    `blueprint ${blueprint.useCase}/${blueprint.version} is live, and its windows of ${empty.map(({ id }) => id).join(", ")} are still being ` +
      "filled from the retained events on this instance: its decisions wait for that",
  );
}

function checkRead({ blueprint, tables }: CompiledBlueprint, warming: ReadonlySet<string>): void {
  const unread = tables.filter((table) => warming.has(table));
  if (unread.length === 0) return;
  throw new DomainError(
    "WARMING",
    `blueprint ${blueprint.useCase}/${blueprint.version} is live, and its tables ${unread.join(", ")} are still being read on this ` +
      "instance: its decisions wait for that",
  );
}

const noTables: RowBytes = Object.freeze({ get: () => undefined });

function rowsOf(tables: RowBytes): RowsOf {
  let [last, state]: [table?: string, state?: object] = [];
  const stateOf: RowsOf["stateOf"] = (table) => {
    // A text has many words, all of one table.
    if (table !== last) [last, state] = [table, tableState(tables, table)];
    return state;
  };
  return Object.assign((table: string, key: string) => tables.get(stateKey(table, key)), { stateOf });
}

/** Such a request is history: older than the decisions before it, and later in the log. */
function checkRemembered(
  { blueprint, groups }: CompiledBlueprint,
  time: number,
  windows: WindowBytes,
  far: FarReader | undefined,
): void {
  const forgotten = groups.filter(
    (group) => far?.isFar(group) !== true && windows.remembers?.(group.stateId, time) === false,
  );
  if (forgotten.length === 0) return;
  throw new DomainError(
    "WARMING",
    `the request is dated ${new Date(time).toISOString()}, and windows of ${blueprint.useCase}/${blueprint.version} of ${forgotten.map(({ id }) => id).join(", ")} ` +
      "had forgotten events of so long ago: they are being read again on this instance, and the request waits for that",
  );
}

function unknownUseCase(useCase: string, blueprints: ValidBlueprints): string {
  const known = blueprints.useCases();
  return known.includes(useCase)
    ? `use case "${useCase}" has no live blueprint at this time: publish or activate one`
    : `unknown use case "${useCase}": ${known.length === 0 ? "no blueprint is published" : `known are ${known.join(", ")}`}`;
}
