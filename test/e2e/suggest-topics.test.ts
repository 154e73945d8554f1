import { suggestTopicsSuite } from "./suggest-topics.ts";

suggestTopicsSuite("embedded", (folder) => ["--dir", folder]);
