import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "../../schemas/index.ts";
import type { Role, Tokens } from "./tokens.ts";

/** The use of a route: `open` needs no token, `produce` asks and reports, `view` looks. */
export type Right = "open" | "produce" | "view";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Absent: an operator's token is needed. */
    readonly right?: Right;
  }
}

const rightsOf: Readonly<Record<Role, readonly Right[]>> = {
  producer: ["produce"],
  viewer: ["view"],
  operator: ["produce", "view"],
};

export interface Access {
  /** Absent: who reaches the port may do everything. */
  readonly tokens?: Tokens | undefined;
  /** Hosts that a request may name; absent: any. A page of another site can't reach a port of this machine by its own name. */
  readonly hosts?: ReadonlySet<string> | undefined;
}

/** Checks every request before its body is read. */
export function checkAccess(app: FastifyInstance, { tokens, hosts }: Access): void {
  app.addHook("onRequest", async (request) => {
    if (hosts !== undefined && !hosts.has(request.hostname.toLowerCase())) throw foreignHost(request.hostname);
    if (tokens === undefined || request.is404) return;
    const { right } = request.routeOptions.config;
    if (right === "open") return;
    const token = tokenOf(request);
    const role = token === undefined ? undefined : tokens.roleOf(token);
    if (role === undefined) throw noToken(token !== undefined);
    const may = right === undefined ? role === "operator" : rightsOf[role].includes(right);
    if (!may) throw notAllowed(request, role, right);
  });
}

/** A bearer token, or the header that a foreign client sends instead. */
function tokenOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const key = bearer ?? headers["x-api-key"] ?? headers["ocp-apim-subscription-key"];
  return typeof key === "string" && key !== "" ? key : undefined;
}

const noToken = (given: boolean): DomainError =>
  new DomainError(
    "NO_TOKEN",
    given ? "the token is not known here" : "there is no token: send authorization: Bearer TOKEN",
  );

function notAllowed(request: FastifyRequest, role: Role, right: Right | undefined): DomainError {
  const able = (Object.keys(rightsOf) as Role[]).filter((one) =>
    right === undefined ? one === "operator" : rightsOf[one].includes(right),
  );
  const what = `${request.method} ${request.routeOptions.url ?? ""}`;
  return new DomainError("NOT_ALLOWED", `the role ${role} may not ${what}: use a token of role ${able.join(" or ")}`);
}

const foreignHost = (host: string): DomainError =>
  new DomainError(
    "NOT_ALLOWED",
    `this port is for this machine alone and was asked as ${JSON.stringify(host)}: ask it as localhost, or give the loop tokens`,
  );
