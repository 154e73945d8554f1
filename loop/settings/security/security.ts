import { createSecureContext, type ConnectionOptions } from "node:tls";
import { meant } from "../../../blueprints/index.ts";
import {
  bearerTokens,
  keepCredentials,
  keepSecret,
  type ConfluentRegistryOptions,
  type KafkaBackboneOptions,
} from "../../../streams/index.ts";
import { shownText } from "../addresses.ts";
import { SettingsError } from "../settings-error.ts";
import { pemOf, secretOf } from "./files.ts";
import {
  isSecuritySetting,
  otherName,
  securityNames,
  type SecurityOptions,
  type SecuritySetting,
} from "./security-names.ts";

/** The security settings as the clients take them. Files have been read. */
export interface Security {
  readonly kafka: Pick<KafkaBackboneOptions, "ssl" | "sasl">;
  readonly registry: Pick<ConfluentRegistryOptions, "auth" | "token" | "tls">;
}

/** A setting's name, as the person who gave it knows it. */
type Named = (name: SecuritySetting) => string;
type Sasl = NonNullable<KafkaBackboneOptions["sasl"]>;

const protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];
const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

/**
 * Checks the settings, one against the other, and reads their files. Throws a `SettingsError` that names the setting.
 * From then on no error or log line shows their secrets.
 * @param registry URL of the schema registry, if there is one
 */
export function securityOf(
  options: SecurityOptions,
  registry: string | undefined,
  named: Named = (name) => name,
): Security {
  checkNames(options);
  const given = new Given(options, named);
  const protocol = given.among("security.protocol", protocols);
  if (protocol === undefined)
    given.refuseAny(/^(sasl|ssl)\./, "is given and security.protocol is not: set it to SASL_SSL or SSL");
  const [isSasl, isSsl] = [protocol?.startsWith("SASL_") === true, protocol?.endsWith("SSL") === true];
  if (!isSasl)
    given.refuseAny(/^sasl\./, `is not used with security.protocol ${protocol}: write SASL_SSL or SASL_PLAINTEXT`);
  if (!isSsl) given.refuseAny(/^ssl\./, `is not used with security.protocol ${protocol}: write SSL or SASL_SSL`);
  return {
    kafka: { ...(isSsl ? { ssl: sslOf(given) } : {}), ...(isSasl ? { sasl: saslOf(given) } : {}) },
    registry: registryOf(given, registry),
  };
}

function checkNames(options: SecurityOptions): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (!isSecuritySetting(name)) {
      const hint = otherName(name, meant(name, securityNames.keys()));
      throw new SettingsError(`security: there is no setting ${shownText(name)}: ${hint}`);
    }
    if (value !== undefined && typeof value !== "string") {
      throw new SettingsError(`security: ${name} must be a text: write it in quotes`);
    }
  }
}

function sslOf(given: Given): ConnectionOptions {
  const algorithm = given.among("ssl.endpoint.identification.algorithm", ["https", "none"], false);
  const tls = tlsOf(given, "ssl");
  return algorithm === "none" ? { ...tls, checkServerIdentity: () => undefined } : tls;
}

function tlsOf(given: Given, of: "ssl" | "schema.registry.ssl"): NonNullable<ConfluentRegistryOptions["tls"]> {
  const ca = given.pem(`${of}.ca.location`);
  const cert = given.pem(`${of}.certificate.location`);
  const key = given.pem(`${of}.key.location`);
  const passphrase = given.secret(`${of}.key.password`);
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? ["key", "certificate"] : ["certificate", "key"];
    throw given.refused(`${of}.${there}.location` as SecuritySetting, `needs ${of}.${missing}.location beside it`);
  }
  if (passphrase !== undefined && key === undefined) {
    throw given.refused(`${of}.key.password`, `needs ${of}.key.location beside it`);
  }
  if (key !== undefined) keepSecret(key);
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key: key! }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const at: SecuritySetting = cert === undefined ? `${of}.ca.location` : `${of}.key.location`;
    throw given.refused(at, `the certificate, its key and the key's password do not go together (${reason})`, error);
  }
  return tls;
}

function saslOf(given: Given): Sasl {
  const mechanism = given.among("sasl.mechanism", mechanisms);
  if (mechanism === undefined)
    throw given.refused("security.protocol", `needs sasl.mechanism: write ${orList(mechanisms)}`);
  if (mechanism === "OAUTHBEARER") return oauthOf(given);
  given.refuseAny(/^sasl\.oauthbearer\./, `is not used with sasl.mechanism ${mechanism}`);
  const username = given.text("sasl.username");
  const password = given.secret("sasl.password");
  if (username === undefined) throw given.refused("sasl.mechanism", "needs sasl.username");
  if (password === undefined) throw given.refused("sasl.mechanism", "needs sasl.password, or sasl.password.file");
  keepCredentials({ username, password });
  return { mechanism: mechanism.toLowerCase() as "plain" | "scram-sha-256" | "scram-sha-512", username, password };
}

