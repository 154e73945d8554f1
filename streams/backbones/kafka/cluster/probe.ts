import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { StreamsError } from "../../../errors.ts";
import { ConnectionLost } from "./kafka-errors.ts";
import { Answer, int32, string } from "../requests/bare-request.ts";
import type { KafkaSettings } from "./options.ts";
import { refusalIn } from "./refusals.ts";

const timeoutMs = 2_000;
const betweenProbesMs = 1_000;
const mostBytes = 1 << 20;
const apiVersions = 18;
const saslHandshake = 17;
const unsupportedMechanism = 33;
const illegalSaslState = 34;
/** Of a TLS record: an alert, or a handshake. */
const tlsRecords = new Set([0x15, 0x16]);

type Reply = { readonly answer: Answer } | { readonly tls: true } | { readonly error: unknown };

/**
 * The reason why a broker that is there can't be used, by connections of its own: a client library sees a closed
 * connection only. `undefined`: the broker is not there, or nothing is wrong with its security settings.
 */
async function probe(broker: string, settings: KafkaSettings): Promise<StreamsError | undefined> {
  const { ssl, sasl } = settings;
  const says = (code: "SECURITY_MISMATCH", reason: string): StreamsError =>
    new StreamsError(code, `${broker}: ${reason}`);
  const reply = await ask(broker, ssl, apiVersions, 0, []);
  if ("tls" in reply) {
    return says("SECURITY_MISMATCH", "the port speaks TLS. Set security.protocol to SSL, or to SASL_SSL");
  }
  if ("error" in reply) {
    const refusal = refusalIn(reply.error);
    if (refusal !== undefined) return new StreamsError(refusal.code, `${broker}: ${refusal.reason}`, reply.error);
    if (ssl === false || !("answer" in (await ask(broker, false, apiVersions, 0, [])))) return undefined;
    return says(
      "SECURITY_MISMATCH",
      "the port does not speak TLS. Set security.protocol to PLAINTEXT or SASL_PLAINTEXT, or take the port of its TLS listener",
    );
  }
  const mechanism = sasl?.mechanism.toUpperCase() ?? "";
  const login = await ask(broker, ssl, saslHandshake, 1, [string(mechanism)]);
  if (!("answer" in login)) return undefined;
  const code = login.answer.int16();
  if (code === illegalSaslState && sasl !== undefined) {
    return says("SECURITY_MISMATCH", "the listener has no SASL. Set security.protocol to PLAINTEXT or SSL");
  }
  if (code !== unsupportedMechanism) return undefined;
  const known = Array.from({ length: login.answer.int32() }, () => login.answer.string()).join(", ");
  return says(
    "SECURITY_MISMATCH",
    sasl === undefined
      ? `the listener wants a login. Set security.protocol to ${ssl === false ? "SASL_PLAINTEXT" : "SASL_SSL"}, and sasl.mechanism to one of ${known}`
      : `the listener does not have the SASL mechanism ${mechanism}. Set sasl.mechanism to one of ${known}`,
  );
}

/**
 * Makes a connecting function reject with the reason where the brokers refuse the connection, with no attempt after
 * it. They are asked for the reason once a second at the most.
 */
export function explained(settings: KafkaSettings, connect: () => Promise<void>): () => Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    try {
      await connect();
    } catch (error) {
      const now = performance.now();
      const known = refusalIn(error)?.code;
      // A probe can name the mechanisms that a listener has.
      if ((known !== undefined && known !== "SECURITY_MISMATCH") || now - askedAt < betweenProbesMs) throw error;
      askedAt = now;
      const found = await Promise.all(settings.brokers.map((broker) => probe(broker, settings)));
      throw found.find((reason) => reason !== undefined) ?? error;
    }
  };
}

/** One request on a connection of its own, and the answer behind its correlation id. */
function ask(
  broker: string,
  ssl: KafkaSettings["ssl"],
  apiKey: number,
  apiVersion: number,
  body: readonly Buffer[],
): Promise<Reply> {
  const colon = broker.lastIndexOf(":");
  const [host, port] = [broker.slice(0, colon), Number(broker.slice(colon + 1))];
  const head = Buffer.alloc(8);
  head.writeInt16BE(apiKey, 0);
  head.writeInt16BE(apiVersion, 2);
  const request = Buffer.concat([head, string("loopstream-probe"), ...body]);
  return new Promise((resolve) => {
    const send = (): void => void socket.write(Buffer.concat([int32(request.length), request]));
    const socket = open(host, port, ssl, send);
    const end = (reply: Reply): void => {
      socket.destroy();
      resolve(reply);
    };
    let read = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => end({ error: new ConnectionLost("no answer") }));
    socket.on("data", (chunk) => {
      read = Buffer.concat([read, chunk]);
      if (ssl === false && read.length > 1 && tlsRecords.has(read[0]!) && read[1] === 3) return end({ tls: true });
      if (read.length < 4) return;
      const length = read.readInt32BE(0);
      if (length < 4 || length > mostBytes) return end({ error: new ConnectionLost("no answer of a broker") });
      if (read.length >= length + 4) end({ answer: new Answer(read.subarray(8, length + 4)) });
    });
    socket.on("error", (error) => end({ error }));
    socket.on("close", () => end({ error: new ConnectionLost("closed") }));
  });
}

function open(host: string, port: number, ssl: KafkaSettings["ssl"], ready: () => void): Socket {
  if (ssl === false) return connectTcp({ host, port }, ready);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const options: ConnectionOptions = ssl === true ? {} : ssl;
  return connectTls({ host, port, ...servername, ...options }, ready);
}
