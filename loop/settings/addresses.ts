import { shownAddress } from "../../streams/index.ts";
import { SettingsError } from "./settings-error.ts";

/**
 * Checks `host:port`.
 * @param where the flag or setting it comes from
 */
export function checkBroker(broker: string, where: string): void {
  const address = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^@/]*@)?(.*)$/i.exec(broker)![1]!;
  const [, host, port] = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(address) ?? [];
  if (host === undefined || host === "" || port === undefined || /\s/.test(host)) {
    throw new SettingsError(`${where} ${shownText(shownAddress(broker))}: write host:port, several joined by commas`);
  }
  parsePort(port, `${where} ${shownAddress(broker)}: port`);
}

/**
 * Checks that it is a URL of http or https.
 * @param where the flag or setting it comes from
 */
export function checkRegistry(registry: string, where: string): void {
  const url = URL.canParse(registry) ? new URL(registry) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return;
  const port = /:([^:/@]*)(?:\/.*)?$/.exec(registry.replace(/^[a-z]+:\/\//i, ""))?.[1];
  if (/^https?:\/\//i.test(registry) && port !== undefined) parsePort(port, `${where}: port`);
  throw new SettingsError(`${where} ${shownText(shownAddress(registry))}: write a URL like http://localhost:8081`);
}

/**
 * A port of TCP. Throws a `SettingsError`.
 * @param where the flag or setting it comes from
 */
export function parsePort(text: string, where: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new SettingsError(`${where} ${shownText(text)}: write a port from 0 to 65535`);
}

/** An empty text is shown in quotes: it would be invisible. */
export const shownText = (text: string): string => (text.trim() === "" ? JSON.stringify(text) : text);
