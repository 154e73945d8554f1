import { isScalar } from "yaml";
import type { EventFieldType, EventKind, WindowAggregate, WindowFeature } from "../../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import { formulaType } from "../../formula/formula-types.ts";
import { canonicalFormula, type Formula, type UnusableName } from "../../formula/index.ts";
import { someText } from "../../formula/possible.ts";
import { rangeText, type KeySaid, type KeysSaid } from "../../key-reference.ts";
import { fieldType } from "../../values/field-value.ts";
import { windowAggregates } from "../../windows/aggregates/index.ts";
import { UNIT } from "../../windows/unit.ts";
import type { WindowAggregateKind } from "../../windows/window-aggregate.ts";
import { readFormula } from "../../yaml/formula.ts";
import type { Partly } from "../../yaml/partly.ts";
import { complain, found, type Place } from "../../yaml/place.ts";
import { readBoolean, readDuration, readText } from "../../yaml/scalars.ts";
import { complainTwice, optional, readItems, readSection, required, type Section } from "../../yaml/section.ts";
import { readWindowPlace } from "../window-place.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature } from "../feature-kind.ts";

/** A window over events strictly before the decision. */
export const windowKind: FeatureKind<WindowFeature> = {
  name: "window",
  written: "section",
  keys: () => ({ ...aggregateKeys(), ...KEYS, ...parameterKeys() }),
  marks: () => windowAggregates.names(),
  read: readWindow,
  canonical: ({ when, ...feature }) => (when === undefined ? feature : { ...feature, when: canonicalFormula(when) }),
  describe({ aggregate, field, event, by, windowMs, open, parameterMs, when, state }) {
    const what = field === null ? aggregate : `${aggregate} of ${field}`;
    const parameter = parameterMs === undefined ? "" : `, ${parameterText(aggregate, parameterMs)}`;
    const place = state === undefined ? "" : `, state ${state}`;
    return `${what} over ${event} by ${by.length === 0 ? "none" : by.join("+")} in ${formatDuration(windowMs)}${open ? ", open" : ""}${parameter}${conditionText(when)}${place}`;
  },
  meaning: ({ state: _, ...feature }) => windowKind.describe({ ...feature, by: [...feature.by].sort() }),
  columnDoc({ aggregate, field, event, by, windowMs, open, parameterMs, when }) {
    const title = windowAggregates.get(aggregate).title ?? `${aggregate.charAt(0).toUpperCase()}${aggregate.slice(1)}`;
    const what = field === null ? `${title} of ${event} events` : `${title} ${field} of ${event} events`;
    const window = `${open ? "(" : "["}t − ${formatDuration(windowMs)}, t)`;
    const parameter = parameterMs === undefined ? "" : `, ${parameterText(aggregate, parameterMs)}`;
    return `${what}${by.length === 0 ? "" : ` by ${by.join(" and ")}`} in ${window}${parameter}${conditionText(when)}, t the decision time; null when there is none.`;
  },
  type: ({ aggregate, fieldType }) => takenBy(aggregate)[fieldType ?? "number"] ?? "number",
  possible: (feature) =>
    windowKind.type(feature) === "category" ? someText() : windowAggregates.get(feature.aggregate).possible,
  compute: ({ aggregate, field, fieldType, event, by, windowMs, open, parameterMs, when, state }) => {
    const own = { aggregate: windowAggregates.get(aggregate), parameterMs };
    return { from: "events", window: { event, by, field, fieldType, windowMs, open, ...own, when, state } };
  },
};

/** The types of fields that an aggregate reads, each with the type of the result. */
const takenBy = (aggregate: WindowAggregate): NonNullable<WindowAggregateKind["takes"]> =>
  windowAggregates.get(aggregate).takes ?? { number: "number" };

const KEYS = Object.freeze({
  of: ["a kind of `events`", "required"],
  by: [
    "a key or category of `context`, `unit`, a list of them, or `none`",
    "required",
    `${rangeText("windowKeys")} of them`,
  ],
  in: ["duration", "required", rangeText("window", formatDuration)],
  open: ["`true` or `false`", String(DEFAULTS.open)],
  when: ["formula: boolean", "every event counts"],
  state: ["`memory`, `disk` or `keyed`", "`disk` with `unit`, else `memory`"],
} satisfies Record<string, KeySaid>);

function aggregateKeys(): KeysSaid {
  return Object.fromEntries(
    windowAggregates
      .all()
      .map(({ name, of }) => [
        name,
        [of === "events" ? "`true`" : `a field of the event${fieldsText(name)}`, "one aggregate is required"],
      ]),
  );
}

