import { existsSync } from "node:fs";
import { checkBlueprint, compileBlueprint, nearest, type Blueprint } from "../../../blueprints/index.ts";
import { modelTable } from "../../../catalogue/index.ts";
import { publishBlueprint, type PublishOptions, type Tools } from "../../../loop/index.ts";
import { DomainError, type BlueprintPublished } from "../../../schemas/index.ts";
import { readTable } from "../../../streams/index.ts";
import { publishedText, sayLacking, sayWarming, unservedText } from "../../text/blueprint-text.ts";
import type { Output } from "../../text/output.ts";
import { readText } from "../read-text.ts";
import { unknownUseCase, type Published } from "./versions.ts";

/** A version is letters and digits alone. */
const isPath = (given: string): boolean => /[./\\]/.test(given);

/** A published version. Throws `UNKNOWN_USE_CASE`, or `UNKNOWN_VERSION` with the nearest one. */
export function publishedVersion(published: Published, useCase: string, version: string): BlueprintPublished {
  const found = published.get(`${useCase}/${version}`);
  if (found !== undefined) return found;
  const all = [...published.values()];
  const versions = all.filter((each) => each.useCase === useCase).map((each) => each.version);
  if (versions.length === 0)
    throw unknownUseCase(
      useCase,
      all.map((each) => each.useCase),
    );
  const guess = nearest(version, versions);
  throw new DomainError(
    "UNKNOWN_VERSION",
    `use case "${useCase}" has no blueprint version ${version}${guess === null ? "" : `: did you mean ${guess}?`}`,
  );
}

/** A published version, or the blueprint in a file, whose use case must be this one. */
export const versionOrFile = (published: Published, useCase: string, given: string): Blueprint =>
  compileBlueprint(textOfVersionOrFile(published, useCase, given)).blueprint;

/**
 * The text of a published version, or of the blueprint in a file, whose use case must be this one. Throws `BAD_FILE` for a
 * path of no file, else what `publishedVersion` throws.
 */
export function textOfVersionOrFile(published: Published, useCase: string, given: string): string {
  if (published.get(`${useCase}/${given}`) === undefined && isPath(given) && !existsSync(given))
    throw new DomainError(
      "BAD_FILE",
      `${given} is not there, neither as a file nor as a version of use case "${useCase}": mend the path`,
    );
  if (published.get(`${useCase}/${given}`) !== undefined || !existsSync(given))
    return publishedVersion(published, useCase, given).text;
  const text = readText(given);
  const { blueprint } = checkBlueprint(text, given);
  if (blueprint.useCase === useCase) return text;
  throw new DomainError("BAD_FILE", `${given} is a blueprint of use case "${blueprint.useCase}", not of "${useCase}"`);
}

export interface MakeLive {
  /** ms; default: now. */
  readonly from?: number | undefined;
  readonly atOnce?: boolean;
}

/**
 * Makes the version of a text live, says what people have to know of it, and prints the result.
 * @param more besides, for programs
 */
export async function makeLive(
  tools: Tools,
  text: string,
  { from, atOnce = false }: MakeLive,
  output: Output,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const published = await publishBlueprint(tools, text, from, { atOnce, ...sayings(output) });
  output.result({ ...published, ...more }, publishedText);
  await sayUnserved(tools, text, output);
}

/** What people hear while a version is published. */
export const sayings = (output: Output): Required<Pick<PublishOptions, "onLacking" | "onWarming">> => ({
  onLacking: (all) => sayLacking(all, output),
  onWarming: sayWarming((line) => output.say(line)),
});

/** Says that no model serves the version of a text, if models serve others. */
export async function sayUnserved({ backbone, serdes }: Tools, text: string, output: Output): Promise<void> {
  const unserved = unservedText(compileBlueprint(text).blueprint, await readTable(backbone, serdes, modelTable));
  if (unserved !== undefined) output.say(unserved);
}
