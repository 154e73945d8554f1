import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { StreamsError } from "../../streams/index.ts";
import type { ValidBlueprints } from "./valid-blueprints.ts";

/**
 * The version of a use case that is asked for.
 * @param version absent: the live one at `time`
 * @param time event time, ms; absent: after all changes
 * @throws DomainError `UNKNOWN_USE_CASE` or `UNKNOWN_VERSION`; StreamsError `NEWER_RELEASE` for a version that this
 * release can't read
 */
export function askedVersion(
  known: ValidBlueprints,
  useCase: string,
  version?: string,
  time: number = Number.MAX_SAFE_INTEGER,
): CompiledBlueprint {
  const compiled = version === undefined ? known.at(useCase, time) : known.version(useCase, version);
  if (compiled !== undefined) return compiled;
  // A use case whose versions this release can't read is not among the known ones.
  const problem = version === undefined ? known.problemAt(useCase, time) : known.problem(useCase, version);
  if (problem !== undefined) throw new StreamsError("NEWER_RELEASE", problem);
  const useCases = known.useCases();
  if (!useCases.includes(useCase)) {
    throw new DomainError(
      "UNKNOWN_USE_CASE",
      `unknown use case "${useCase}": known are ${useCases.join(", ") || "none"}`,
    );
  }
  const lacks =
    version !== undefined
      ? `blueprint version ${version}`
      : `live blueprint${time === Number.MAX_SAFE_INTEGER ? "" : ` at ${new Date(time).toISOString()}`}`;
  throw new DomainError("UNKNOWN_VERSION", `use case "${useCase}" has no ${lacks}: loopstream blueprint list`);
}
