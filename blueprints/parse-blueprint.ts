import type { Blueprint, BlueprintContent } from "./blueprint.ts";
import { BlueprintError } from "./blueprint-error.ts";
import { BOUNDS, DEFAULTS } from "./defaults.ts";
import { formatDuration } from "./duration.ts";
import { complain, found, type Place } from "./read/place.ts";
import { readContext, readEvents, readObservations } from "./read/read-context.ts";
import { readFeatures } from "./read/read-features.ts";
import { readLabel } from "./read/read-label.ts";
import { readModel } from "./read/read-model.ts";
import { readDecisionSpace, readPolicy } from "./read/read-policy.ts";
import { defaultRetention, readRetention } from "./read/read-retention.ts";
import { defaultTraining, readTraining } from "./read/read-training.ts";
import { optional, readSection, required } from "./read/section.ts";
import { EnoughProblems, openSource } from "./read/source.ts";
import { readDuration, readText } from "./read/values.ts";
import { blueprintVersion } from "./version.ts";

const FIELDS = [
  "useCase",
  "description",
  "decisionSpace",
  "context",
  "observations",
  "events",
  "features",
  "label",
  "model",
  "policy",
  "join",
  "training",
  "retention",
];

/**
 * Reads a blueprint's YAML. `where` names the text in problems, usually its file.
 * Throws `BlueprintError` with all problems, each with line and column.
 */
export function parseBlueprint(text: string, where = "blueprint"): Blueprint {
  const source = openSource(text, where);
  const root: Place = { source, node: source.root, path: "", offset: 0 };
  const content = source.problems.length > 0 ? undefined : contentOrProblems(root);
  if (source.problems.length > 0 || content === undefined) {
    throw new BlueprintError([...source.problems].sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return deepFreeze({ ...content, version: blueprintVersion(content), text });
}

function contentOrProblems(root: Place): BlueprintContent | undefined {
  try {
    return readContent(root);
  } catch (error) {
    if (error instanceof EnoughProblems) return undefined;
    throw error;
  }
}

function readContent(root: Place): BlueprintContent | undefined {
  if (root.node === null) return complain(root, "the blueprint is empty", `needed: useCase, decisionSpace, context, …`);
  const section = readSection(root, FIELDS);
  const useCase = required(section, "useCase", readUseCase);
  const description = optional(section, "description", DEFAULTS.description, (place) =>
    readText(place, "a text", BOUNDS.descriptionLength),
  );
  const decisionSpace = required(section, "decisionSpace", readDecisionSpace);
  const context = required(section, "context", readContext);
  const events = optional(section, "events", {}, readEvents);
  const observations = readObservations(section?.fields.get("observations"), events);
  const features = required(section, "features", (place) => readFeatures(place, { context: context ?? {}, events }));
  const model = optional(section, "model", { ...DEFAULTS.model }, readModel);
  const label = required(section, "label", (place) => readLabel(place, observations, features ?? [], model.objective));
  const policy = required(section, "policy", (place) =>
    // Without its label and its space a policy can't be judged: their own problems are reported already.
    label === undefined || decisionSpace === undefined
      ? undefined
      : readPolicy(place, label.name, features ?? [], decisionSpace),
  );
  const join = readJoin(section?.fields.get("join"), label?.waitMs ?? DEFAULTS.label.waitMs);
  const training = optional(section, "training", defaultTraining(model.objective), (place) =>
    readTraining(place, model.objective),
  );
  const retention = optional(section, "retention", defaultRetention(join.ttlMs), (place) =>
    readRetention(place, join.ttlMs),
  );
  if (!useCase || !decisionSpace || !context || !features || !label || !policy) return undefined;
  return {
    useCase,
    description,
    decisionSpace,
    context,
    observations,
    events,
    features,
    label,
    model,
    policy,
    join,
    training,
    retention,
  };
}

function readUseCase(place: Place): string | undefined {
  const name = readText(place, "the use case's name", 200);
  if (name === undefined || /^[a-z0-9-]{1,64}$/.test(name)) return name;
  return complain(place, `${found(place)} is no use case`, "1 to 64 small letters, digits and -");
}

function readJoin(place: Place | undefined, waitMs: number): { readonly ttlMs: number } {
  const fallback = Math.max(DEFAULTS.join.ttlMs, waitMs);
  if (place === undefined) return { ttlMs: fallback };
  return {
    ttlMs: optional(readSection(place, ["ttl"]), "ttl", fallback, (place) => {
      const ttlMs = readDuration(place, BOUNDS.ttl);
      if (ttlMs === undefined || ttlMs >= waitMs) return ttlMs;
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
