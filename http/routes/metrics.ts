import { metricsPage } from "../../streams/index.ts";
import type { AddRoutes } from "../door.ts";

export const metricsRoutes: AddRoutes = (app, { metrics: { registry } }) => {
  app.get(
    "/metrics",
    {
      config: { right: "view" },
      schema: {
        ...{ tags: ["operations"], operationId: "metrics", summary: "Metrics in Prometheus' text format" },
        produces: ["text/plain"],
      },
    },
    async (_, reply) => {
      const { contentType, text } = await metricsPage(registry);
      return reply.type(contentType).send(text);
    },
  );
};
