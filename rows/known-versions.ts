import type { CompiledBlueprint } from "../blueprints/index.ts";

/** The published versions of all use cases, as far as rows need them. */
export interface KnownVersions {
  version(useCase: string, version: string): CompiledBlueprint | undefined;
  /** The reason that a published version can't be read here; `undefined`: it can, or there is no such version. */
  problem(useCase: string, version: string): string | undefined;
}
