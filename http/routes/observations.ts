import { randomUUID } from "node:crypto";
import type { AddRoutes } from "../door.ts";
import {
  activation,
  decisionParameters,
  observation,
  observationResults,
  observations,
  storedActivation,
  storedObservation,
} from "../wire/observation.ts";
import { each } from "./bulk.ts";
import { problems } from "./problems.ts";

const config = { right: "produce" } as const;
const tags = ["observations"];

export const observationRoutes: AddRoutes = (app, { desk }) => {
  app.post(
    "/v1/decisions/:id/observations",
    {
      config,
      schema: {
        ...{ tags, operationId: "observe", summary: "Report an observation of a decision" },
        description:
          "Answers once it is stored. Under one decision id an observationId counts once, so send one and the request may be sent again.",
        params: decisionParameters,
        body: observation,
        response: { 200: storedObservation, ...problems },
      },
    },
    async ({ params, body }) => ({ stored: true as const, observationId: await desk.observe(params.id, body) }),
  );
  app.post(
    "/v1/decisions/:id/activate",
    {
      config,
      schema: {
        ...{ tags, operationId: "activateDecision", summary: "Say that a deferred decision was shown" },
        description:
          "Answers once it is stored. A decision that was asked for as deferred makes a training row only if it is activated, within the TTL of its use case. Twice is once, and a decision that was not deferred stays as it is.",
        params: decisionParameters,
        body: activation,
        response: { 200: storedActivation, ...problems },
      },
    },
    async ({ params, body }) => {
      await desk.activate(params.id, body);
      return { stored: true as const };
    },
  );
  app.post(
    "/v1/observations/bulk",
    {
      config,
      schema: {
        ...{ tags, operationId: "observeBulk", summary: "Report observations of several decisions" },
        description:
          "Each item has a result with a status of its own, in their order. One that failed is sent again with its observationId.",
        body: observations,
        response: { 200: observationResults, ...problems },
      },
    },
    async ({ body }) => {
      const named = body.observations.map((one) => ({ ...one, observationId: one.observationId ?? randomUUID() }));
      const results = await each(named, async ({ decisionId, ...one }) => {
        await desk.observe(decisionId, one);
        return {};
      });
      return { results: results.map((one, at) => ({ ...one, observationId: named[at]!.observationId })) };
    },
  );
};
