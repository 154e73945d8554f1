import { createServer } from "node:http";
import type { Metrics } from "../streams/index.ts";

/** Prometheus' text format at /metrics, for this machine only. Rejects when the port is taken. */
export async function serveMetrics(
  metrics: Metrics,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { registry } = metrics;
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end("metrics are at /metrics\n");
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
