import type { BlueprintContent } from "../blueprint.ts";
import { sections } from "../sections/index.ts";

/**
 * The content as path → text, in the words of the YAML, for comparisons and for people.
 * @param several an only label is among `labels` too, if the other blueprint has several
 */
export function describeContent(content: BlueprintContent, several = false): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const section of sections) {
    for (const [path, value] of section.describe(content[section.name], content)) {
      const told = several && section.name === "label" ? amongLabels(path, content) : path;
      if (told !== undefined) paths.set(told, value === null ? "none" : String(value));
    }
  }
  return paths;
}

/** `undefined`: its name, which is in the path then. */
const amongLabels = (path: string, { label }: BlueprintContent): string | undefined =>
  path === "label.name" ? undefined : path.replace("label", `labels.${label.name}`);
