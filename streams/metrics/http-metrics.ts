import { Counter, Histogram, type Registry } from "prom-client";

/** Of the HTTP interface; a route is its pattern, never a path with an id. */
export interface HttpMetrics {
  readonly requests: Counter<"route" | "status">;
  readonly duration: Histogram<"route">;
  readonly dropped: Counter;
}

export function httpMetrics(registers: Registry[]): HttpMetrics {
  return Object.freeze({
    requests: new Counter({
      name: "loopstream_http_requests_total",
      help: "HTTP requests that were answered.",
      labelNames: ["route", "status"],
      registers,
    }),
    duration: new Histogram({
      name: "loopstream_http_request_duration_seconds",
      help: "From the headers of an HTTP request to the end of its answer.",
      labelNames: ["route"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    dropped: new Counter({
      name: "loopstream_http_connections_dropped_total",
      help: "HTTP connections that were refused because as many as are taken were open.",
      registers,
    }),
  });
}
