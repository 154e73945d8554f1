import { ConnectionPool, Writer, type API, type Connection } from "@platformatic/kafka";
import { within } from "../../pause.ts";
import { answerMs, type KafkaSettings } from "../kafka/cluster/options.ts";
import type { Request } from "../kafka/cluster/wire.ts";
import { clientError, type Address } from "./client-error.ts";
import { connectionOptions } from "./connection-options.ts";

/** How long a goodbye may take: after it sockets are cut, so that nothing keeps the process alive. */
const goodbyeMs = 2_000;
/** Added to the time a join may rightly take. */
const joinGraceMs = 5_000;

/** A broker answers one request of a connection after the other, so fetches and joins, which wait there, have connections of their own. */
export type Purpose = "ask" | "fetch" | "join";

/** Connections to any number of brokers, made when they are first needed and again after they broke. */
export class Connections {
  readonly #pools: Readonly<Record<Purpose, ConnectionPool>>;

  constructor(settings: KafkaSettings) {
    const usual = answerMs(settings);
    const joinTimeout = Math.max(settings.deliveryTimeoutMs, settings.rebalanceTimeoutMs + joinGraceMs);
    // The library cuts a connection on which a request was not answered in time.
    this.#pools = {
      ask: pool(settings, usual),
      fetch: pool(settings, usual + settings.fetchWaitMs),
      join: pool(settings, joinTimeout),
    };
  }

  /** One request of the library's. Rejects with a `ProtocolError` or a `ConnectionLost`. */
  async call<Arguments extends unknown[], Answer>(
    address: Address,
    api: API<Arguments, Answer>,
    args: Arguments,
    purpose: Purpose = "ask",
  ): Promise<Answer> {
    try {
      return await api.async(await this.#connection(address, purpose), ...args);
    } catch (error) {
      throw clientError(error, address);
    }
  }

  /** One request whose bytes the caller makes and reads, with headers of the versions before tagged fields. */
  async send(address: Address, { request, response }: Request, purpose: Purpose): Promise<unknown> {
    const { parts } = await request.encode();
    let payload: Buffer;
    try {
      const connection = await this.#connection(address, purpose);
      payload = await exchange(connection, request.apiKey, request.apiVersion, parts);
    } catch (error) {
      throw clientError(error, address);
    }
    return response.parse(await response.decode(payload));
  }

  async #connection(address: Address, purpose: Purpose): Promise<Connection> {
    const open = this.#pools[purpose].getEstablishedConnection(address);
    return open?.isConnected() === true ? open : this.#pools[purpose].get(address);
  }

  async close(): Promise<void> {
    const pools = Object.values(this.#pools);
    const connections = pools.flatMap((each) => [...each].map(([, connection]) => connection));
    await within(goodbyeMs, Promise.allSettled(pools.map((each) => each.close())), () => undefined);
    for (const connection of connections) connection.socket?.destroy();
  }
}

function pool(settings: KafkaSettings, requestTimeout: number): ConnectionPool {
  const made = new ConnectionPool(settings.clientId, { ...connectionOptions(settings), requestTimeout });
  // The requests that an error ends tell of it; without a listener it would end the process as well.
  made.on("connecting", ({ connection }) => connection.on("error", () => undefined));
  return made;
}

function exchange(
  connection: Connection,
  apiKey: number,
  apiVersion: number,
  parts: readonly Buffer[],
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    connection.send<Buffer>(
      apiKey,
      apiVersion,
      () => {
        const writer = Writer.create();
        for (const part of parts) writer.append(part);
        return writer;
      },
      (_correlationId, _apiKey, _apiVersion, reader) => reader.buffer.slice(reader.position),
      false,
      false,
      (error, payload) => {
        if (error === null || error === undefined) resolve(payload!);
        else reject(error);
      },
    );
  });
}
