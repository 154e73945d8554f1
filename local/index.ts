export { createLocalClient } from "./create-local-client.ts";
export type { ClientClock, LocalClient, LocalClientOptions } from "./local-client.ts";
export { whyNotLocal } from "./why-not-local.ts";
