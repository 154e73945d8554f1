import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { DomainError, recordLimits } from "../schemas/index.ts";
import { reasonOf, type Log, type Metrics } from "../streams/index.ts";
import { checkAccess, type Access } from "./auth/rights.ts";
import { Desk } from "./desk.ts";
import { collectDocument } from "./document/document.ts";
import { doorOf } from "./door.ts";
import { takeJson } from "./json-body.ts";
import { refuseBytes } from "./problems/client-error.ts";
import { comesAgain, problemOf, PROBLEM_TYPE, RETRY_AFTER_S, type Problem } from "./problems/problem.ts";
import { requestError } from "./problems/request-error.ts";
import { routes } from "./routes/index.ts";
import type { SourceSlot } from "./source.ts";
import { validatorCompiler } from "./validator.ts";

export interface ServerOptions extends Access {
  readonly slot: SourceSlot;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Of the program. */
  readonly version: string;
  /** How long a request may take to arrive, ms. Absent: the limits. */
  readonly patience?: Patience | undefined;
}

export interface Patience {
  readonly headersMs: number;
  /** Headers and body. */
  readonly requestMs: number;
}

const limits: Patience = { headersMs: recordLimits.httpHeadersMs, requestMs: recordLimits.httpRequestMs };

/** How often connections are looked through for requests that take too long; ms. */
const LOOK_EVERY_MS = 1_000;

/** The server with its limits, its errors and its routes. It does not listen yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { slot, log, metrics, version, patience = limits } = options;
  const app = fastify({
    bodyLimit: recordLimits.httpBodyBytes,
    requestTimeout: patience.requestMs,
    keepAliveTimeout: recordLimits.httpKeepAliveMs,
    http: {
      maxHeaderSize: recordLimits.httpHeaderBytes,
      headersTimeout: patience.headersMs,
      connectionsCheckingInterval: LOOK_EVERY_MS,
    },
    // An id may be as long as a request line takes; records have their own limit.
    routerOptions: { maxParamLength: recordLimits.httpHeaderBytes },
    forceCloseConnections: "idle",
    // A request that comes in during the end has its answer from the routes.
    return503OnClosing: false,
    clientErrorHandler: refuseBytes,
    frameworkErrors: (error, _, reply) => answer(reply as FastifyReply, problemOf(requestError(error))),
  });
  app.server.maxConnections = recordLimits.httpConnections;
  app.server.on("drop", () => metrics.http.dropped.inc());
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  takeJson(app);
  endConnections(app);
  answerErrors(app, log);
  count(app, metrics);
  checkAccess(app, options);
  await collectDocument(app, version);
  await app.register(async (inner) => {
    for (const add of routes) add(doorOf(inner), { desk: new Desk(slot), slot, metrics, log, version });
  });
  return app;
}

/** During the end each answer is the last one of its connection. */
function endConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  app.addHook("onSend", (_, reply, payload, done) => {
    if (closing) void reply.header("connection", "close");
    done(null, payload);
  });
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(requestError(error));
    if (problem.status === 500)
      log.error({ route: request.routeOptions.url, error: reasonOf(error) }, "an HTTP request met a fault");
    answer(reply, problem);
  });
  app.setNotFoundHandler((request) => {
    const path = request.url.split("?", 1)[0]!.slice(0, 200);
    throw new DomainError("UNKNOWN_PATH", `there is no ${request.method} ${path}`);
  });
}

function answer(reply: FastifyReply, problem: Problem): void {
  if (comesAgain(problem.status)) void reply.header("retry-after", RETRY_AFTER_S);
  if (problem.status === 401) void reply.header("www-authenticate", 'Bearer realm="loopstream"');
  void reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function count(app: FastifyInstance, { http }: Metrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "none" : (request.routeOptions.url ?? "none");
    http.requests.inc({ route, status: reply.statusCode });
    http.duration.observe({ route }, reply.elapsedTime / 1_000);
  });
}
