import type { AddRoutes } from "../door.ts";
import { askedDecision, askedDecisions, decision, decisionResults } from "../wire/decision.ts";
import { each } from "./bulk.ts";
import { problems } from "./problems.ts";

const config = { right: "produce" } as const;
const tags = ["decisions"];

export const decisionRoutes: AddRoutes = (app, { desk }) => {
  app.post(
    "/v1/decisions",
    {
      config,
      schema: {
        ...{ tags, operationId: "decide", summary: "Ask for a decision" },
        description:
          "The same decisionId asked again in the same use case is the same decision and has the same answer. A decision without a value is an answer too: its reason says why, and the caller's default applies.",
        body: askedDecision,
        response: { 200: decision, ...problems },
      },
    },
    ({ body }) => desk.decide(body),
  );
  app.post(
    "/v1/decisions/bulk",
    {
      config,
      schema: {
        ...{ tags, operationId: "decideBulk", summary: "Ask for several decisions" },
        description: "Each item has a result with a status of its own, in their order.",
        body: askedDecisions,
        response: { 200: decisionResults, ...problems },
      },
    },
    async ({ body }) => ({
      results: await each(body.decisions, async (asked) => ({ decision: await desk.decide(asked) })),
    }),
  );
};
