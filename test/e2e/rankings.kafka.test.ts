import { inject } from "vitest";
import { rankingsSuite } from "./rankings.ts";

const servers = ["--brokers", inject("brokers"), "--registry", inject("registry")];
rankingsSuite("kafka", (folder) => [...servers, "--dir", folder], `-ranked-${process.pid}`);