/** For the reference: nothing is said of numbers alone. */
function fieldsText(aggregate: WindowAggregate): string {
  const { number, category } = takenBy(aggregate);
  if (category === undefined) return "";
  return number === undefined ? " that is a category" : " of either type";
}

/** The keys of durations that some aggregates have. */
function parameterKeys(): KeysSaid {
  return Object.fromEntries(
    windowAggregates.all().flatMap(({ name, parameter }) => {
      if (parameter === undefined) return [];
      const { min, max } = parameter.range;
      return [
        [parameter.key, ["duration", `required with \`${name}\``, `${formatDuration(min)} to ${formatDuration(max)}`]],
      ];
    }),
  );
}

const conditionText = (when: string | undefined): string =>
  when === undefined ? "" : `, when ${canonicalFormula(when)}`;

/** `half life 2h` */
function parameterText(aggregate: WindowAggregate, ms: number): string {
  const key = windowAggregates.get(aggregate).parameter?.key ?? "";
  return `${key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${formatDuration(ms)}`;
}

function readWindow(place: Place, name: string, known: FeaturesKnown): ReadFeature<WindowFeature> {
  const section = readSection(place, Object.keys(windowKind.keys()));
  if (section === undefined) return "unusable";
  const aggregate = readAggregate(section);
  const event = required(section, "of", (of) => readEvent(of, known));
  const kind = event === undefined ? undefined : known.events.known[event];
  const field = aggregate === undefined ? undefined : readField(section, aggregate, event, kind);
  const by = required(section, "by", (place) => readBy(place, known));
  const windowMs = required(section, "in", (place) => readDuration(place, BOUNDS.window));
  const open = optional(section, "open", DEFAULTS.open, readBoolean);
  const when = optional(section, "when", null, (place) => readCondition(place, aggregate, kind, known));
  const parameterMs = aggregate === undefined ? undefined : readParameter(section, aggregate);
  const state = optional(section, "state", null, (place) => readWindowPlace(place, { event, by }, known));
  if (
    state === undefined ||
    aggregate === undefined ||
    event === undefined ||
    field === undefined ||
    by === undefined ||
    windowMs === undefined ||
    open === undefined ||
    parameterMs === undefined ||
    when === undefined
  ) {
    return "unusable";
  }
  const isCategory = field !== null && fieldType(kind, field) === "category";
  return {
    ...{ kind: "window" as const, name, aggregate, field, event, by, windowMs, open },
    ...(isCategory ? { fieldType: "category" as const } : {}),
    ...(parameterMs === null ? {} : { parameterMs }),
    ...(when === null ? {} : { when: when.text }),
    ...(state === null ? {} : { state }),
  };
}

function readAggregate(section: Section): WindowAggregate | undefined {
  const names = windowAggregates.names() as readonly WindowAggregate[];
  const given = names.filter((aggregate) => section.fields.has(aggregate));
  const [aggregate] = given;
  if (names.some((each) => section.doubtful.has(each))) return undefined;
  if (given.length === 1) return aggregate;
  // The one that is not known was meant for it.
  if (given.length === 0 && section.strange.size > 0) return undefined;
  return complain(
    section.place,
    given.length === 0 ? "no aggregate" : `more than one aggregate: ${given.join(", ")}`,
    `exactly one of ${names.join(", ")}`,
  );
}

function readCondition(
  place: Place,
  aggregate: WindowAggregate | undefined,
  kind: Partly<EventKind> | undefined,
  { context }: FeaturesKnown,
): Formula | undefined {
  if (aggregate !== undefined) {
    const { of, conditional = false } = windowAggregates.get(aggregate);
    if (of === "events" && !conditional) return complain(place, `${aggregate} takes no condition`, "leave it out");
  }
  const fields = kind?.fields;
  const known = Object.fromEntries((fields ?? []).map((field) => [field, formulaType(fieldType(kind, field))]));
  return readFormula(place, { known, complete: fields !== undefined, unusable: notOfEvents(context) }, ["boolean"]);
}

/** The condition is worked out as an event comes, before there is a decision. */
function notOfEvents({ known }: FeaturesKnown["context"]): ReadonlyMap<string, UnusableName> {
  const hint = "a condition is over the fields of the event";
  const names = Object.keys(known).map((name) => [name, { reason: `"${name}" is of the decision`, hint }] as const);
  return new Map([...names, ["kind", { reason: "the kind is known: it is that of the window", hint: "leave it out" }]]);
}

