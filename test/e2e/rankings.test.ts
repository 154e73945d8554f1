import { rankingsSuite } from "./rankings.ts";

rankingsSuite("embedded", (folder) => ["--dir", folder]);
