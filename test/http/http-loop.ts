import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream, type Loopstream, type LoopstreamOptions } from "../../loop/embed/index.ts";

/** A use case whose label adds up what observations say. */
export const TIPS = `
useCase: tips
decisionSpace: boolean
context: { days: number, plan: category, guest: key }
events: { visit: { fields: [minutes] } }
tables: { guests: { key: name, fields: { regular: boolean } } }
features: [days, plan, { visits: { count: true, of: visit, by: guest, in: 1d } }]
observations: { amount: number }
label: { name: tip, value: amount, aggregate: sum, wait: 10m, default: 0 }
model: { objective: regression }
policy: { decide: tip > 1 }
training: { minRows: 1000 }
`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON, parsed; any other text as it is. */
  readonly body: never;
}

export interface HttpLoop extends AsyncDisposable {
  readonly loop: Loopstream;
  readonly url: string;
  readonly dir: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

/** A running loop on a folder of its own with an open HTTP port and the tips' blueprint. */
export async function httpLoop(options: LoopstreamOptions = {}, blueprint = TIPS): Promise<HttpLoop> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-http-"));
  const loop = await openLoopstream({ dir, partitions: 2, http: { port: 0 }, ...options });
  await loop.publishBlueprint(blueprint);
  const url = `http://127.0.0.1:${loop.httpPort}`;
  return {
    ...{ loop, url, dir },
    get: (path, headers = {}) => answerOf(fetch(url + path, { headers })),
    post: (path, body, headers = {}) =>
      answerOf(
        fetch(url + path, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
        } as RequestInit),
      ),
    async [Symbol.asyncDispose]() {
      await loop.close();
      await rm(dir, { recursive: true });
    },
  };
}

async function answerOf(asked: Promise<Response>): Promise<Answer> {
  const response = await asked;
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as never };
}
