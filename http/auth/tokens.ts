import { hash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { DomainError } from "../../schemas/index.ts";
import { keepSecret } from "../../streams/index.ts";

export const roles = ["producer", "viewer", "operator"] as const;
/** Who presents a token: a product that asks and reports, somebody who looks, or somebody who may do everything. */
export type Role = (typeof roles)[number];

export type TokensByRole = { readonly [R in Role]?: readonly string[] | undefined };

/** A shorter token can be guessed. */
const LEAST_LENGTH = 16;
const HOW = "write a line of role and token, like `producer 3f…`; `openssl rand -hex 32` makes a token";

/** Tokens that were given, without the tokens themselves. */
export class Tokens {
  readonly #known: readonly { readonly digest: Buffer; readonly role: Role }[];

  /** Throws `BAD_SETTING` for a token that is too short or given twice. From then on no error or log line shows one. */
  constructor(entries: readonly (readonly [Role, string])[], named: string) {
    const seen = new Set<string>();
    for (const [role, token] of entries) {
      keepSecret(token);
      if (!/^[\w.~+/=-]+$/.test(token))
        throw wrong(named, `a token of role ${role} has characters that no header takes`);
      if (token.length < LEAST_LENGTH)
        throw wrong(named, `a token of role ${role} has less than ${LEAST_LENGTH} characters`);
      if (seen.has(token)) throw wrong(named, `one token is given twice: give each role its own`);
      seen.add(token);
    }
    this.#known = entries.map(([role, token]) => ({ digest: digestOf(token), role }));
  }

  get size(): number {
    return this.#known.length;
  }

  /** The role of a token. Its time does not depend on how much of the token is right. */
  roleOf(token: string): Role | undefined {
    const digest = digestOf(token);
    let found: Role | undefined;
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) found = known.role;
    return found;
  }
}

/** Tokens by role, as a program gives them. */
export const tokensByRole = (given: TokensByRole, named: string): Tokens =>
  new Tokens(
    roles.flatMap((role) => (given[role] ?? []).map((token) => [role, token] as const)),
    named,
  );

/** Tokens as a file or a variable has them: a role and a token each line, or each part between commas; `#` begins a comment. */
export function parseTokens(text: string, named: string): Tokens {
  const lines = text
    .split(/[\r\n,]+/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  const entries = lines.map((line, at): readonly [Role, string] => {
    const [, role, token] = /^(\w+)\s*[\s:=]\s*(\S+)$/.exec(line) ?? [];
    const known = roles.find((one) => one === role);
    // The line may be a token alone: it is not shown.
    if (known === undefined || token === undefined) {
      throw wrong(named, `line ${at + 1} is no role (${roles.join(", ")}) with a token: ${HOW}`);
    }
    return [known, token];
  });
  if (entries.length === 0) throw wrong(named, `there is no token: ${HOW}`);
  return new Tokens(entries, named);
}

/** Tokens of a file. */
export function readTokens(path: string, named: string): Tokens {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "this user may not read it" : message;
    throw wrong(named, `${path}: ${why}`, error);
  }
  return parseTokens(text, `${named} ${path}`);
}

const digestOf = (token: string): Buffer => hash("sha256", token, "buffer");
const wrong = (named: string, help: string, cause?: unknown): DomainError =>
  new DomainError("BAD_SETTING", `${named}: ${help}`, cause);
