import type { AddRoutes } from "../door.ts";
import { RETRY_AFTER_S } from "../problems/problem.ts";
import type { Readiness } from "../source.ts";
import { health, readiness } from "../wire/health.ts";

const tags = ["operations"];
const config = { right: "open" } as const;
const starting: Readiness = {
  ...{ ready: false, waitsFor: ["the loop is starting or stopping"], joined: false },
  ...{ restoring: 0, windowRecordsLeft: 0, lag: null },
};

export const healthRoutes: AddRoutes = (app, { slot, version }) => {
  app.get(
    "/healthz",
    {
      config,
      schema: { tags, operationId: "health", summary: "Whether the process answers", response: { 200: health } },
    },
    () => ({ status: "ok" as const, version }),
  );
  app.get(
    "/readyz",
    {
      config,
      schema: {
        ...{ tags, operationId: "readiness", summary: "Whether decisions can be asked here" },
        description:
          "503 until this process has joined its group, has restored its state and keeps up with the requests.",
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_, reply) => {
      const state = (await slot.now?.readiness()) ?? starting;
      if (!state.ready) void reply.code(503).header("retry-after", RETRY_AFTER_S);
      return { ...state, waitsFor: [...state.waitsFor] };
    },
  );
};
