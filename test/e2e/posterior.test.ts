import { posteriorSuite } from "./posterior.ts";

posteriorSuite("embedded", (folder) => Promise.resolve(["--dir", folder]));
