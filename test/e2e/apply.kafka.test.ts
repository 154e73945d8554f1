import { inject } from "vitest";
import { applySuite } from "./apply.ts";

const servers = ["--brokers", inject("brokers"), "--registry", inject("registry")];
applySuite("kafka", (folder) => [...servers, "--dir", folder], `-applied-${process.pid}`);
