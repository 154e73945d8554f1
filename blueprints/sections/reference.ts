import { sections } from "./index.ts";

/** The reference of one key, as in docs/blueprint.md. */
export interface KeyReference {
  /** As in `label.wait`; NAME and KIND stand for names that the file chooses. */
  readonly path: string;
  readonly type: string;
  /** The meaning of an absent key; `required`. */
  readonly unsaid: string;
  /** Empty: none. */
  readonly bounds: string;
}

/** Every key of a blueprint, in the order of the reference. */
export function blueprintReference(): readonly KeyReference[] {
  return sections.flatMap(({ name, said, keys }) =>
    [[name, said] as const, ...Object.entries(keys()).map(([key, of]) => [`${name}.${key}`, of] as const)].map(
      ([path, [type, unsaid, bounds = ""]]) => ({ path, type, unsaid, bounds }),
    ),
  );
}
