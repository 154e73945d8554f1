import { doorOf, type AddRoutes } from "../door.ts";
import { onlyUseCase, rank } from "../foreign/rank.ts";
import { comesAgain, problemOf, RETRY_AFTER_S } from "../problems/problem.ts";
import { requestError } from "../problems/request-error.ts";
import { z } from "zod";
import { DomainError } from "../../schemas/index.ts";
import type { Desk } from "../desk.ts";
import {
  eventParameters,
  personalizerError,
  rankRequest,
  rankResponse,
  rewardRequest,
  useCaseParameters,
} from "../wire/personalizer.ts";

const config = { right: "produce" } as const;
const tags = ["Personalizer"];
const response = { default: personalizerError };
const stored = { 204: z.null().describe("Stored."), ...response };

/** Azure AI Personalizer's interface, for use cases that decide a boolean or one of several actions. */
export const personalizerRoutes: AddRoutes = (app, { desk }) => {
  void app.register(async (scope) => {
    scope.setErrorHandler((error, _, reply) => {
      const { status, code, detail } = problemOf(requestError(error));
      if (comesAgain(status)) void reply.header("retry-after", RETRY_AFTER_S);
      void reply
        .code(status)
        .type("application/json")
        .send(JSON.stringify({ error: { code, message: detail } }));
    });
    const inner = doorOf(scope);
    for (const named of [false, true]) {
      const at = `${named ? "/use-cases/:useCase" : ""}/personalizer/v1.0`;
      const useCaseOf = (params: unknown): Promise<string> | string =>
        named ? (params as { readonly useCase: string }).useCase : onlyUseCase(desk);
      const of = (operationId: string) => ({ tags, operationId: named ? `${operationId}Of` : operationId });
      const ofUseCase = named ? { params: useCaseParameters } : {};
      const ofEvent = { params: named ? eventParameters.extend(useCaseParameters.shape) : eventParameters };
      inner.post(
        `${at}/rank`,
        {
          config,
          schema: {
            ...{ ...of("rank"), summary: "Choose an action", body: rankRequest, ...ofUseCase },
            response: { 201: rankResponse, ...response },
          },
        },
        async ({ body, params }, reply) => reply.code(201).send(await rank(desk, await useCaseOf(params), body)),
      );
      inner.post(
        `${at}/events/:eventId/reward`,
        {
          config,
          schema: {
            ...{ ...of("reward"), summary: "Report the reward: the observation `reward` of the decision" },
            description: "A request with the same x-ms-client-request-id counts once.",
            ...{ body: rewardRequest, ...ofEvent, response: stored },
          },
        },
        async ({ body, params, headers }, reply) => {
          await observe(desk, await useCaseOf(params), params.eventId, { reward: body.value }, requestIdOf(headers));
          return reply.code(204).send(null);
        },
      );
      inner.post(
        `${at}/events/:eventId/activate`,
        {
          config: { ...config, emptyBody: true },
          schema: {
            ...of("activate"),
            summary: "Report that it was shown: a deferred decision counts from then on",
            ...ofEvent,
            response: stored,
          },
        },
        async ({ params }, reply) => {
          await activate(desk, await useCaseOf(params), params.eventId);
          return reply.code(204).send(null);
        },
      );
    }
  });
};

/** An observation that the blueprint does not know would count for nothing: it is refused. */
async function observe(
  desk: Desk,
  useCase: string,
  decisionId: string,
  values: Readonly<Record<string, number | boolean>>,
  observationId: string | undefined,
): Promise<void> {
  const live = await desk.live(useCase);
  for (const [name, value] of Object.entries(values)) {
    if (live === undefined || live.declared.observations.has(name)) continue;
    const text = `use case ${useCase} has no observation ${name}: declare ${name}: ${typeof value} under observations`;
    throw new DomainError("UNDECLARED", text);
  }
  await desk.observe(decisionId, { values, useCase, observationId });
}

/** It is the observation `activated` too, if the blueprint has that. */
async function activate(desk: Desk, useCase: string, decisionId: string): Promise<void> {
  const live = await desk.live(useCase);
  if (live?.declared.observations.has("activated") !== true) return desk.activate(decisionId, { useCase });
  const observationId = "activated";
  await desk.observe(decisionId, { values: { activated: true }, activation: true, useCase, observationId });
}

/** Azure's clients name each request, and keep the name when they send it again. */
function requestIdOf(headers: Readonly<Record<string, unknown>>): string | undefined {
  const id = headers["x-ms-client-request-id"];
  return typeof id === "string" && id !== "" ? id : undefined;
}
