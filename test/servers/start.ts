import { startKafka } from "./kafka.ts";
import { startRegistry } from "./registry.ts";

// Starts both servers, prints {"brokers": …, "registry": …} on one line and runs until SIGTERM or SIGINT.
const ended = new Promise<void>((resolve) => {
  process.once("SIGTERM", () => resolve());
  process.once("SIGINT", () => resolve());
});
const [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
console.log(JSON.stringify({ brokers: kafka.brokers, registry: registry.url }));
const alive = setInterval(() => {}, 1 << 30);
await ended;
clearInterval(alive);
await Promise.all([kafka.stop(), registry.stop()]);
