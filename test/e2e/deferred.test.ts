import { deferredSuite } from "./deferred.ts";

deferredSuite("embedded", (folder) => Promise.resolve(["--dir", folder]));
