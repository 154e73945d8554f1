import type { AddRoutes } from "../door.ts";
import { foundRow, row, rowAsked, rowResults, rows, storedRow, tableParameters } from "../wire/row.ts";
import { each } from "./bulk.ts";
import { problems } from "./problems.ts";

const produce = { right: "produce" } as const;
const view = { right: "view" } as const;
const tags = ["tables"];

export const rowRoutes: AddRoutes = (app, { desk }) => {
  app.post(
    "/v1/tables/:table/rows",
    {
      config: produce,
      schema: {
        ...{ tags, operationId: "putRow", summary: "Write a row of a reference table" },
        description:
          "Answers once the version is stored. It is named by table, key and `validFrom`: sent twice with the same ones it is one version.",
        params: tableParameters,
        body: row,
        response: { 200: storedRow, ...problems },
      },
    },
    async ({ params, body }) => desk.putRow(params.table, body),
  );
  app.post(
    "/v1/tables/:table/rows/bulk",
    {
      config: produce,
      schema: {
        ...{ tags, operationId: "putRows", summary: "Write several rows of a reference table" },
        description: "Each item has a result with a status of its own, in their order.",
        params: tableParameters,
        body: rows,
        response: { 200: rowResults, ...problems },
      },
    },
    async ({ params, body }) => ({ results: await each(body.rows, (one) => desk.putRow(params.table, one)) }),
  );
  app.get(
    "/v1/tables/:table/rows",
    {
      config: view,
      schema: {
        ...{ tags, operationId: "getRow", summary: "The row that a decision at a time sees" },
        description: "A row that was written a moment ago is there once the loop has read it.",
        params: tableParameters,
        querystring: rowAsked,
        response: { 200: foundRow, ...problems },
      },
    },
    async ({ params, query }) => desk.getRow(params.table, query),
  );
};
