import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import { Outages, type Outage } from "../outage.ts";
import { hideSecrets, keepCredentials, keepSecret, shownAddress } from "../secrets.ts";
import { httpRequest, type HttpRequest } from "../security/http-request.ts";
import { isRefusal, isUnreachable, jsonOf, messageOf, NoAnswer, OddAnswer, Refusal, statusOf } from "./answers.ts";
import { refusedAsker } from "./refused-asker.ts";
import { registeredSchema, unsupported } from "./registered-schema.ts";
import type { AvroSchema, Compatibility, SchemaRegistry } from "./registry.ts";

export interface ConfluentRegistryOptions {
  /** Base of the interface: Confluent's own root, or Apicurio's `…/apis/ccompat/v7`. It may hold `user:password@`. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** Sent as `Authorization: Bearer`; not beside a user. */
  readonly token?: string | undefined;
  /** PEM of the CA, and of the client's certificate with its key. */
  readonly tls?: HttpRequest["tls"];
  /** How long a call goes on trying while the registry can't be reached. */
  readonly timeoutMs?: number | undefined;
  /** Hears of everything that is tried again. Default: silence. */
  readonly outages?: Outages | undefined;
}

export const confluentRegistryDefaults = Object.freeze({ timeoutMs: 10_000 });

const firstDelayMs = 50;
const longestDelayMs = 1_000;
/** A single failed request needs no log line. */
const quietMs = 1_000;
/** Confluent answers 409 for an incompatible schema and 422 for an invalid one. */
const CONFLICT = 409;
const refusals = new Set([CONFLICT, 422]);
/** A schema that is incompatible is refused as often. */
const MOST_CONFLICTS = 4;
/** Of anything but a schema. */
const MOST_ANSWER_BYTES = 16 << 20;

/** Any registry with Confluent's interface. Each schema and each id is asked for once. */
export function createConfluentRegistry(options: ConfluentRegistryOptions): SchemaRegistry {
  return new ConfluentRegistry(options);
}

class ConfluentRegistry implements SchemaRegistry {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #tls: HttpRequest["tls"];
  readonly #ids = new Map<string, Promise<number>>();
  readonly #schemas = new Map<number, Promise<AvroSchema>>();
  readonly #outage: Outage;
  #closed = false;

