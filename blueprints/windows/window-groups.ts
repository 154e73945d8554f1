import { ownValue } from "../../streams/index.ts";
import type { BlueprintContent, EventKind, WindowPlace } from "../blueprint.ts";
import { formatDuration } from "../duration.ts";
import { computationOf } from "../features/kinds/index.ts";
import type { EventWindow } from "../features/feature-kind.ts";
import { tileField, tileFieldId, type TileField } from "./tile-field.ts";
import { tileWidth } from "./tile-width.ts";
import { isByUnit } from "./unit.ts";
import type { WindowAggregateKind, WindowTerms } from "./window-aggregate.ts";

export interface GroupWindow extends WindowTerms {
  /** Index of its value in the feature vector. */
  readonly featureIndex: number;
  readonly aggregate: WindowAggregateKind;
  /** Index into the group's fields; −1 if it reads none. */
  readonly fieldIndex: number;
  /** The field is a category. */
  readonly ofCategory: boolean;
  readonly open: boolean;
}

/** All windows over one event kind by the same context entries: they share one set of tiles. */
export interface WindowGroup {
  /** `departure/carrier+origin`: the grouping. It stays the same when windows come and go. */
  readonly id: string;
  /**
   * `departure/carrier+origin/15m/3h/delay_min`: the meaning of the tiles' bytes, and their reach. Tiles of one such id
   * hold the same for every version. Use it as the key of stored state.
   */
  readonly stateId: string;
  readonly event: string;
  /** Sorted. */
  readonly by: readonly string[];
  /** One of the keys is the decision's unit. */
  readonly byUnit: boolean;
  /** Where its tiles are, if no other version wants them on disk and memory has room. */
  readonly place: WindowPlace;
  /**
   * The values of an event in a tile: those without a condition in the order in which the event declares them, and then
   * the others by id.
   */
  readonly fields: readonly TileField[];
  /** The places of the categories among the fields: their texts lie beside the tiles. */
  readonly words: readonly number[];
  readonly tileMs: number;
  /** The longest window. A tile is needed until its end + `retentionMs`: see `tileExpiry`. */
  readonly retentionMs: number;
  readonly windows: readonly GroupWindow[];
}

/** In the order in which the features first name them. */
export function windowGroups(
  blueprint: Pick<BlueprintContent, "context" | "features" | "events">,
): readonly WindowGroup[] {
  const members = new Map<string, { window: EventWindow; featureIndex: number }[]>();
  for (const [featureIndex, feature] of blueprint.features.entries()) {
    const computed = computationOf(feature);
    if (computed.from !== "events") continue;
    const { window } = computed;
    const id = `${window.event}/${[...window.by].sort().join("+")}`;
    members.set(id, [...(members.get(id) ?? []), { window, featureIndex }]);
  }
  return [...members].map(([id, windows]) => {
    const [event = "", by = ""] = id.split("/");
    const declared = ownValue(blueprint.events, event) ?? noFields;
    const fields = fieldsOf(
      windows.map(({ window }) => window),
      declared,
    );
    const ids = fields.map((field) => field.id);
    const retentionMs = Math.max(...windows.map(({ window }) => window.windowMs));
    const byUnit = isByUnit(by.split("+"), blueprint.context);
    const tileMs = tileWidth(retentionMs, byUnit);
    const said = windows.find(({ window: { state } }) => state !== undefined)?.window.state;
    return {
      id,
      byUnit,
      place: said ?? (byUnit ? "disk" : "memory"),
      stateId: `${id}/${formatDuration(tileMs)}/${formatDuration(retentionMs)}/${ids.join("+")}`,
      event,
      by: by === "" ? [] : by.split("+"),
      fields,
      words: fields.flatMap(({ wordOf }, at) => (wordOf === undefined ? [] : [at])),
      tileMs,
      retentionMs,
      windows: windows.map(
        ({ window: { aggregate, field, fieldType, when = null, windowMs, open, parameterMs }, featureIndex }) => ({
          featureIndex,
          ofCategory: fieldType === "category",
          aggregate,
          fieldIndex: field === null && when === null ? -1 : ids.indexOf(tileFieldId(field, when, declared)),
          windowMs,
          open,
          parameterMs: parameterMs ?? null,
        }),
      ),
    };
  });
}

const noFields: EventKind = Object.freeze({ fields: [] });

function fieldsOf(windows: readonly EventWindow[], declared: EventKind): readonly TileField[] {
  const plain = new Set(windows.filter(({ when }) => when === undefined).map(({ field }) => field));
  const conditional = new Map(
    windows
      .flatMap(({ field, when }) => (when === undefined ? [] : [tileField(field, when, declared)]))
      .map((field) => [field.id, field] as const),
  );
  return [
    ...declared.fields.filter((field) => plain.has(field)).map((field) => tileField(field, null, declared)),
    ...[...conditional.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  ];
}
