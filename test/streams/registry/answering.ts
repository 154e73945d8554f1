import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface AnsweringRegistry {
  readonly url: string;
  /** Paths that were asked for, in their order. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** A registry over HTTP that answers as it is told. */
export async function answeringRegistry(
  answer: (path: string, response: ServerResponse) => void,
): Promise<AnsweringRegistry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    request.resume().on("end", () => answer(request.url!, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
