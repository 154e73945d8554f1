import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import {
  decisionRequests,
  enriched,
  type BlueprintPublished,
  type DecisionRequested,
  type Enriched,
} from "../../schemas/index.ts";
import {
  defineOperator,
  SOURCE_HEADER,
  type GlobalView,
  type Headers,
  type StreamRecord,
} from "../../streams/index.ts";
import {
  eventWindows,
  sharedStates,
  tableContent,
  unusableOf,
  type Scope,
  type WindowBytes,
} from "../globals/index.ts";
import { FarReads, type FarWindows } from "./far-windows.ts";
import { enrichRequest } from "./logic.ts";

/**
 * Requests in, requests with features out. With a scope, requests outside it are skipped, and reply headers are
 * dropped: the live loop has answered already. The header of the feed stays.
 *
 * @param far absent: this instance has all windows
 */
export const enrichWithin = (scope?: Scope, far?: FarWindows) =>
  defineOperator({
    name: "enrich",
    in: { requests: decisionRequests },
    out: { enriched },
    state: {},
    globals: { blueprints: blueprintTable, windows: eventWindows, tables: tableContent },
    handlers: {
      requests(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        const { windows, tables } = context.globals;
        const reads = farReads(far, context.globals.blueprints, windows);
        const make = ({ value, time }: StreamRecord<DecisionRequested>): Enriched =>
          enrichRequest(value, time, blueprints, windows, scope?.blueprintVersion, tables, reads);
        const emit = (record: StreamRecord<DecisionRequested>, made: Enriched): void => {
          const { key, time } = record;
          const headers = scope === undefined ? record.headers : sourceOf(record.headers);
          const value = made.misfits === null ? made : withoutColumns(made, record.headers);
          context.emit("enriched", { key, value, time, from: record, headers });
        };
        if (windows.readsBehind || reads !== undefined) {
          const asked = scope === undefined ? records : records.filter((record) => isWithin(scope, record));
          const makeAll = () => windows.look(() => asked.map(make));
          const making = reads === undefined ? makeAll() : withFar(reads, asked, makeAll);
          const emitAll = (all: readonly Enriched[]): void => all.forEach((made, at) => emit(asked[at]!, made));
          return making instanceof Promise ? making.then(emitAll) : emitAll(making);
        }
        for (const record of records) {
          if (scope === undefined || isWithin(scope, record)) emit(record, make(record));
        }
      },
    },
  });

export const enrich = enrichWithin();

/** `undefined`: no window is far. */
function farReads(
  far: FarWindows | undefined,
  blueprints: GlobalView<BlueprintPublished>,
  windows: WindowBytes,
): FarReads | undefined {
  if (far === undefined) return undefined;
  return sharedStates(blueprints).size === 0 ? undefined : new FarReads(far, windows);
}

/** What the first try lacked is asked for in one go. */
async function withFar(
  reads: FarReads,
  asked: readonly StreamRecord<unknown>[],
  makeAll: () => readonly Enriched[] | Promise<readonly Enriched[]>,
): Promise<readonly Enriched[]> {
  const isHistory = asked.some(({ headers }) => headers[SOURCE_HEADER] !== undefined);
  let made = await makeAll();
  while (reads.lacks) {
    await reads.load(isHistory);
    made = await makeAll();
  }
  return made;
}

/** History brings every column of its file, for later versions; the import reports unknown ones once. */
function withoutColumns(made: Enriched, headers: Headers): Enriched {
  return headers[SOURCE_HEADER] === undefined ? made : { ...made, misfits: unusableOf(made.misfits!) };
}

function sourceOf(headers: Headers): Headers {
  const source = headers[SOURCE_HEADER];
  return source === undefined ? {} : { [SOURCE_HEADER]: source };
}

const isWithin = (scope: Scope, { value, time }: StreamRecord<DecisionRequested>): boolean =>
  value.useCase === scope.useCase && time >= scope.from && time < scope.to;
