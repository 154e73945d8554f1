import type { AddRoutes } from "../door.ts";
import { event, eventResults, events, storedEvent } from "../wire/event.ts";
import { each } from "./bulk.ts";
import { problems } from "./problems.ts";

const config = { right: "produce" } as const;
const tags = ["events"];

export const eventRoutes: AddRoutes = (app, { desk }) => {
  app.post(
    "/v1/events",
    {
      config,
      schema: {
        ...{ tags, operationId: "tell", summary: "Report an event of no decision" },
        description: "Answers once it is stored. An event has no id: one that is sent twice counts twice.",
        body: event,
        response: { 200: storedEvent, ...problems },
      },
    },
    async ({ body }) => {
      await desk.tell(body);
      return { stored: true as const };
    },
  );
  app.post(
    "/v1/events/bulk",
    {
      config,
      schema: {
        ...{ tags, operationId: "tellBulk", summary: "Report several events" },
        description: "Each item has a result with a status of its own, in their order.",
        body: events,
        response: { 200: eventResults, ...problems },
      },
    },
    async ({ body }) => ({ results: await each(body.events, async (one) => (await desk.tell(one), {})) }),
  );
};
