import {
  contextOf,
  fillFromTrees,
  fillWindows,
  isNode,
  misfits,
  requestKey,
  tilesFor,
  type CompiledBlueprint,
  type ContextFit,
  type FeatureVector,
  type RowsOf,
  type Tile,
  type WindowGroup,
} from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { type DecisionRequested, DomainError, type Enriched } from "../../schemas/index.ts";
import { entryCount, firstFrom } from "../../streams/index.ts";
import {
  misfitsByName,
  partKey,
  stateKey,
  tileKey,
  wordsFor,
  type Misfits,
  type RowBytes,
  type WindowBytes,
} from "../globals/index.ts";

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
): Enriched {
  const { useCase } = request;
  const compiled = version === undefined ? blueprints.at(useCase, time) : blueprints.version(useCase, version);
  if (compiled === undefined) {
    const problem = version === undefined ? blueprints.problemAt(useCase, time) : blueprints.problem(useCase, version);
    const error = problem ?? unknownUseCase(useCase, blueprints);
    return { request, blueprintVersion: null, features: [], error, misfits: null, options: [] };
  }
  const { warming, remembersFrom = Number.NEGATIVE_INFINITY } = windows;
  if (warming !== undefined && warming.size > 0) checkFull(compiled, warming);
  if (tables.warming !== undefined && tables.warming.size > 0) checkRead(compiled, tables.warming);
  if (time < remembersFrom) checkRemembered(compiled, time, windows);
  const features = compiled.fromContext(request.context, fit);
  for (const group of compiled.groups) fillGroup(group, request, time, windows, features);
  const rows = compiled.tables.length === 0 ? undefined : rowsOf(tables);
  compiled.fromFeatures?.(features, contextOf(compiled, request), time, fit, rows);
  const unfit = misfitsOf(compiled, request.context);
  return { request, blueprintVersion: compiled.blueprint.version, features, error: null, misfits: unfit, options: [] };
}

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

function checkFull({ blueprint, groups }: CompiledBlueprint, warming: ReadonlySet<string>): void {
  const empty = groups.filter(({ stateId }) => warming.has(stateId));
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
const rowsOf =
  (tables: RowBytes): RowsOf =>
  (table, key) =>
    tables.get(stateKey(table, key));

/** Such a request is history: older than the decisions before it, and later in the log. */
function checkRemembered({ blueprint, groups }: CompiledBlueprint, time: number, windows: WindowBytes): void {
  const forgotten = groups.filter(({ stateId }) => windows.remembers?.(stateId, time) === false);
  if (forgotten.length === 0) return;
  throw new DomainError(
    "WARMING",
    `the request is dated ${new Date(time).toISOString()}, and windows of ${blueprint.useCase}/${blueprint.version} of ${forgotten.map(({ id }) => id).join(", ")} ` +
      "had forgotten events of so long ago: they are being read again on this instance, and the request waits for that",
  );
}

function fillGroup(
  group: WindowGroup,
  request: DecisionRequested,
  time: number,
  windows: WindowBytes,
  features: FeatureVector,
): void {
  const key = requestKey(group, request);
  if (key === null) return fillWindows(group, null, time, features);
  const { onDisk } = windows;
  const isApart =
    windows.series === undefined || (onDisk !== undefined && onDisk.size > 0 && onDisk.has(group.stateId));
  const tiles = isApart ? tilesByKey(group, key, time, windows) : tilesOf(group, key, time, windows);
  const wordOf = wordsFor(group, time, windows);
  if (!tiles.some(isNode)) return fillWindows(group, tiles, time, features, wordOf);
  fillFromTrees(group, (start, path) => windows.get(partKey(group, start, path, key)), time, features, wordOf);
}

const none: readonly Tile[] = Object.freeze([]);

/** In time order. */
function tilesOf(group: WindowGroup, key: string, time: number, windows: WindowBytes): readonly Tile[] {
  const series = windows.series!(group.stateId, key);
  if (series === undefined) return none;
  const { first, last } = tilesFor(group, time);
  const { numbers, values } = series;
  const tiles: Tile[] = [];
  for (let at = firstFrom(numbers, first); at < numbers.length && numbers[at]! <= last; at++) tiles.push(values[at]!);
  return tiles;
}

/** The same for tiles that can be read one by one only. */
function tilesByKey(group: WindowGroup, key: string, time: number, windows: WindowBytes): readonly Tile[] {
  const { first, last } = tilesFor(group, time);
  const tiles: Tile[] = [];
  for (let start = first; start <= last; start += group.tileMs) {
    const tile = windows.get(tileKey(group, start, key));
    if (tile !== undefined) tiles.push(tile);
  }
  return tiles;
}

function unknownUseCase(useCase: string, blueprints: ValidBlueprints): string {
  const known = blueprints.useCases();
  return known.includes(useCase)
    ? `use case "${useCase}" has no live blueprint at this time: publish or activate one`
    : `unknown use case "${useCase}": ${known.length === 0 ? "no blueprint is published" : `known are ${known.join(", ")}`}`;
}