  constructor(options: ConfluentRegistryOptions) {
    this.#outage = (options.outages ?? new Outages()).of("registry", quietMs);
    const { timeoutMs = confluentRegistryDefaults.timeoutMs } = options;
    const { url, auth } = addressOf(options);
    const { token } = options;
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    if (auth !== undefined) keepCredentials(auth);
    if (token !== undefined) keepSecret(token);
    const basic = auth && `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
    const authorization = basic ?? (token && `Bearer ${token}`);
    this.#headers = authorization === undefined ? {} : { authorization };
    this.#tls = options.tls;
  }

  register(subject: string, schema: AvroSchema, compatibility: Compatibility): Promise<number> {
    return once(this.#ids, `${subject}\0${JSON.stringify(schema)}`, () =>
      this.#retrying(() => this.#register(subject, schema, compatibility)),
    );
  }

  async #register(subject: string, schema: AvroSchema, compatibility: Compatibility): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#registerOnce(subject, schema, compatibility);
      } catch (error) {
        if (!refusals.has(statusOf(error) ?? 0)) throw error;
        // Apicurio refuses one of two processes that make a subject at once, though they agree on its schema.
        if (statusOf(error) === CONFLICT && attempt < MOST_CONFLICTS) {
          await new Promise((resolve) => setTimeout(resolve, attempt * firstDelayMs));
          continue;
        }
        throw new StreamsError(
          "INCOMPATIBLE_SCHEMA",
          `subject ${subject} at ${this.#url}: ${messageOf(error)}. Give new fields a default and keep the types of old ` +
            "ones, or use a new subject",
          error,
        );
      }
    }
  }

  async #registerOnce(subject: string, schema: AvroSchema, compatibility: Compatibility): Promise<number> {
    const path = encodeURIComponent(subject);
    // A subject keeps the mode that it was given when it was new.
    const isNew = (await this.#ask("GET", `/config/${path}`)) === undefined;
    const registered = await this.#ask("POST", `/subjects/${path}/versions`, { schema: JSON.stringify(schema) });
    if (isNew) await this.#ask("PUT", `/config/${path}`, { compatibility });
    return (registered as { id: number }).id;
  }

  schema(id: number): Promise<AvroSchema> {
    return once(this.#schemas, id, () =>
      this.#retrying(async () => {
        const found = await this.#askSchema(id, `/schemas/ids/${id}`);
        if (found === undefined) {
          throw new StreamsError(
            "UNKNOWN_SCHEMA",
            `there is no schema with id ${id} at ${this.#url}: was the record written with another registry?`,
          );
        }
        return registeredSchema(id, found, ({ subject, version }) =>
          this.#askSchema(id, `/subjects/${encodeURIComponent(subject)}/versions/${version}`),
        );
      }),
    );
  }

  #askSchema(id: number, path: string): Promise<unknown> {
    return this.#ask("GET", path, undefined, 2 * streamsLimits.schemaBytes).catch((error: unknown) => {
      throw isRefusal(error) ? unsupported(id, messageOf(error), error) : error;
    });
  }

  subjects(): Promise<readonly string[]> {
    return this.#retrying(async () => ((await this.#ask("GET", "/subjects")) as string[]).toSorted());
  }

  /** The answer's JSON; undefined if it does not exist. */
  async #ask(
    method: "GET" | "POST" | "PUT",
    path: string,
    body?: unknown,
    mostBytes = MOST_ANSWER_BYTES,
  ): Promise<unknown> {
    const { status, text, tooLong, location } = await httpRequest(this.#url + path, {
      method,
      headers: { ...this.#headers, "content-type": "application/vnd.schemaregistry.v1+json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      timeoutMs: this.#timeoutMs,
      ...{ mostBytes, tls: this.#tls },
    });
    if (status === 404 && method === "GET" && path !== "/subjects") return undefined;
    if (tooLong) throw new OddAnswer(`the answer has more than ${mostBytes} bytes`);
    if (status >= 200 && status < 300) return jsonOf(text, `${method} ${path}`);
    const elsewhere = location === undefined ? "" : ` to ${shownAddress(location)}: write that address`;
    throw new Refusal(`${method} ${path}: ${status}${elsewhere} ${text.slice(0, 500)}`, status, location);
  }

  async #retrying<T>(attempt: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StreamsError("CLOSED", `the registry client of ${this.#url} is closed`);
    const deadline = performance.now() + this.#timeoutMs;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      try {
        const answer = await within(Math.max(1, deadline - performance.now()), attempt());
        this.#outage.ended();
        return answer;
      } catch (error) {
        if (error instanceof StreamsError) {
          // It has answered.
          this.#outage.ended();
          throw error;
        }
        // Ends with the next answer to any caller: a refused caller will come again.
        this.#outage.failed(hideSecrets(error));
        const refused = await refusedAsker(error, this.#url);
        if (refused !== undefined) throw refused;
        if (!isUnreachable(error) || this.#closed || performance.now() + delayMs > deadline) {
          throw new StreamsError(
            "REGISTRY_UNAVAILABLE",
            `the schema registry at ${this.#url} does not answer as one: ${messageOf(error)}. Check that it runs and ` +
              "that the URL is the base of its Confluent interface (Apicurio: …/apis/ccompat/v7)",
            error,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#outage.givenUp();
    return Promise.resolve();
  }
}

/** Without a user in the URL, which `fetch` refuses and names in its error. */
function addressOf({ url, auth }: ConfluentRegistryOptions): Pick<ConfluentRegistryOptions, "url" | "auth"> {
  if (!URL.canParse(url)) return { url: shownAddress(url), auth };
  const parsed = new URL(url);
  const [username, password] = [decoded(parsed.username), decoded(parsed.password)];
  [parsed.username, parsed.password] = ["", ""];
  const own = auth ?? (username === "" ? undefined : { username, password });
  return { url: parsed.href.replace(/\/+$/, ""), auth: own };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Remembers the result; a failure is forgotten, so that it may be tried again. */
function once<K, V>(memory: Map<K, Promise<V>>, key: K, ask: () => Promise<V>): Promise<V> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const asked = ask();
  memory.set(key, asked);
  asked.catch(() => memory.delete(key));
  return asked;
}

function within<T>(ms: number, running: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer(`no answer within ${Math.round(ms)} ms`)), ms);
    running.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
