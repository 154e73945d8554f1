import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { decisionRequests, enriched, type DecisionRequested, type Enriched } from "../../schemas/index.ts";
import { defineOperator, SOURCE_HEADER, type Headers, type StreamRecord } from "../../streams/index.ts";
import { eventWindows, tableContent, unusableOf, type Scope } from "../globals/index.ts";
import { enrichRequest } from "./logic.ts";

/**
 * Requests in, requests with features out. With a scope, requests outside it are skipped, and reply headers are
 * dropped: the live loop has answered already. The header of the feed stays.
 */
export const enrichWithin = (scope?: Scope) =>
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
        const make = ({ value, time }: StreamRecord<DecisionRequested>): Enriched =>
          enrichRequest(value, time, blueprints, windows, scope?.blueprintVersion, tables);
        const emit = (record: StreamRecord<DecisionRequested>, made: Enriched): void => {
          const { key, time } = record;
          const headers = scope === undefined ? record.headers : sourceOf(record.headers);
          const value = made.misfits === null ? made : withoutColumns(made, record.headers);
          context.emit("enriched", { key, value, time, from: record, headers });
        };
        if (windows.readsBehind) {
          const asked = scope === undefined ? records : records.filter((record) => isWithin(scope, record));
          const making = windows.look(() => asked.map(make));
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