function oauthOf(given: Given): Sasl {
  given.refuseAny(/^sasl\.(username|password)/, "is not used with sasl.mechanism OAUTHBEARER");
  const url = given.text("sasl.oauthbearer.token.endpoint.url");
  if (url === undefined) throw given.refused("sasl.mechanism", "needs sasl.oauthbearer.token.endpoint.url");
  if (!URL.canParse(url) || !/^(https?|file):/.test(url)) {
    throw given.refused(
      "sasl.oauthbearer.token.endpoint.url",
      "write a URL like https://idp/token or file:///run/token",
    );
  }
  const clientId = given.text("sasl.oauthbearer.client.id");
  const clientSecret = given.secret("sasl.oauthbearer.client.secret");
  if (!url.startsWith("file:") && (clientId === undefined || clientSecret === undefined)) {
    const needs = "needs sasl.oauthbearer.client.id and sasl.oauthbearer.client.secret";
    throw given.refused("sasl.oauthbearer.token.endpoint.url", needs);
  }
  const tokens = bearerTokens({ url, clientId, clientSecret, scope: given.text("sasl.oauthbearer.scope") });
  return { mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: await tokens() }) };
}

function registryOf(given: Given, registry: string | undefined): Security["registry"] {
  const [info, token] = [
    given.secret("schema.registry.basic.auth.user.info"),
    given.secret("schema.registry.bearer.auth.token"),
  ];
  if (registry === undefined) given.refuseAny(/^schema\.registry\./, "is given and no schema registry is");
  const url = registry === undefined ? undefined : new URL(registry);
  const inUrl = url !== undefined && (url.username !== "" || url.password !== "");
  if ([info !== undefined, token !== undefined, inUrl].filter(Boolean).length > 1) {
    const at = info === undefined ? "schema.registry.bearer.auth.token" : "schema.registry.basic.auth.user.info";
    throw given.refused(
      at,
      "is one of several: give a user, a token, or a user in the registry's URL, and no two of them",
    );
  }
  if (url?.protocol === "http:")
    given.refuseAny(/^schema\.registry\.ssl\./, "is not used with an http URL: write https://");
  const colon = info?.indexOf(":") ?? -1;
  if (info !== undefined && colon < 1) {
    throw given.refused("schema.registry.basic.auth.user.info", "write it as user:password");
  }
  const tls = tlsOf(given, "schema.registry.ssl");
  return {
    ...(info === undefined ? {} : { auth: { username: info.slice(0, colon), password: info.slice(colon + 1) } }),
    ...(token === undefined ? {} : { token }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

/** The settings that were given, each by the name that its giver knows. */
class Given {
  readonly #options: SecurityOptions;
  readonly #named: Named;

  constructor(options: SecurityOptions, named: Named) {
    this.#options = options;
    this.#named = named;
  }

  refused(name: SecuritySetting, help: string, cause?: unknown): SettingsError {
    const file = `${name}.file` as SecuritySetting;
    const given = this.#options[name] === undefined && this.#options[file] !== undefined ? file : name;
    return new SettingsError(`${this.#named(given)}: ${help}`, cause);
  }

  /** Throws for the first setting that is given and matches. */
  refuseAny(pattern: RegExp, help: string): void {
    const found = (Object.keys(this.#options) as SecuritySetting[]).find(
      (name) => pattern.test(name) && this.#options[name] !== undefined,
    );
    if (found !== undefined) throw this.refused(found, help);
  }

  text(name: SecuritySetting): string | undefined {
    const text = this.#options[name];
    if (text?.trim() === "") throw this.refused(name, "it is empty: write it, or leave the setting out");
    return text;
  }

  among(name: SecuritySetting, known: readonly string[], upper = true): string | undefined {
    const text = this.text(name);
    const found = upper ? text?.toUpperCase() : text?.toLowerCase();
    if (found === undefined || known.includes(found)) return found;
    throw this.refused(name, `${text!} is none of those there are: write ${orList(known)}`);
  }

  secret(name: SecuritySetting): string | undefined {
    const [text, path] = [this.text(name), this.text(`${name}.file` as SecuritySetting)];
    if (text !== undefined && path !== undefined)
      throw this.refused(name, "is given twice, also as a file: leave one out");
    const secret = path === undefined ? text : secretOf(path, this.#named(`${name}.file` as SecuritySetting));
    if (secret !== undefined) keepSecret(secret);
    return secret;
  }

  pem(name: SecuritySetting): string | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : pemOf(text, this.#named(name));
  }
}

const orList = (known: readonly string[]): string => `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
