import type { KeyReference } from "../key-reference.ts";
import { sections } from "./index.ts";

/** Every key of a blueprint, in the order of the reference. */
export function blueprintReference(): readonly KeyReference[] {
  return sections.flatMap(({ name, said, keys }) =>
    [[name, said] as const, ...Object.entries(keys()).map(([key, of]) => [`${name}.${key}`, of] as const)].map(
      ([path, [type, unsaid, bounds = ""]]) => ({ path, type, unsaid, bounds }),
    ),
  );
}
