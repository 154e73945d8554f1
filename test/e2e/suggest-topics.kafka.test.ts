import { inject } from "vitest";
import { suggestTopicsSuite } from "./suggest-topics.ts";

const servers = ["--brokers", inject("brokers"), "--registry", inject("registry")];
suggestTopicsSuite("kafka", (folder) => [...servers, "--dir", folder], `-suggested-${process.pid}`);
