import { documentPage, type Shown } from "../document/page.ts";
import type { AddRoutes } from "../door.ts";

const config = { right: "open" } as const;

export const documentRoutes: AddRoutes = (app) => {
  app.get("/openapi.json", { config, schema: { hide: true } }, (_, reply) =>
    reply.type("application/json").send(JSON.stringify(app.swagger())),
  );
  app.get("/docs", { config, schema: { hide: true } }, (_, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
      .send(documentPage(app.swagger() as unknown as Shown)),
  );
};
