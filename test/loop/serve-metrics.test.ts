import { afterEach, expect, test } from "vitest";
import { SettingsError } from "../../loop/index.ts";
import { serveMetrics, type MetricsServer } from "../../loop/serve-metrics.ts";
import { createMetrics } from "../../streams/index.ts";

let server: MetricsServer | undefined;
afterEach(() => server?.close());
const answers = (host: string): Promise<number> =>
  fetch(`http://${host}:${server!.port}/metrics`).then(({ status }) => status);

test("metrics are for this machine alone unless an address is named", async () => {
  server = await serveMetrics(createMetrics(), { port: 0 });
  expect(await answers("127.0.0.1")).toBe(200);
  await expect(answers("127.0.0.2")).rejects.toThrow();
});

test("with 0.0.0.0 they are at every address of this machine", async () => {
  server = await serveMetrics(createMetrics(), { host: "0.0.0.0", port: 0 });
  expect([await answers("127.0.0.1"), await answers("127.0.0.2")]).toEqual([200, 200]);
});

test("an address that can't be opened is refused by its setting", async () => {
  server = await serveMetrics(createMetrics(), { port: 0 });
  const { port } = server;
  const taken = serveMetrics(createMetrics(), { port, setting: "--metrics" });
  await expect(taken).rejects.toThrow(`--metrics ${port}: the port is taken`);
  await expect(taken).rejects.toBeInstanceOf(SettingsError);
  const elsewhere = serveMetrics(createMetrics(), { host: "192.0.2.1", port: 0, setting: "--metrics" });
  await expect(elsewhere).rejects.toThrow("--metrics 192.0.2.1:0: this machine has no such address");
});
