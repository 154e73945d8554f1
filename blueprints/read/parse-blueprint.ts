import type { Blueprint, BlueprintContent, EventKind } from "../blueprint.ts";
import { BlueprintError, type Problem } from "../blueprint-error.ts";
import { BOUNDS, DEFAULTS, KEYS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { whole, type Names, type Partly } from "./partly.ts";
import { complain, found, type Place } from "./place.ts";
import { readContext, readEvents, readObservations } from "./read-context.ts";
import { readFeatures } from "./read-features.ts";
import { readLabel } from "./read-label.ts";
import { readModel } from "./read-model.ts";
import { readDecisionSpace, readPolicy } from "./read-policy.ts";
import { impliedRetention, readRetention } from "./read-retention.ts";
import { defaultTraining, readTraining } from "./read-training.ts";
import { optional, readSection, required } from "./section.ts";
import { EnoughProblems, openSource, type Source } from "./source.ts";
import { readDuration, readText } from "./values.ts";
import { blueprintVersion } from "./version.ts";

/** A blueprint, and what in it is probably not meant. */
export interface CheckedBlueprint {
  readonly blueprint: Blueprint;
  /** In the order of the file. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads a blueprint's YAML. `where` names the text in problems, usually its file.
 * Throws `BlueprintError` with all problems, each with line and column.
 */
export function parseBlueprint(text: string, where = "blueprint"): Blueprint {
  return read(text, where).blueprint;
}

/** The same, with warnings: a policy that is always the same, a kind that is declared nowhere. */
export function checkBlueprint(text: string, where = "blueprint"): CheckedBlueprint {
  const { blueprint, source } = read(text, where);
  return { blueprint, warnings: inOrder(source.warnings()) };
}

function read(text: string, where: string): { readonly blueprint: Blueprint; readonly source: Source } {
  const source = openSource(text, where);
  const root: Place = { source, node: source.root, path: "", offset: 0 };
  const content = source.problems.length > 0 ? undefined : contentOrProblems(root);
  if (source.problems.length > 0) throw new BlueprintError(inOrder(source.problems));
  if (content === undefined) throw new Error(`${where}: a part of the blueprint was left out without a problem`);
  return { blueprint: deepFreeze({ ...content, version: blueprintVersion(content), text }), source };
}

const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);

function contentOrProblems(root: Place): BlueprintContent | undefined {
  try {
    return readContent(root);
  } catch (error) {
    if (error instanceof EnoughProblems) return undefined;
    throw error;
  }
}

/** Each section is judged by those it refers to as far as they could be read: one mistake is told once. */
function readContent(root: Place): BlueprintContent | undefined {
  if (root.node === null) return complain(root, "the blueprint is empty", `needed: useCase, decisionSpace, context, …`);
  const section = readSection(root, KEYS.blueprint);
  const useCase = required(section, "useCase", readUseCase);
  const description = optional(section, "description", DEFAULTS.description, (place) =>
    readText(place, "a text", BOUNDS.descriptionLength),
  );
  const decisionSpace = required(section, "decisionSpace", readDecisionSpace);
  const context = required(section, "context", readContext) ?? nothingRead;
  const events = optional(section, "events", noNames, readEvents) ?? nothingRead;
  const observations =
    optional(section, "observations", readObservations(undefined, events), (place) =>
      readObservations(place, events),
    ) ?? nothingRead;
  const read = required(section, "features", (place) => readFeatures(place, { context, events }));
  const features = read ?? { features: [], complete: false };
  const model = optional(section, "model", DEFAULTS.model, readModel);
  const objective = model?.objective;
  const kinds = events.complete ? Object.keys(events.known) : undefined;
  const label = required(section, "label", (place) => readLabel(place, { observations, kinds, features, objective }));
  const policy = required(section, "policy", (place) =>
    readPolicy(place, { label: label?.name, objective, features, space: decisionSpace }),
  );
  const join = optional(section, "join", impliedJoin(label?.waitMs), (place) => readJoin(place, label?.waitMs));
  const training = optional(section, "training", defaultTraining(objective), (place) => readTraining(place, objective));
  const retention = optional(section, "retention", impliedRetention(join?.ttlMs), (place) =>
    readRetention(place, join?.ttlMs),
  );
  return whole<BlueprintContent>({
    useCase,
    description,
    decisionSpace,
    context: context.known,
    observations: observations.known,
    events: kindsOf(events),
    features: features.features,
    label: whole(label),
    model: whole(model),
    policy: whole(policy),
    join: whole(join),
    training: whole(training),
    retention: whole(retention),
  });
}

const noNames = Object.freeze({ known: Object.freeze({}), complete: true });
const nothingRead = Object.freeze({ known: Object.freeze({}), complete: false });

function kindsOf({ known }: Names<Partly<EventKind>>): Readonly<Record<string, EventKind>> | undefined {
  const kinds = Object.entries(known).map(([name, kind]) => [name, whole(kind)] as const);
  return whole<Record<string, EventKind>>(Object.fromEntries(kinds));
}

function readUseCase(place: Place): string | undefined {
  const name = readText(place, "the use case's name", 200);
  if (name === undefined || (/^[a-z0-9-]+$/.test(name) && name.length <= BOUNDS.useCaseLength)) return name;
  return complain(place, `${found(place)} is no use case`, `1 to ${BOUNDS.useCaseLength} small letters, digits and -`);
}

const impliedJoin = (waitMs: number | undefined): Partly<BlueprintContent["join"]> => ({
  ttlMs: waitMs === undefined ? undefined : Math.max(DEFAULTS.join.ttlMs, waitMs),
});

function readJoin(place: Place, waitMs: number | undefined): Partly<BlueprintContent["join"]> {
  return {
    ttlMs: optional(readSection(place, KEYS.join), "ttl", impliedJoin(waitMs).ttlMs, (place) => {
      const ttlMs = readDuration(place, BOUNDS.ttl);
      if (ttlMs === undefined || waitMs === undefined || ttlMs >= waitMs) return ttlMs;
      const wait = formatDuration(waitMs);
      return complain(place, `${formatDuration(ttlMs)} is shorter than label.wait, ${wait}`, `at least ${wait}`);
    }),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) deepFreeze(entry);
  }
  return value;
}
