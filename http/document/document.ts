import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { PROBLEM_TYPE } from "../problems/problem.ts";

interface Response {
  content?: Record<string, unknown>;
}
interface Operation {
  readonly tags?: readonly string[];
  readonly responses?: Readonly<Record<string, Response>>;
}
type Operations = Readonly<Record<string, Operation | undefined>>;

/** Interfaces with errors of their own. */
const foreign: readonly string[] = ["OFREP", "Personalizer"];

const info = {
  title: "loopstream",
  description: "Ask for decisions, report observations and events. Errors are application/problem+json (RFC 9457).",
  license: { name: "Apache-2.0", identifier: "Apache-2.0" },
};

/** Collects the OpenAPI 3.1 document of the routes that follow. */
export async function collectDocument(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { ...info, version },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      tags: [
        { name: "decisions" },
        { name: "observations" },
        { name: "events" },
        { name: "OFREP", description: "OpenFeature's remote evaluation protocol." },
        { name: "Personalizer", description: "The interface of Azure AI Personalizer, as far as there are actions." },
        { name: "operations", description: "For probes and dashboards." },
      ],
    },
    transform(route) {
      const { schema, url } = jsonSchemaTransform(route);
      const isOpen = route.route.config?.right === "open";
      return { url, schema: isOpen ? { ...schema, security: [] } : { ...schema, security: [{ token: [] }] } };
    },
    transformObject(document) {
      if (!("openapiObject" in document)) return document.swaggerObject;
      const { openapiObject } = document;
      for (const path of Object.values(openapiObject.paths ?? {})) typeProblems(path as Operations);
      return openapiObject;
    },
  });
}

/** Errors have a type of their own. */
function typeProblems(operations: Operations): void {
  for (const operation of Object.values(operations)) {
    if (operation?.tags?.some((tag) => foreign.includes(tag)) === true) continue;
    const problem = operation?.responses?.["default"];
    const schema = problem?.content?.["application/json"];
    if (problem !== undefined && schema !== undefined) problem.content = { [PROBLEM_TYPE]: schema };
  }
}
