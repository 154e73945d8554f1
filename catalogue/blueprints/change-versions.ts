import type { Blueprint, CompiledBlueprint, LearningMode } from "../../blueprints/index.ts";
import { type BlueprintPublished, DomainError } from "../../schemas/index.ts";
import { StreamsError, type GlobalView, type TopicTools } from "../../streams/index.ts";
import { changeTable, type Change, type Written } from "../change/change-table.ts";
import { blueprintTable } from "./blueprint-table.ts";
import { checkTypes } from "./check-types.ts";
import { paramProblem } from "./param-values.ts";
import { publishedBlueprint } from "./published-blueprint.ts";
import { shadowSince } from "./shadow-spans.ts";
import { validBlueprints } from "./valid-blueprints.ts";
import { checkVersionMove, stateAfter } from "./version-moves.ts";

/** A version to publish: its text and the compiled form. */
export interface NewVersion {
  readonly compiled: CompiledBlueprint;
  readonly text: string;
}

export interface Activated {
  /** Live after this event time, ms. */
  readonly liveAfter: number;
  /** The version was live already: nothing was written. */
  readonly unchanged: boolean;
}

type Table = GlobalView<BlueprintPublished>;

/**
 * Publishes a version that is not live. An existing version stays as it is. Rejects with `ChangedTypes` as `checkTypes`
 * does.
 * @param time of the record, event time in ms
 */
export function storeVersion(tools: TopicTools, version: NewVersion, time: number): Promise<void> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, void> => {
    const { useCase, version: hash } = version.compiled.blueprint;
    const isThere = table.get(`${useCase}/${hash}`) !== undefined;
    return { write: isThere ? [] : [written(letIn(table, version), time)], result: undefined };
  });
}

/**
 * Makes a version live, and publishes it first if it is not in the table. Rejects with `ChangedTypes` as `checkTypes`
 * does.
 * @param from live after this event time, ms; absent: from now on, and the first version of a use case from the
 * beginning
 */
export function activateVersion(tools: TopicTools, version: NewVersion, from?: number): Promise<Activated> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, Activated> => {
    const record = letIn(table, version);
    const records = ofUseCase(table, record.useCase);
    const liveAfter = from ?? (records.length > 0 ? Date.now() : 0);
    const { state, since } = stateAfter(records, record.version, liveAfter);
    if (state === "live") return { write: [], result: { liveAfter: since!, unchanged: true } };
    checkVersionMove(record, state, "live");
    // Its decisions are the live ones from then on.
    const unshadowed = shadowSince(record, liveAfter) === undefined ? record : withShadowing(record, liveAfter, false);
    const changed = withActivation(unshadowed, liveAfter, true);
    return { write: [written(changed, liveAfter)], result: { liveAfter, unchanged: false } };
  });
}

/**
 * Turns off a version that is live right after `time`, event time in ms. A withdrawn version stays withdrawn. Rejects
 * with `ILLEGAL_MOVE` for a version that is not live then.
 */
export function withdrawVersion(tools: TopicTools, useCase: string, version: string, time: number): Promise<void> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, void> => {
    const record = recordOf(table, useCase, version);
    const { state } = stateAfter(ofUseCase(table, useCase), version, time);
    if (state === "withdrawn") return { write: [], result: undefined };
    checkVersionMove(record, state, "withdrawn");
    return { write: [written(withActivation(record, time, false), time)], result: undefined };
  });
}

export interface Shadowed {
  /** In shadow from this event time on, ms. */
  readonly from: number;
  /** It was in shadow already: nothing was written. */
  readonly unchanged: boolean;
}

/**
 * Puts a version in shadow from `from` on, event time in ms, and publishes it first if it is not in the table. Rejects
 * with `ILLEGAL_MOVE` for a version that is live then, and with `ChangedTypes` as `checkTypes` does.
 */
export function shadowVersion(tools: TopicTools, version: NewVersion, from: number): Promise<Shadowed> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, Shadowed> => {
    const record = letIn(table, version);
    const { state } = stateAfter(ofUseCase(table, record.useCase), record.version, from);
    if (state === "shadow") return { write: [], result: { from: shadowSince(record, from)!, unchanged: true } };
    checkVersionMove(record, state, "shadow");
    return { write: [written(withShadowing(record, from, true), from)], result: { from, unchanged: false } };
  });
}

