/**
 * A process that changes the catalogue as often as it is told, and says on its standard output what it tries and what it has done; then it waits for a line
 * and says what it finds. Its argument is a `Work` as JSON.
 */
import { once } from "node:events";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { blueprintTable, moveModel, readModels, validBlueprints } from "../../../catalogue/index.ts";
import { publishBlueprint, withdrawBlueprint, type Tools } from "../../../loop/index.ts";
import { hasCode, readTable, StreamsError } from "../../../streams/index.ts";
import { random } from "../../blueprints/random.ts";
import { openCatalogue, type CataloguePlace, type OpenCatalogue } from "./catalogue-place.ts";
import { findAll, type Asked } from "./history.ts";

export interface Work {
  readonly place: CataloguePlace;
  /** From 0. */
  readonly process: number;
  readonly processes: number;
  readonly changes: number;
  /** Event time of the first change, ms: the changes of all processes have times of their own behind it. */
  readonly since: number;
}

/** What a process says, one a line. `lost`: its backbone went away, and whether the last one tried was made is not known. */
export type Said =
  | { readonly ready: { readonly isHost: boolean } }
  | { readonly trying: Asked }
  | { readonly done: Asked }
  | { readonly lost: string }
  | { readonly finished: true }
  | { readonly found: Awaited<ReturnType<typeof findAll>> };

/** Few records, so that changes meet in them. */
export const USE_CASE = "alpha";
const VERSIONS = 3;

const textOf = (version: number): string => `useCase: ${USE_CASE}
decisionSpace: boolean
context: { price: number }
features: [price]
label: { name: bought, when: kind == "bought", value: "true", wait: 1h, default: none }
model: { depth: ${version + 2} }
policy: { decide: bought > 0.5 }
join: { ttl: 2h }
training: { freshRows: 20% }
`;

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

/** @returns what was changed; `undefined`: nothing could be, another change came first. */
async function change(tools: Tools, next: () => number, time: number): Promise<Asked | undefined> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const useCase = USE_CASE;
  const kind = pick(["publish", "withdrawVersion", "promote", "promote", "withdrawModel"] as const);
  if (kind === "publish") {
    const text = textOf(Math.floor(next() * VERSIONS));
    const asked: Asked = { kind, key: `${useCase}/${parseBlueprint(text).version}`, time };
    say({ trying: asked });
    return (await publishBlueprint(tools, text, time)).unchanged ? undefined : asked;
  }
  if (kind === "withdrawVersion") {
    const valid = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
    const version = valid.at(useCase, time + 1)?.blueprint.version;
    if (version === undefined) return undefined;
    const asked: Asked = { kind, key: `${useCase}/${version}`, time };
    say({ trying: asked });
    await withdrawBlueprint(tools, useCase, version, time);
    const after = await readTable(tools.backbone, tools.serdes, blueprintTable);
    const isWritten = after.get(asked.key)!.activations.some((each) => each.time === time && !each.live);
    return isWritten ? asked : undefined;
  }
  const model = pick(await readModels(tools));
  const state = kind === "promote" ? "production" : "withdrawn";
  const asked: Asked = { kind, key: `${useCase}/${model.modelId}`, time };
  say({ trying: asked });
  const [moved] = await moveModel(tools, model.modelId, state, time, "for the test");
  return moved!.states.some((each) => each.state === state && each.time === time) ? asked : undefined;
}

async function work({ place, process: at, processes, changes, since }: Work): Promise<void> {
  const next = random(at + 1);
  let open = await openCatalogue(place);
  say({ ready: { isHost: open.isHost } });
  for (let done = 0, attempt = 0; done < changes; attempt++) {
    try {
      const asked = await change(open.tools, next, since + 1 + attempt * processes + at);
      if (asked === undefined) continue;
      done++;
      say({ done: asked });
    } catch (error) {
      if (hasCode(error, "ILLEGAL_MOVE")) continue;
      // Its host was killed: another process has the log now, or this one will.
      if (!(error instanceof StreamsError) || !("dir" in place)) throw error;
      say({ lost: `${error.code}: ${error.message}` });
      open = await again(place, open);
    }
  }
  say({ finished: true });
  await once(process.stdin, "data");
  say({ found: await findAll(open.tools, since, timesOf(since)) });
  await once(process.stdin, "end");
  await open.close();
}

const timesOf = (since: number): readonly number[] => Array.from({ length: 500 }, (_, at) => since + 7 * at);

async function again(place: CataloguePlace, before: OpenCatalogue): Promise<OpenCatalogue> {
  await before.close().catch(() => undefined);
  return openCatalogue(place);
}

if (import.meta.main) await work(JSON.parse(process.argv[2]!) as Work);
