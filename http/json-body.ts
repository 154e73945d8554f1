import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import { DomainError } from "../schemas/index.ts";
import { at } from "./problems/problem.ts";
import { repeatedName } from "./repeated-name.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route needs no body: its type may be named all the same. */
    readonly emptyBody?: boolean;
  }
}

/** Bodies are JSON in UTF-8 and nothing else. */
export function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      const isLeftOut = request.routeOptions.config.emptyBody === true && (body as Buffer).length === 0;
      if (isLeftOut) return done(null, undefined);
      checkHeaders(request.headers["content-type"] ?? "", request.headers["content-encoding"]);
      done(null, parsed(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function checkHeaders(type: string, encoding: string | undefined): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset))
    throw new DomainError("UNSUPPORTED_TYPE", `the body is said to be in ${charset}: JSON is UTF-8`);
  if (encoding !== undefined && !/^identity$/i.test(encoding))
    throw new DomainError("UNSUPPORTED_TYPE", `the body is said to be compressed by ${encoding}: send it as it is`);
}

/** `__proto__` would be lost on the way, escaped or not. A reviver costs: only such texts are looked through. */
const MAY_HOLD_PROTO = /"(?:_|\\u005f){2}p/i;
/** A whole number with more digits than a number keeps; those behind a point are of no whole number. */
const MAY_LOSE_DIGITS = /(?:^|[^\d.])\d{16}/;

function parsed(body: Buffer): unknown {
  if (body.length === 0) throw new DomainError("BAD_REQUEST", "the body is empty: send a JSON object");
  if (!isUtf8(body)) throw new DomainError("BAD_REQUEST", "the body is not UTF-8");
  const text = body.toString("utf8").replace(/^\uFEFF/, "");
  const value = valueOf(text);
  const field = repeatedName(text, value);
  if (field === undefined) return value;
  const message = `${field.slice(0, 200)} is there twice: which of the two is meant? Send it once`;
  throw at(new DomainError("BAD_REQUEST", message), { field });
}

function valueOf(text: string): unknown {
  try {
    const isPlain = !MAY_HOLD_PROTO.test(text) && !MAY_LOSE_DIGITS.test(text);
    return JSON.parse(text, isPlain ? undefined : (refuseLosses as (name: string, value: unknown) => unknown));
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("BAD_REQUEST", `the body is not JSON: ${(error as Error).message}`);
  }
}

/** @param place the number as it is written */
function refuseLosses(name: string, value: unknown, place: { readonly source?: string }): unknown {
  if (name === "__proto__") throw new DomainError("BAD_REQUEST", "no entry may be named __proto__");
  const { source = "" } = place;
  const isWhole = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  if (!isWhole || (Number.isFinite(value) && BigInt(source) === BigInt(value))) return value;
  const text = `${name} ${source.slice(0, 40)} has more digits than a number keeps: write it as a string`;
  throw at(new DomainError("BAD_REQUEST", text), { field: name });
}
