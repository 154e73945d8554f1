export { httpNames, type HttpNames, type HttpSettings } from "./auth/access.ts";
export { roles, type Role, type TokensByRole } from "./auth/tokens.ts";
export { serveHttp, type HttpDoor, type HttpOptions } from "./serve.ts";
export type { HttpSource, Readiness } from "./source.ts";
