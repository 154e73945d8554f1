import type { Socket } from "node:net";
import kafkajs from "kafkajs";
import { within } from "../../../pause.ts";
import { answerMs, type KafkaSettings } from "./options.ts";
import { pause } from "./retrying.ts";
import type { Cluster, Request } from "./wire.ts";

/** How long a connection is given to take leave before it is opened anew. */
const leaveMs = 2_000;
const fetchKey = 1;
const apiVersionsKey = 18;
/** JoinGroup and SyncGroup: the broker answers when the other members have asked too. */
const waitsForOthers = new Set([11, 14]);

/** kafkajs' connection, as far as it is mended here. */
interface Connection {
  readonly host: string;
  readonly port: number;
  readonly connectionTimeout: number;
  readonly socket?: Socket;
  readonly authHandlers?: { readonly onError: () => void } | null;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  send(request: Request): Promise<unknown>;
  sendAuthRequest(request: unknown): Promise<unknown>;
  rejectRequests(error: Error): void;
}

interface Built {
  readonly brokerPool: {
    readonly connectionPoolBuilder: {
      build(of?: unknown): Promise<{ readonly pool: readonly Connection[] }>;
    };
  };
}

/** Mends every connection that a cluster of kafkajs makes. Call it before it connects. */
export function mendConnections(cluster: Cluster, settings: KafkaSettings): void {
  const builder = (cluster as unknown as Built).brokerPool.connectionPoolBuilder;
  const build = builder.build.bind(builder);
  builder.build = async (of) => {
    const made = await build(of);
    for (const connection of made.pool) {
      connectOnce(connection);
      answerInTime(connection, settings);
    }
    return made;
  };
}

/**
 * Two requests that find a connection closed would open two sockets, of which kafkajs forgets one. A connection that is
 * opened while kafkajs still takes leave of the closed one loses its new socket to that. And a socket that closes while
 * kafkajs takes leave would leave its requests without an answer for ever.
 */
function connectOnce(connection: Connection): void {
  const [connect, disconnect] = [connection.connect.bind(connection), connection.disconnect.bind(connection)];
  let connecting: Promise<unknown> | undefined;
  let leaving: Promise<unknown> | undefined;
  connection.disconnect = () => (leaving ??= disconnect().finally(() => (leaving = undefined)));
  const connectAfterwards = async (): Promise<unknown> => {
    if (leaving !== undefined) await Promise.race([leaving.catch(() => undefined), pause(leaveMs)]);
    const connected = connect();
    const { socket } = connection;
    if (socket === undefined || socket.closed) return connected;
    return Promise.race([connected, closed(connection, socket)]);
  };
  connection.connect = () => (connecting ??= connectAfterwards().finally(() => (connecting = undefined)));
}

/** Rejects when the socket closes, as do the requests that wait on it. */
function closed(connection: Connection, socket: Socket): Promise<never> {
  const end = Promise.withResolvers<never>();
  // Once the connection is open nobody waits for this.
  end.promise.catch(() => undefined);
  socket.once("close", () => {
    const error = lost(connection, "Closed connection");
    end.reject(error);
    if (connection.socket === socket) connection.rejectRequests(error);
  });
  return end.promise;
}

/**
 * A request that is not answered in time rejects, and its connection is cut, so that the next one goes over another: the
 * broker's machine may be gone without a word. kafkajs' own limit keeps the connection, and is not watched while kafkajs
 * takes leave of it.
 */
function answerInTime(connection: Connection, settings: KafkaSettings): void {
  const [send, sendAuthRequest] = [connection.send.bind(connection), connection.sendAuthRequest.bind(connection)];
  const late = (ms: number) => (): never => {
    const error = lost(connection, `no answer in ${ms} ms`);
    connection.authHandlers?.onError();
    connection.socket?.destroy(error);
    throw error;
  };
  const usual = answerMs(settings);
  const toHello = Math.min(usual, connection.connectionTimeout);
  connection.send = (request) => {
    const { apiKey } = request.request;
    if (waitsForOthers.has(apiKey)) return send(request);
    const held = apiKey === fetchKey ? settings.fetchWaitMs : 0;
    const ms = apiKey === apiVersionsKey ? toHello : usual + held;
    return within(ms, send(request), late(ms));
  };
  connection.sendAuthRequest = (request) => within(usual, sendAuthRequest(request), late(usual));
}

function lost({ host, port }: Connection, reason: string): Error {
  return new kafkajs.KafkaJSConnectionError(reason, { broker: `${host}:${port}` });
}
