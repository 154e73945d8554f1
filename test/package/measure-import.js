// Run by import-cost.ts with Node, in the project that has the package: imports the modules that its arguments name.
// Prints their cost as JSON, or with FILES set the files that were loaded. A name that ends in `?` may be missing.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const files = [];
if (process.env.FILES !== undefined) {
  registerHooks({
    load(url, context, next) {
      if (url.startsWith("file:")) files.push(url);
      return next(url, context);
    },
  });
}
// What Node itself takes for the first module is not the package's cost.
await import("data:text/javascript,export default 1");
globalThis.gc();
const here = pathToFileURL(`${process.cwd()}/`).href;
const before = process.memoryUsage();
const from = process.cpuUsage();
for (const name of process.argv.slice(2)) {
  try {
    await import(name.replace(/\?$/, "").replace(/^\.\//, here));
  } catch (error) {
    if (!name.endsWith("?")) throw error;
  }
}
const { user, system } = process.cpuUsage(from);
const ms = (user + system) / 1_000;
globalThis.gc();
const after = process.memoryUsage();
console.log(JSON.stringify({ ms, rss: after.rss - before.rss, heap: after.heapUsed - before.heapUsed, files }));
