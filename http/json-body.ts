import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import { DomainError } from "../schemas/index.ts";

/** Bodies are JSON in UTF-8 and nothing else. */
export function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
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

/** `__proto__` would be lost on the way: it is refused, escaped or not. */
const OWN_PROTO = /"(?:_|\\u005f){2}p/i;

function parsed(body: Buffer): unknown {
  if (body.length === 0) throw new DomainError("BAD_REQUEST", "the body is empty: send a JSON object");
  if (!isUtf8(body)) throw new DomainError("BAD_REQUEST", "the body is not UTF-8");
  const text = body.toString("utf8").replace(/^\uFEFF/, "");
  try {
    return OWN_PROTO.test(text) ? JSON.parse(text, refuseProto) : JSON.parse(text);
  } catch (error) {
    throw error instanceof DomainError
      ? error
      : new DomainError("BAD_REQUEST", `the body is not JSON: ${(error as Error).message}`);
  }
}

function refuseProto(name: string, value: unknown): unknown {
  if (name === "__proto__") throw new DomainError("BAD_REQUEST", "no entry may be named __proto__");
  return value;
}