/** Null if the aggregate has none; undefined after a report. */
function readParameter(section: Section, aggregate: WindowAggregate): number | null | undefined {
  const { parameter } = windowAggregates.get(aggregate);
  for (const { name, parameter: other } of windowAggregates.all()) {
    const place = other === undefined || other.key === parameter?.key ? undefined : section.fields.get(other.key);
    if (place !== undefined) return complain(place, `"${other!.key}" is of windows with ${name}`, "leave it out");
  }
  return parameter === undefined
    ? null
    : required(section, parameter.key, (place) => readDuration(place, parameter.range));
}

function readEvent(place: Place, { events }: FeaturesKnown): string | undefined {
  const event = readText(place, "an event kind", 200);
  if (event === undefined || Object.hasOwn(events.known, event)) return event;
  if (place.source.broken.has(event) || !events.complete) return undefined;
  place.source.broken.add(event);
  const guess = place.source.guess(event, Object.keys(events.known));
  return complain(
    place,
    `unknown event "${event}"`,
    guess === null ? "declare it under events" : `did you mean "${guess}"?`,
  );
}

/** Null if the aggregate reads no value; undefined after a report. */
function readField(
  section: Section,
  aggregate: WindowAggregate,
  event: string | undefined,
  kind: Partly<EventKind> | undefined,
): string | null | undefined {
  const place = section.fields.get(aggregate);
  if (place === undefined) return undefined;
  if (windowAggregates.get(aggregate).of === "events") {
    if (isScalar(place.node) && place.node.value === true) return null;
    const hint = `${aggregate} counts events, not values`;
    return complain(place, `expected ${aggregate}: true, found ${found(place)}`, hint);
  }
  const field = readText(place, "an event field", 200);
  if (field === undefined || kind?.fields === undefined) return field;
  if (kind.fields.includes(field)) return checkFieldType(place, aggregate, field, fieldType(kind, field));
  if (place.source.broken.has(field)) return undefined;
  place.source.broken.add(field);
  const guess = place.source.guess(field, kind.fields);
  return complain(
    place,
    `event "${event}" has no field "${field}"`,
    guess === null ? `declare it under events.${event}.fields` : `did you mean "${guess}"?`,
  );
}

function checkFieldType(
  place: Place,
  aggregate: WindowAggregate,
  field: string,
  type: EventFieldType,
): string | undefined {
  if (takenBy(aggregate)[type] !== undefined) return field;
  const fitting = windowAggregates
    .names()
    .filter((name) => windowAggregates.get(name).of === "field" && takenBy(name)[type] !== undefined);
  return complain(
    place,
    `"${field}" is a ${type}, and ${aggregate} reads none`,
    `of a ${type} there is ${fitting.join(", ")}`,
  );
}

function readBy(place: Place, { context, types, columns, later }: FeaturesKnown): readonly string[] | undefined {
  // An entry of the context may have this name.
  const isNone = isScalar(place.node) && place.node.value === "none" && !Object.hasOwn(context.known, "none");
  const wanted = "one to three context entries, or none";
  const items = isNone ? [] : isScalar(place.node) ? [place] : readItems(place, wanted);
  if (items === undefined) return undefined;
  if (items.length > BOUNDS.windowKeys.max) return complain(place, `expected ${wanted}, found ${items.length}`);
  if (items.length === 0 && !isNone)
    return complain(place, `expected ${wanted}, found 0`, "by: none counts the events of all");
  const by: string[] = [];
  for (const item of items) {
    const name = readText(item, "a context entry's name", 200);
    if (name === undefined || place.source.broken.has(name)) continue;
    const type = Object.hasOwn(context.known, name) ? context.known[name] : undefined;
    if (type === undefined && name === UNIT && context.complete) {
      if (by.includes(name)) complainTwice(item, `"${name}" twice`);
      else by.push(name);
    } else if (type === undefined) {
      if (!context.complete) continue;
      const isFeature = types.has(name) || columns.has(name) || later.has(name);
      if (isFeature) {
        complain(item, `"${name}" is a feature`, "windows are kept by entries of the context");
        continue;
      }
      place.source.broken.add(name);
      const guess = place.source.guess(name, Object.keys(context.known));
      const hint = guess === null ? "declare it under context, as a key or a category" : `did you mean "${guess}"?`;
      complain(item, `"${name}" is not in context`, hint);
    } else if (type !== "key" && type !== "category") {
      complain(item, `"${name}" is a ${type}`, "windows are kept by a key or a category");
    } else if (by.includes(name)) {
      complainTwice(item, `"${name}" twice`);
    } else {
      by.push(name);
    }
  }
  return by.length === items.length ? by : undefined;
}
