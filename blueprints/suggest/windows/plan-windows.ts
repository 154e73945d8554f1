import { formatDuration } from "../../duration.ts";
import { UNIT } from "../../windows/unit.ts";
import type { FreeNames } from "../free-names.ts";
import type { Sample } from "../profile/sample.ts";
import type { LeftOut, SuggestedFeature } from "../suggestion.ts";
import { chooseFeatures, type Chosen } from "./choose-features.ts";
import type { EventSource } from "./event-sources.ts";
import { WindowTrials, type TriedWindow } from "./try-windows.ts";

/** A feature that adds less to what the others say of the label is noise. */
const LEAST_ADDED = 0.03;
const MOST_FEATURES = 40;
/** Kinds of events and names that are tried; of the names so many in pairs. */
const [MOST_SOURCES, MOST_KEYS, PAIRED] = [10, 20, 4];

export interface WindowsGiven {
  readonly sample: Sample;
  readonly labels: readonly (number | null)[];
  /** Names that windows may be kept by. */
  readonly keys: readonly string[];
  readonly sources: readonly EventSource[];
  readonly names: FreeNames;
}

export interface WindowPlan {
  readonly features: readonly SuggestedFeature[];
  /** Entries that some window is kept by. */
  readonly used: ReadonlySet<string>;
  /** Kinds and fields that some window counts. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Windows worth trying: for each kind and key some lengths that hold events, by the rate of the key's events, and of
 * all these features those that say most of the label together.
 */
export function planWindows({ sample, labels, keys, sources, names }: WindowsGiven): WindowPlan {
  const trials = new WindowTrials(sample, labels);
  const candidates: TriedWindow[] = [];
  const leftOut: LeftOut[] = [
    ...sources.slice(MOST_SOURCES).map(({ kind }) => ({ what: `windows of ${kind}`, why: TOO_MANY })),
    ...keys.slice(MOST_KEYS).map((name) => ({ what: `windows by ${name}`, why: TOO_MANY })),
  ];
  const groups: { readonly what: string; readonly tried: readonly TriedWindow[] }[] = [];
  const tryGroup = (source: EventSource, by: readonly string[]): readonly TriedWindow[] => {
    const tried = trials.try(source, by);
    const what = windowsText(source, by);
    if (typeof tried === "string") {
      // Of a pair that is no news where one of both says it already.
      if (by.length < 2) leftOut.push({ what, why: tried });
      return [];
    }
    groups.push({ what, tried });
    candidates.push(...tried);
    return tried;
  };
  for (const source of sources.slice(0, MOST_SOURCES)) {
    tryGroup(source, []);
    const single = keys
      .slice(0, MOST_KEYS)
      .map((key) => ({ key, strength: tryGroup(source, [key])[0]?.strength ?? 0 }));
    const best = single.sort((a, b) => b.strength - a.strength);
    for (const [at, { key }] of best.slice(0, PAIRED).entries())
      for (const other of best.slice(at + 1, PAIRED)) tryGroup(source, [key, other.key]);
  }
  const chosen = chooseFeatures(candidates, trials.label, { most: MOST_FEATURES, least: LEAST_ADDED });
  const taken = new Set(chosen.map(({ candidate: { source, by } }) => windowsText(source, by)));
  for (const { what, tried } of groups)
    if (!taken.has(what)) leftOut.push({ what, why: `add too little: alone they go with the label by ${said(tried)}` });
  return { ...planned(chosen, names), leftOut };
}

const TOO_MANY = "are past those that are tried";
const said = (tried: readonly TriedWindow[]): string => (tried[0]?.strength ?? 0).toFixed(2);
const windowsText = ({ kind }: EventSource, by: readonly string[]): string =>
  `windows of ${kind} by ${by.length === 0 ? "none" : by.join(" and ")}`;

function planned(chosen: readonly Chosen<TriedWindow>[], names: FreeNames): Omit<WindowPlan, "leftOut"> {
  const used = new Set<string>();
  const fields = new Map<string, Set<string>>();
  const features = chosen.map(({ candidate, strength, adds }) => {
    const { aggregate, field, windowMs, by } = candidate;
    const { kind } = candidate.source;
    for (const name of by) used.add(name);
    const ofKind = fields.get(kind) ?? new Set();
    fields.set(kind, ofKind);
    if (field !== null) ofKind.add(field);
    const span = formatDuration(windowMs);
    const what = field === null ? aggregate : `${aggregate}_${field}`;
    const name = names.take([what, kind, ...(by.length === 0 ? [] : ["by", ...by]), span].join("_"));
    const keys = by.length === 0 ? "none" : by.length === 1 ? by[0]! : `[${by.join(", ")}]`;
    const item = `${name}: { ${aggregate}: ${field ?? "true"}, of: ${kind}, by: ${keys}, in: ${span} }`;
    return { name, item, why: `${strength.toFixed(2)} alone, adds ${adds.toFixed(2)}` };
  });
  return { features, used: new Set([...used].filter((name) => name !== UNIT)), fields };
}
