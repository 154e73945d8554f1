import { shownAddress } from "../streams/index.ts";
import { UsageError } from "./exit-codes.ts";
import { parsePort, shown } from "./numbers.ts";

/** Checks `host:port`. @param where the flag or setting that named it */
export function checkBroker(broker: string, where: string): void {
  const address = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^@/]*@)?(.*)$/i.exec(broker)![1]!;
  const [, host, port] = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(address) ?? [];
  if (host === undefined || host === "" || port === undefined || /\s/.test(host)) {
    throw new UsageError(`${where} ${shown(shownAddress(broker))}: write host:port, several joined by commas`);
  }
  parsePort(port, `${where} ${shownAddress(broker)}: port`);
}

/** Checks that it is a URL of http or https. */
export function checkRegistry(registry: string, where: string): void {
  const url = URL.canParse(registry) ? new URL(registry) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return;
  const port = /:([^:/@]*)(?:\/.*)?$/.exec(registry.replace(/^[a-z]+:\/\//i, ""))?.[1];
  if (/^https?:\/\//i.test(registry) && port !== undefined) parsePort(port, `${where}: port`);
  throw new UsageError(`${where} ${shown(shownAddress(registry))}: write a URL like http://localhost:8081`);
}
