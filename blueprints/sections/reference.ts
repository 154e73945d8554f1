import { sections } from "./index.ts";

/** What there is to know of one key: as docs/blueprint.md says it. */
export interface KeyReference {
  /** As in `label.wait`; NAME and KIND stand for names that the file chooses. */
  readonly path: string;
  readonly type: string;
  /** What an absent key means; `required`. */
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
