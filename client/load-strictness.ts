import type { Backbone, Serdes } from "../streams/client/index.ts";
import type { Strictness } from "./strict.ts";

/** The language of blueprints is loaded by the call: only strict clients need it. */
export async function loadStrictness(backbone: Backbone, serdes: Serdes): Promise<Strictness> {
  const { Strictness } = await import("./strict.ts");
  return new Strictness(backbone, serdes);
}
