import { createServer } from "node:http";
import { metricsPage, processMetrics, type Metrics } from "../streams/index.ts";
import { SettingsError } from "./settings/settings-error.ts";

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsAddress {
  /** Default: the loopback address, which only this machine reaches. */
  readonly host?: string | undefined;
  /** 0: any free port. */
  readonly port: number;
  /** The setting's name for the person who gave it. */
  readonly setting?: string | undefined;
}

/**
 * Serves Prometheus' text format at /metrics: the loop's metrics and the process's. Rejects with a `SettingsError` if the port can't
 * be opened.
 */
export async function serveMetrics(metrics: Metrics, address: MetricsAddress): Promise<MetricsServer> {
  const { host = "127.0.0.1", port, setting = "metricsPort" } = address;
  processMetrics();
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end("metrics are at /metrics\n");
    metricsPage(metrics.registry).then(
      ({ contentType, text }) => response.writeHead(200, { "content-type": contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  }).catch((error: unknown) => {
    throw new SettingsError(
      `${setting} ${address.host === undefined ? "" : `${host}:`}${port}: ${portProblem(error)}`,
      error,
    );
  });
  const at = server.address();
  return {
    port: typeof at === "object" && at !== null ? at.port : port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The reason that a port can't be opened, and the remedy. */
export function portProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "the port is taken by another program: name another one, or 0 for any that is free";
  if (code === "EACCES") return "this user may not open the port: name one from 1024 up";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  return `the port can't be opened: ${message}`;
}
