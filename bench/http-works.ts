import { askedBlueprint } from "./asked-blueprint.ts";
import { publishWork, toolsOf, trainFor } from "./product/trained.ts";
import { workOf } from "./product/works/index.ts";
import { openLoopstream } from "../loop/index.ts";
import { openShared } from "../streams/index.ts";

/** A use case that a running loop is asked about. */
export interface HttpWork {
  readonly useCase: string;
  /** Publishes its blueprint in a fresh folder, with a model in production. */
  prepare(dir: string): Promise<void>;
  asked(at: number): { readonly unit: string; readonly context: Readonly<Record<string, string | number>> };
}

export const httpWorkNames = ["asked", "flights"] as const;

/** `asked`: two features; `flights`: the demo's blueprint, with 22 entries of the context and 41 features. */
export const httpWorks: Readonly<Record<(typeof httpWorkNames)[number], () => HttpWork>> = {
  asked: () => ({ useCase: "bench", prepare: trainOnTheWay, asked: twoValues }),
  flights() {
    const work = workOf("flights");
    const requests = work.lives(20_000).map(({ request }) => request.value as ReturnType<HttpWork["asked"]>);
    return {
      useCase: "flight-delays",
      async prepare(dir) {
        const trained = await trainFor(work);
        const { backbone, registry } = await openShared(dir);
        const tools = await toolsOf({ backbone, registry, close: () => backbone.close() });
        await publishWork(tools, work, trained);
        await tools.close();
        await backbone.close();
      },
      asked(at) {
        const { unit, context } = requests[at % requests.length]!;
        return { unit, context };
      },
    };
  },
};

const twoValues = (at: number) => ({ unit: `u${at % 1_000}`, context: { x: (at * 7919) % 1_000, plan: "free" } });

/** From rows of twenty minutes ago. */
async function trainOnTheWay(dir: string): Promise<void> {
  const loop = await openLoopstream({ dir });
  await loop.publishBlueprint(askedBlueprint);
  const start = Date.now() - 20 * 60_000;
  for (let i = 0; i < 600; i++) {
    const [request, time] = [{ ...twoValues(i), decisionId: `row-${i}` }, start + i];
    await loop.getDecision("bench", request, { time, timeout: 30_000 });
    await loop.logObservations(`row-${i}`, { y: request.context.x > 500 ? 1 : 0 }, { time: time + 1 });
  }
  await loop.idle();
  const trained = await loop.train("bench");
  if (trained.kind !== "trained") throw new Error(`no model: ${JSON.stringify(trained).slice(0, 500)}`);
  await loop.promote(trained.model.modelId);
  await loop.close();
}
