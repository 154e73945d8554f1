import { setTimeout as delay } from "node:timers/promises";
import { succeeding } from "./command.ts";
import { startLoopstream, type Running } from "./running.ts";

/** A loop with HTTP that is killed with -9 and started again, on one backbone. */
export interface KilledLoop {
  /** Flags of the backbone. */
  readonly at: readonly string[];
  /** Runs a command beside it, which must succeed. */
  readonly done: ReturnType<typeof succeeding>;
  readonly said: () => string;
  /** Of decisions; another port after each start. */
  readonly url: () => string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /**
   * Posts below the decisions' address until it is answered without an error: the same id is the same record. Throws for a body that is
   * refused.
   */
  post<A = Readonly<Record<string, unknown>>>(path: string, body: object): Promise<A>;
}

export function killedLoop(at: readonly string[]): KilledLoop {
  let loop: Running | undefined;
  let url = "";
  const said = (): string => loop?.said() ?? "";
  return {
    at,
    done: succeeding(at),
    said,
    url: () => url,
    async start() {
      loop = startLoopstream(["start", ...at, "--http", "0", "--json"]);
      await loop.says("the loop is running");
      url = `http://localhost:${/"port":(\d+),"msg":"HTTP is open"/.exec(said())![1]!}/v1/decisions`;
    },
    async kill() {
      loop!.kill();
      await loop!.ended();
    },
    async post<A>(path: string, body: object) {
      for (let tries = 0; tries < 60; tries++) {
        try {
          const method = { method: "POST", headers: { "content-type": "application/json" } };
          const answer = await fetch(url + path, { ...method, body: JSON.stringify(body) });
          const read = (await answer.json()) as Readonly<Record<string, unknown>>;
          if (answer.ok && (read["error"] ?? null) === null) return read as A;
          if (answer.status === 400 || answer.status === 404) throw new Error(JSON.stringify(read));
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        await delay(500);
      }
      throw new Error(`no answer to ${JSON.stringify(body)}: ${said().slice(-2_000)}`);
    },
  };
}
