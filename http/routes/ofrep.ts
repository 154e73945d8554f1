import { hash } from "node:crypto";
import { doorOf, type AddRoutes } from "../door.ts";
import { evaluate, evaluationFailure as failureOf, unitOf } from "../foreign/evaluate.ts";
import { comesAgain, RETRY_AFTER_S, statusOf } from "../problems/problem.ts";
import { requestError } from "../problems/request-error.ts";
import { CodedError, hasCode } from "../../streams/index.ts";
import {
  bulkEvaluation,
  evaluation,
  evaluationFailure,
  evaluationRequest,
  flagParameters,
  requestFailure,
} from "../wire/ofrep.ts";

const config = { right: "produce" } as const;
const tags = ["OFREP"];

/** OpenFeature's remote evaluation. A flag is a use case; each evaluation is a decision. */
export const ofrepRoutes: AddRoutes = (app, { desk }) => {
  void app.register(async (scope) => {
    const inner = doorOf(scope);
    inner.setErrorHandler((thrown, request, reply) => {
      const error = requestError(thrown);
      const { key } = (request.params ?? {}) as { readonly key?: string };
      const { status, body } = failureOf(error, key);
      if (error instanceof CodedError && comesAgain(statusOf(error))) void reply.header("retry-after", RETRY_AFTER_S);
      void reply.code(status).type("application/json").send(JSON.stringify(body));
    });
    inner.post(
      "/ofrep/v1/evaluate/flags/:key",
      {
        config,
        schema: {
          ...{ tags, operationId: "evaluateFlag", summary: "Evaluate a flag: ask for a decision of a use case" },
          ...{ params: flagParameters, body: evaluationRequest },
          response: { 200: evaluation, 400: evaluationFailure, 404: evaluationFailure, default: requestFailure },
        },
      },
      async ({ params, body }, reply) => {
        const found = await evaluate(desk, params.key, body.context ?? {});
        if ("errorCode" in found) return reply.code(400).send(found);
        return found;
      },
    );
    inner.post(
      "/ofrep/v1/evaluate/flags",
      {
        config,
        schema: {
          ...{ tags, operationId: "evaluateFlags", summary: "Evaluate every flag" },
          description:
            "A decision of every live use case. Nobody may ever see them, so they are marked as deferred. The answer has an ETag of the values; 304 if they are the same, and the decisions of the former answer are the ones to observe.",
          body: evaluationRequest,
          response: { 200: bulkEvaluation, default: requestFailure },
        },
      },
      async ({ body, headers }, reply) => {
        const published = await desk.source.blueprints();
        const now = Date.now();
        const useCases = published.useCases().filter((useCase) => published.at(useCase, now) !== undefined);
        // An id names one decision, and these are several.
        const { decisionId: _, ...context } = body.context ?? {};
        unitOf(context);
        const flags = await Promise.all(
          useCases.map(async (useCase) =>
            evaluate(desk, useCase, context, true).catch((error: unknown) => {
              if (hasCode(error, "TOO_BUSY")) throw error;
              return { ...failureOf(error, useCase).body, key: useCase };
            }),
          ),
        );
        const etag = etagOf(flags);
        void reply.header("etag", etag);
        if (headers["if-none-match"]?.includes(etag)) return reply.code(304).send(undefined as never);
        return { flags };
      },
    );
  });
};

/** Over the values alone: ids differ each time. */
function etagOf(flags: readonly object[]): string {
  const values = flags.map((flag) => ({ ...flag, metadata: undefined }));
  return `"${hash("sha256", JSON.stringify(values), "base64url").slice(0, 22)}"`;
}
