import {
  canTrainOn,
  compareBlueprints,
  compileBlueprint,
  parseBlueprint,
  validBlueprints,
  type Blueprint,
} from "../blueprints/index.ts";
import { blueprintTable } from "../operators/index.ts";
import { blueprints, type BlueprintPublished } from "../schemas/index.ts";
import { checkTime, readTable, type GlobalView } from "../streams/index.ts";
import { applyRetention } from "./apply-retention.ts";
import { checkTypes } from "./check-types.ts";
import type { Tools } from "./loop.ts";

export interface PublishedVersion {
  readonly useCase: string;
  readonly version: string;
  /** What differs from the version that was live before; empty for the first one. */
  readonly changes: readonly string[];
  /** It was live already. */
  readonly unchanged: boolean;
}

type Hands = Pick<Tools, "backbone" | "serdes" | "publisher">;

/**
 * Publishes a text and makes it live after `from`, ms; absent: after now, and the first version of a use case from the
 * beginning, so that history can be imported. Topics then keep their records as long as the live blueprints ask. A version that was published before only becomes live again.
 */
export async function publishBlueprint(hands: Hands, text: string, from?: number): Promise<PublishedVersion> {
  const blueprint = parseBlueprint(text);
  const { useCase, version } = blueprint;
  if (from !== undefined) checkTime(from, "the time from which the blueprint is live");
  const table = await readTable(hands.backbone, hands.serdes, blueprintTable);
  const known = validBlueprints(table);
  const time = from ?? (known.useCases().includes(useCase) ? Date.now() : 0);
  const live = known.at(useCase, time + 1)?.blueprint;
  if (live?.version === version) return { useCase, version, changes: [], unchanged: true };
  const stored = table.get(`${useCase}/${version}`);
  // One that is there was let in before: going back to it must not fail.
  if (stored === undefined) checkTypes(blueprint, known);
  await registerRows(hands, text, live);
  const activations = [...(stored?.activations ?? []), { time, live: true }].sort((a, b) => a.time - b.time);
  await write(hands, { useCase, version, text: stored?.text ?? text, activations }, time);
  await applyRetention(hands);
  const changes = live === undefined ? [] : compareBlueprints(live, blueprint).map(({ text: words }) => words);
  return { useCase, version, changes, unchanged: false };
}

/**
 * Publishes a text without making it live: history can be replayed by it and models trained for it first, and running instances gather from now
 * on what its windows look back on. A version that is there stays as it is.
 */
export async function storeBlueprint(hands: Hands, text: string): Promise<PublishedVersion> {
  const blueprint = parseBlueprint(text);
  const { useCase, version } = blueprint;
  const table = await readTable(hands.backbone, hands.serdes, blueprintTable);
  const known = validBlueprints(table);
  const live = known.at(useCase, Number.MAX_SAFE_INTEGER)?.blueprint;
  const changes = live === undefined ? [] : compareBlueprints(live, blueprint).map(({ text: words }) => words);
  if (table.get(`${useCase}/${version}`) !== undefined) return { useCase, version, changes, unchanged: true };
  checkTypes(blueprint, known);
  await registerRows(hands, text, live);
  await write(hands, { useCase, version, text, activations: [] }, Date.now());
  return { useCase, version, changes, unchanged: false };
}

/** Turns off a version that is live; decisions are null until another one is. */
export async function withdrawBlueprint(hands: Hands, useCase: string, version: string, time: number): Promise<void> {
  checkTime(time, "the time from which the blueprint is off");
  const table: GlobalView<BlueprintPublished> = await readTable(hands.backbone, hands.serdes, blueprintTable);
  const known = table.get(`${useCase}/${version}`);
  if (known === undefined) throw new Error(`use case "${useCase}" has no blueprint version ${version}`);
  await write(hands, { ...known, activations: [...known.activations, { time, live: false }] }, time);
  await applyRetention(hands);
}

function write(hands: Hands, value: BlueprintPublished, time: number): Promise<void> {
  return hands.publisher.publish([{ topic: blueprints, key: `${value.useCase}/${value.version}`, value, time }]);
}

/** Rows of the new version must be readable beside the old ones: a column that changed its type is refused here, by name. */
async function registerRows({ serdes }: Hands, text: string, live: Blueprint | undefined): Promise<void> {
  const compiled = compileBlueprint(text);
  try {
    await serdes.open(compiled.rows);
  } catch (error) {
    if (live === undefined) throw error;
    const { incompatibilities } = canTrainOn(compiled.blueprint, live);
    const words = incompatibilities.map(({ text: reason }) => reason).join("; ");
    throw new Error(
      `its rows can't follow those of version ${live.version}: ${words || String(error)}; give the feature a new name`,
      { cause: error },
    );
  }
}
