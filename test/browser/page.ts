import { createContext, runInContext } from "node:vm";
import { bundlePage } from "../../package/bundle-page.ts";
import type * as Browser from "../../browser/index.ts";

let code: Promise<string> | undefined;

/** The entry `loopstream/browser` in a world that has what pages and Node have in common, and nothing of Node's own. */
export async function pageEntry(): Promise<typeof Browser> {
  const script = (await (code ??= bundlePage(true))).replace(/export\{([^}]*)\};?\s*$/, (_, names: string) => {
    const parts = names.split(",").map((name) => name.trim().split(" as "));
    return `;({${parts.map(([own, told = own]) => `${told}:${own}`).join(",")}})`;
  });
  const page = { TextEncoder, TextDecoder, crypto: { randomUUID: () => crypto.randomUUID() } };
  return runInContext(script, createContext(page)) as typeof Browser;
}
