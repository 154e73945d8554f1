import { rankingsSuite } from "./rankings.ts";

rankingsSuite("embedded", (folder) => Promise.resolve(["--dir", folder]));
