import { StreamsError } from "../../../errors.ts";
import { linksOf, tlsRefusal, type Refusal, type TlsNames } from "../../../security/tls-faults.ts";

const names: TlsNames = {
  ca: "ssl.ca.location",
  certificate: "ssl.certificate.location and ssl.key.location",
  plain: "Set security.protocol to PLAINTEXT or SASL_PLAINTEXT, or take the port of its TLS listener",
};

const rights: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: "the topic",
  ERROR_29: "the topic",
  GROUP_AUTHORIZATION_FAILED: "the group",
  ERROR_30: "the group",
  CLUSTER_AUTHORIZATION_FAILED: "the cluster",
  ERROR_31: "the cluster",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "the transactional id",
  ERROR_53: "the transactional id",
};

/** The name of kafkajs' error, and the code of @platformatic/kafka's. */
const failedLogin = new Set<unknown>(["KafkaJSSASLAuthenticationError", "PLT_KFK_AUTHENTICATION"]);
/** kafkajs calls a connection that is lost within the login a failed login, too. */
const lostConnection = /closed connection|connection (error|timeout|closed)|timed out|client network socket/i;

/**
 * The refusal in a client's error: a login, a certificate, a protocol or a right. `undefined`: it is something else,
 * and may pass by itself.
 */
export function refusalIn(error: unknown): Refusal | undefined {
  const links = [...linksOf(error)];
  const own = links.find((link) => link instanceof StreamsError && link.flags.byHand);
  if (own !== undefined) return { code: (own as StreamsError).code as Refusal["code"], reason: own.message };
  // An endpoint for tokens that does not answer, for one: it may pass.
  if (links.some((link) => link instanceof StreamsError)) return undefined;
  const types = links.flatMap((link) => ("type" in link ? [link.type] : "apiId" in link ? [link.apiId] : []));
  for (const type of types) {
    const refusal = typeof type === "string" ? ofType(type, links) : undefined;
    if (refusal !== undefined) return refusal;
  }
  const tls = tlsRefusal(error, names);
  if (tls !== undefined) return tls;
  const login = links.find((link) => failedLogin.has(link.name) || ("code" in link && failedLogin.has(link.code)));
  if (login === undefined || links.some(({ message }) => lostConnection.test(message))) return undefined;
  return /mechanism.*(not supported|suitable)|suitable SASL mechanism/i.test(login.message)
    ? otherMechanism()
    : wrongLogin(brokersWords(links));
}

function ofType(type: string, links: readonly Error[]): Refusal | undefined {
  if (type === "SASL_AUTHENTICATION_FAILED") return wrongLogin(brokersWords(links));
  if (type === "UNSUPPORTED_SASL_MECHANISM") return otherMechanism();
  if (type === "ILLEGAL_SASL_STATE") {
    const reason =
      "the listener at this port has no SASL. Set security.protocol to PLAINTEXT or SSL, or take another port";
    return { code: "SECURITY_MISMATCH", reason };
  }
  const right = rights[type];
  if (right === undefined) return undefined;
  const reason = `this user has no right to do this with ${right} (${links[0]!.message}). Let an administrator add the ACL`;
  return { code: "ACCESS_DENIED", reason };
}

function wrongLogin(said: string): Refusal {
  const reason = `the broker refuses the login: ${said}. Check sasl.mechanism, sasl.username and sasl.password`;
  return { code: "AUTHENTICATION_FAILED", reason };
}

function otherMechanism(): Refusal {
  const reason = "the listener does not have this SASL mechanism. Set sasl.mechanism to one that it has enabled";
  return { code: "SECURITY_MISMATCH", reason };
}

/** The broker's own words, or those of the innermost cause. */
function brokersWords(links: readonly Error[]): string {
  const said = links.map((link) => ("serverErrorMessage" in link ? link.serverErrorMessage : undefined));
  return String(said.find((text) => typeof text === "string") ?? links.at(-1)!.message);
}
