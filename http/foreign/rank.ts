import { randomUUID } from "node:crypto";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import type { Desk } from "../desk.ts";
import { at } from "../problems/problem.ts";
import type { RankRequest, RankResponse } from "../wire/personalizer.ts";
import { declaredContext } from "./declared-context.ts";

/**
 * A decision as Personalizer's ranking: the chosen action first, the others in the request's order. Without a model the
 * order stays, and the first action is the product's own choice.
 */
export async function rank(desk: Desk, useCase: string, request: RankRequest): Promise<RankResponse> {
  const live = await desk.live(useCase);
  checkActions(useCase, request, live);
  const eventId = request.eventId ?? randomUUID();
  const entries = flat(request.contextFeatures ?? []);
  const { unit } = entries;
  const decision = await desk.decide({
    ...{ useCase, decisionId: eventId },
    unit: typeof unit === "string" && unit !== "" ? unit : eventId,
    context: declaredContext(entries, live, "contextFeatures"),
    deferred: request.deferActivation ?? false,
  });
  if (decision.reason === "error")
    throw new DomainError("DECISION_FAILED", decision.error ?? "the loop made no decision", undefined);
  const ids = request.actions.map(({ id }) => id);
  const chosen = decision.value === null ? ids[0]! : String(decision.value);
  const isSure = decision.propensity === 1 || decision.value === null;
  const others = ids.filter((id) => id !== chosen).map((id) => (isSure ? { id, probability: 0 } : { id }));
  const probability = decision.propensity ?? 1;
  return { ranking: [{ id: chosen, probability }, ...others], eventId, rewardActionId: chosen };
}

/** The only live use case that chooses among actions. Throws `UNKNOWN_USE_CASE` if there are several, or none. */
export async function onlyUseCase(desk: Desk): Promise<string> {
  const published = await desk.source.blueprints();
  const found = published.useCases().filter((name) => actionsOf(published.at(name, Date.now())) !== undefined);
  if (found.length === 1) return found[0]!;
  const known = found.length === 0 ? "none is live" : `known are ${found.join(", ")}`;
  throw new DomainError(
    "UNKNOWN_USE_CASE",
    `name the use case of these actions, as /use-cases/NAME/personalizer/v1.0: ${known}`,
  );
}

function actionsOf(live: CompiledBlueprint | undefined): readonly string[] | undefined {
  const space = live?.blueprint.decisionSpace;
  if (space?.kind === "boolean") return ["false", "true"];
  return space?.kind === "actions" ? space.actions : undefined;
}

/** The policy chooses among the blueprint's actions: any other set would be another decision than the one that is logged. */
function checkActions(
  useCase: string,
  { actions, excludedActions }: RankRequest,
  live: CompiledBlueprint | undefined,
): void {
  const known = actionsOf(live);
  if (known === undefined) throw wrong("actions", `use case ${useCase} does not choose among actions`);
  const ids = actions.map(({ id }) => id);
  const unknown = ids.findIndex((id, index) => !known.includes(id) || ids.indexOf(id) !== index);
  if (unknown >= 0)
    throw wrong(
      `actions.${unknown}.id`,
      `${JSON.stringify(ids[unknown])} is no action of its own: they are ${known.join(", ")}`,
    );
  const missing = known.filter((action) => !ids.includes(action));
  if (missing.length > 0)
    throw wrong("actions", `${missing.join(", ")} is missing: send every action of the blueprint`);
  if ((excludedActions ?? []).length > 0)
    throw wrong("excludedActions", "no action can be left out: the policy chooses among all of them");
}

/** Entries of all dictionaries; those inside of others by their path, with underscores. */
function flat(
  dictionaries: readonly object[],
  prefix = "",
  into: Record<string, unknown> = {},
): Record<string, unknown> {
  for (const [name, value] of dictionaries.flatMap((each) => Object.entries(each) as [string, unknown][])) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isObject) flat([value], `${prefix}${name}_`, into);
    else into[prefix + name] = value;
  }
  return into;
}

const wrong = (field: string, message: string): DomainError =>
  at(new DomainError("BAD_REQUEST", `${field}: ${message}`), { field });
