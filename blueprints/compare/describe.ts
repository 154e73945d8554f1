import type { BlueprintContent } from "../blueprint.ts";
import { sections } from "../sections/index.ts";

/** The content as path → text, in the words of the YAML: what two blueprints are compared by, and people read. */
export function describeContent(content: BlueprintContent): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const section of sections) {
    for (const [path, value] of section.describe(content[section.name], content)) {
      paths.set(path, value === null ? "none" : String(value));
    }
  }
  return paths;
}
