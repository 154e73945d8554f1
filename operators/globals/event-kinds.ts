import { validBlueprints, type ValidBlueprints, blueprintTable } from "../../catalogue/index.ts";
import type { EventRecorded } from "../../schemas/index.ts";
import type { GlobalFold } from "../../streams/index.ts";
import { eventWindows } from "./event-windows.ts";
import type { TellMisfit } from "./misfits.ts";

/**
 * The windows' events. An event whose kind no version of any use case names is reported, in each instance, since every
 * instance reads all events. If no version declares an event, kinds are free.
 */
export const eventWindowsTelling = (tell: TellMisfit, windows = eventWindows): GlobalFold<EventRecorded> =>
  Object.freeze({
    ...windows,
    fold(record, bytes, table, scope) {
      const { kind } = record.value;
      // Events that are read again were reported before.
      const kinds = scope === undefined ? knownKinds(validBlueprints(table(blueprintTable))) : null;
      if (kinds !== null && !kinds.has(kind)) {
        tell({ useCase: "", what: "kind", name: kind, problem: "unknown", known: kinds });
      }
      windows.fold(record, bytes, table, scope);
    },
  } satisfies GlobalFold<EventRecorded>);

const known = new WeakMap<ValidBlueprints, ReadonlySet<string> | null>();

/** The kinds of all readable versions; null: none declares an event. */
function knownKinds(valid: ValidBlueprints): ReadonlySet<string> | null {
  let kinds = known.get(valid);
  if (kinds === undefined) {
    const all = valid.all().map(({ declared }) => declared.kinds);
    kinds = all.some((each) => each !== null) ? new Set(all.flatMap((each) => [...(each ?? [])])) : null;
    known.set(valid, kinds);
  }
  return kinds;
}
