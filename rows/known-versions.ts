import type { CompiledBlueprint } from "../blueprints/index.ts";

/** The published versions of all use cases, as far as rows need to know them. */
export interface KnownVersions {
  version(useCase: string, version: string): CompiledBlueprint | undefined;
  /** Why a version that is published can't be read here; `undefined`: it can, or there is none. */
  problem(useCase: string, version: string): string | undefined;
}
