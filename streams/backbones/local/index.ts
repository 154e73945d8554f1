export { connectLocally } from "./connect-locally.ts";
export type { LocalBackbone } from "./local-backbone.ts";
export { openShared, type SharedBackbone } from "./open-shared.ts";
export { serveLocally, type LocalServer } from "./serve-locally.ts";
export type { ServedBackbone } from "./session.ts";
