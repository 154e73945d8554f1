import { createServer } from "node:http";
import type { Metrics } from "../streams/index.ts";
import { SettingsError } from "./settings/settings-error.ts";

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves Prometheus' text format at /metrics, for this machine only. Rejects with a `SettingsError` if the port can't
 * be opened.
 * @param port 0: any free port
 * @param setting the setting's name for the person who gave the port
 */
export async function serveMetrics(metrics: Metrics, port: number, setting = "metricsPort"): Promise<MetricsServer> {
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
  }).catch((error: unknown) => {
    throw new SettingsError(`${setting} ${port}: ${portProblem(error)}`, error);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function portProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "the port is taken by another program: name another one, or 0 for any that is free";
  if (code === "EACCES") return "this user may not open the port: name one from 1024 up";
  return `the port can't be opened: ${message}`;
}
