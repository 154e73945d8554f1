/** Codes of errors that a person mends: a setting, a password, a certificate or a right. */
export type RefusalCode = "AUTHENTICATION_FAILED" | "UNTRUSTED_CERTIFICATE" | "SECURITY_MISMATCH" | "ACCESS_DENIED";

/** The other side, or this one, refuses the connection or the call; the same attempt will be refused again. */
export interface Refusal {
  readonly code: RefusalCode;
  /** The cause and the next step. */
  readonly reason: string;
}

/** The names that a message gives to settings. */
export interface TlsNames {
  readonly ca: string;
  readonly certificate: string;
  readonly plain: string;
}

const untrusted = new Set([
  ...["SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ...["UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CERT_SIGNATURE_FAILURE"],
  ...["CERT_UNTRUSTED", "CERT_REJECTED", "CERT_REVOKED", "CERT_CHAIN_TOO_LONG", "INVALID_CA", "INVALID_PURPOSE"],
]);
const outOfDate = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
/** The other side sends a TLS alert about the client's certificate, or about its absence. */
const clientRefused = /ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)|ALERT_HANDSHAKE_FAILURE/;
const notTls = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_TOO_SMALL|UNKNOWN_PROTOCOL|HTTP_REQUEST)/;
const otherTls = /^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|NO_SHARED_CIPHER)|ALERT_PROTOCOL_VERSION/;

/** The fault of a TLS connection by the error's code, or `undefined`: the error is no fault of TLS. */
export function tlsRefusal(error: unknown, names: TlsNames): Refusal | undefined {
  for (const { code, message } of codesIn(error)) {
    if (untrusted.has(code)) {
      const reason = `its certificate is not signed by a CA that is trusted here (${code}). Set ${names.ca} to the PEM file of its CA`;
      return { code: "UNTRUSTED_CERTIFICATE", reason };
    }
    if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
      const reason = `its certificate is for another host: ${message}. Connect by a name that the certificate has`;
      return { code: "UNTRUSTED_CERTIFICATE", reason };
    }
    if (outOfDate.has(code)) {
      const reason = `its certificate is out of date (${code}). Renew it, and check this machine's clock`;
      return { code: "UNTRUSTED_CERTIFICATE", reason };
    }
    if (clientRefused.test(code)) {
      const reason = `it refuses the client's certificate, or wants one (${code}). Set ${names.certificate} to a certificate that it trusts, with its key`;
      return { code: "AUTHENTICATION_FAILED", reason };
    }
    if (notTls.test(code)) {
      return { code: "SECURITY_MISMATCH", reason: `its port does not speak TLS (${code}). ${names.plain}` };
    }
    if (otherTls.test(code)) {
      const reason = `it has no version of TLS, or no cipher, in common with this process (${code}): TLS 1.2 or 1.3 is needed`;
      return { code: "SECURITY_MISMATCH", reason };
    }
  }
  return undefined;
}

/** The error, its causes and those of errors that it collects, the outermost first. */
export function* linksOf(error: unknown, depth = 8): Generator<Error> {
  if (!(error instanceof Error) || depth === 0) return;
  yield error;
  yield* linksOf(error.cause, depth - 1);
  if (error instanceof AggregateError) for (const each of error.errors) yield* linksOf(each, depth - 1);
}

function* codesIn(error: unknown): Generator<{ readonly code: string; readonly message: string }> {
  for (const link of linksOf(error)) {
    if (!("code" in link) || typeof link.code !== "string") continue;
    // A fault that is found while writing has OpenSSL's reason in its text alone.
    const [, reason] = link.code === "EPROTO" ? (/SSL routines:[^:]*:([^:]+):/.exec(link.message) ?? []) : [];
    const code = reason === undefined ? link.code : `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`;
    yield { code, message: link.message };
  }
}