/**
 * Ends the shadow of a version at `time`, event time in ms: no decision from then on is made by it. Rejects with
 * `ILLEGAL_MOVE` for a version that is not in shadow.
 */
export function endShadow(tools: TopicTools, useCase: string, version: string, time: number): Promise<void> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, void> => {
    const record = recordOf(table, useCase, version);
    const { state } = stateAfter(ofUseCase(table, useCase), version, time);
    if (state !== "shadow")
      throw new DomainError("ILLEGAL_MOVE", `version ${version} of use case "${useCase}" is ${state}, not in shadow`);
    return { write: [written(withShadowing(record, time, false), time)], result: undefined };
  });
}

/**
 * Sets values of the parameters of a version's policy after `time`, event time in ms; null: the default again. Rejects
 * with `BAD_PARAMETER` for a name that the policy does not have and for a value out of its bounds.
 */
export function setParams(
  tools: TopicTools,
  { useCase, version }: Pick<BlueprintPublished, "useCase" | "version">,
  values: Readonly<Record<string, number | null>>,
  time: number,
): Promise<void> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, void> => {
    const record = recordOf(table, useCase, version);
    const refusal = paramProblem(textOf(record), values);
    if (refusal !== undefined) throw new DomainError("BAD_PARAMETER", `${useCase} ${version}: ${refusal}`);
    const changed = { ...record, parameters: inTime(record.parameters, { time, values }) };
    return { write: [written(changed, time)], result: undefined };
  });
}

/** Sets who acts by a version after `time`, event time in ms. */
export function setMode(
  tools: TopicTools,
  { useCase, version }: Pick<BlueprintPublished, "useCase" | "version">,
  mode: LearningMode,
  time: number,
): Promise<void> {
  return changeTable(tools, blueprintTable, (table): Change<BlueprintPublished, void> => {
    const record = recordOf(table, useCase, version);
    if (textOf(record).policy.rule.kind === "assign")
      throw new DomainError("BAD_PARAMETER", `${useCase} ${version}: "assign" divides the units, and has no mode`);
    const changed = { ...record, modes: inTime(record.modes, { time, mode }) };
    return { write: [written(changed, time)], result: undefined };
  });
}

function recordOf(table: Table, useCase: string, version: string): BlueprintPublished {
  const record = table.get(`${useCase}/${version}`);
  if (record === undefined)
    throw new DomainError("UNKNOWN_VERSION", `use case "${useCase}" has no blueprint version ${version}`);
  return record;
}

/** Throws `NEWER_RELEASE` for a text that this release can't read. */
function textOf(record: BlueprintPublished): Blueprint {
  const { compiled, problem } = publishedBlueprint(record);
  if (compiled === undefined) throw new StreamsError("NEWER_RELEASE", problem);
  return compiled.blueprint;
}

/**
 * The version's record, or a new one without activations. An existing version was checked when it was published and is
 * not checked again: a return to it must not fail.
 */
function letIn(table: Table, { compiled, text }: NewVersion): BlueprintPublished {
  const { useCase, version } = compiled.blueprint;
  const stored = table.get(`${useCase}/${version}`);
  if (stored === undefined) checkTypes(compiled.blueprint, validBlueprints(table));
  return stored ?? { useCase, version, text, activations: [], shadowings: [], parameters: [], modes: [] };
}

function ofUseCase(table: Table, useCase: string): readonly BlueprintPublished[] {
  return [...table.values()].filter((record) => record.useCase === useCase);
}

function withActivation(record: BlueprintPublished, time: number, live: boolean): BlueprintPublished {
  return { ...record, activations: inTime(record.activations, { time, live }) };
}

function withShadowing(record: BlueprintPublished, time: number, on: boolean): BlueprintPublished {
  return { ...record, shadowings: inTime(record.shadowings, { time, on }) };
}

/** Inserts a change by its time, behind those of the same time. */
const inTime = <C extends { readonly time: number }>(all: readonly C[], added: C): readonly C[] =>
  [...all, added].sort((a, b) => a.time - b.time);

function written(value: BlueprintPublished, time: number): Written<BlueprintPublished> {
  return { key: `${value.useCase}/${value.version}`, value, time };
}
