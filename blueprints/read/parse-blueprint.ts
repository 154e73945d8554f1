import type { Blueprint, BlueprintContent } from "../blueprint.ts";
import { BlueprintError, type Problem } from "../blueprint-error.ts";
import type { Reading } from "../sections/blueprint-section.ts";
import { sections } from "../sections/index.ts";
import { blueprintReference } from "../sections/reference.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readSection } from "../yaml/section.ts";
import { EnoughProblems, openSource, type Places, type Source } from "../yaml/source.ts";
import { blueprintVersion } from "./version.ts";
import { brokenPromise } from "../../streams/index.ts";

/** A blueprint with its warnings: parts that are probably not meant. */
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
export function checkBlueprint(text: string, where = "blueprint", places: Places = "lines"): CheckedBlueprint {
  const { blueprint, source } = read(text, where, places);
  return { blueprint, warnings: inOrder(source.warnings()) };
}

function read(
  text: string,
  where: string,
  places?: Places,
): { readonly blueprint: Blueprint; readonly source: Source } {
  const source = openSource(text, where, places, blueprintReference);
  const root: Place = { source, node: source.root, path: "", offset: 0 };
  const content = source.problems.length > 0 ? undefined : contentOrProblems(root);
  if (source.problems.length > 0)
    throw new BlueprintError(inOrder(source.problems), places === "paths" ? undefined : text);
  if (content === undefined) throw brokenPromise(`${where}: a part of the blueprint was left out without a problem`);
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

/** Each section is checked against the readable parts of the sections it refers to, so one mistake is reported once. */
function readContent(root: Place): BlueprintContent | undefined {
  if (root.node === null) return complain(root, "the blueprint is empty", `needed: useCase, decisionSpace, context, …`);
  const blueprint = readSection(
    root,
    sections.map(({ name }) => name),
  );
  const known = new Map<unknown, unknown>();
  const of: Reading = (section) => {
    if (!known.has(section)) known.set(section, section.read(blueprint, of));
    return known.get(section) as never;
  };
  const read = sections.map((section) => [section.name, section.whole(of(section))] as const);
  return whole<BlueprintContent>(Object.fromEntries(read) as Partly<BlueprintContent>);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) deepFreeze(entry);
  }
  return value;
}
