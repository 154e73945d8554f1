import { connect } from "node:tls";
import { StreamsError } from "../errors.ts";
import { tlsRefusal, type TlsNames } from "../security/tls-faults.ts";
import { linksOf } from "../security/tls-faults.ts";
import { messageOf, Refusal, statusOf } from "./answers.ts";

const names: TlsNames = {
  ca: "schema.registry.ssl.ca.location",
  certificate: "schema.registry.ssl.certificate.location and schema.registry.ssl.key.location",
  plain: "Write http:// in the registry's URL, or take the port of its TLS listener",
};

const PROBE_MS = 2_000;

/** The error of a registry that refuses who asks, or that is not to be trusted. `undefined`: it is another one. */
export async function refusedAsker(error: unknown, url: string): Promise<StreamsError | undefined> {
  const at = `the schema registry at ${url}`;
  const status = statusOf(error);
  if (status === 401 || status === 407) {
    const next = "Check schema.registry.basic.auth.user.info or schema.registry.bearer.auth.token";
    return new StreamsError(
      "AUTHENTICATION_FAILED",
      `${at} refuses the user or the token: ${messageOf(error)}. ${next}`,
      error,
    );
  }
  if (status === 403) {
    const next = "Let its administrator give the user the right";
    return new StreamsError("ACCESS_DENIED", `${at} does not allow this: ${messageOf(error)}. ${next}`, error);
  }
  if (error instanceof Refusal && url.startsWith("http:") && error.location?.startsWith("https:") === true) {
    return new StreamsError("SECURITY_MISMATCH", `${at} wants TLS: ${messageOf(error)}`, error);
  }
  const refusal = tlsRefusal(error, names);
  if (refusal !== undefined) return new StreamsError(refusal.code, `${at}: ${refusal.reason}`, error);
  if (!url.startsWith("http:") || !wasCut(error) || !(await speaksTls(new URL(url)))) return undefined;
  return new StreamsError(
    "SECURITY_MISMATCH",
    `${at}: its port speaks TLS. Write https:// in the registry's URL`,
    error,
  );
}

/** A server of TLS that is sent plain text ends the connection, or answers with bytes that are no HTTP. */
const wasCut = (error: unknown): boolean =>
  [...linksOf(error)].some((link) => "code" in link && /^(ECONNRESET|EPIPE|HPE_)/.test(String(link.code)));

function speaksTls({ hostname, port }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    // Nothing is sent: that there is a handshake is all that is asked.
    const socket = connect({ host, port: Number(port || 80), rejectUnauthorized: false }, () => end(true));
    const end = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(PROBE_MS, () => end(false));
    socket.on("error", (error) => end("code" in error && /ALERT/.test(String(error.code))));
  });
}
