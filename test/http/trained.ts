import type { Loopstream } from "../../loop/embed/index.ts";

/** Whether to remind: yes for the free plan, once a model has learnt it. */
export const REMINDERS = `
useCase: reminders
decisionSpace: boolean
context: { days: number, plan: category }
events: { upgrade: { fields: [price] } }
features: [days, plan]
observations: { kind: category, price: number }
label: { name: opened, value: kind == "opened", aggregate: any, wait: 10m, default: 0 }
policy: { decide: opened > 0.2 }
training: { minRows: 100 }
`;

/** Articles by the time of day, once a model has learnt which one is read. */
export const ARTICLES = `
useCase: articles
decisionSpace: { actions: [NewsArticle, SportsArticle, EntertainmentArticle] }
context: { timeOfDay: category, user_age: number }
features: [timeOfDay, user_age]
observations: { reward: number, activated: boolean }
label: { name: read, value: reward, wait: 10m, default: 0 }
model: { objective: regression }
policy: { decide: 'if(read > 0.5, "EntertainmentArticle", "NewsArticle")' }
training: { minRows: 100 }
`;

/** Settings of a video encoder: the second one where a model has learnt that the first one stalls. */
export const ENCODER = `
useCase: encoder
decisionSpace:
  actions:
    high: { kbps: 4000, codec: h265, retry: true }
    low: { kbps: 400, codec: h264, retry: false }
context: { net: category }
features: [net]
observations: { stalls: number }
label: { name: stalled, value: stalls > 0, aggregate: any, wait: 10m, default: 0 }
policy: { decide: 'if(stalled > 0.5, "low", "high")' }
training: { minRows: 100 }
`;

/** A model of 120 decisions of twenty minutes ago, every second of which was good. */
export async function trained(
  loop: Loopstream,
  useCase: string,
  [good, bad]: readonly [string, string],
  column: string,
  observation: Readonly<Record<string, string | number>>,
): Promise<void> {
  const time = Date.now() - 20 * 60_000;
  for (let i = 0; i < 120; i++) {
    const [unit, decisionId] = [`u-${i}`, `${useCase}-${i}`];
    const context = { [column]: i % 2 === 0 ? good : bad };
    await loop.getDecision(useCase, { unit, decisionId, context }, { time, timeout: 20_000 });
    if (i % 2 === 0) await loop.logObservations(decisionId, observation, { time: time + 60_000 });
  }
  await loop.idle();
  await loop.train(useCase);
  for (const { modelId } of (await loop.models(useCase)).slice(-1)) await loop.promote(modelId);
  await loop.idle();
}
