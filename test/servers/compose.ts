import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../source-graph.ts";

export interface ComposeService {
  readonly image: string;
  readonly restart?: string;
  readonly init?: boolean;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: string | readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** The services of docker-compose.yml. */
export const composeServices = (): Readonly<Record<"kafka" | "registry" | "loopstream", ComposeService>> =>
  (parse(readFileSync(join(root, "docker-compose.yml"), "utf8")) as { services: never }).services;

/** The broker's settings by the image's rule: KAFKA_NODE_ID is node.id. */
export const brokerSettings = (environment: ComposeService["environment"] = {}): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(environment).map(([name, value]) => [
      name
        .replace(/^KAFKA_/, "")
        .toLowerCase()
        .replaceAll("_", "."),
      String(value),
    ]),
  );
