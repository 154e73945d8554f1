import type { EpisodeSteps } from "../../trainer/episodes/episode-steps.ts";

export const START = Date.UTC(2024, 0, 1);
/** Between two steps of a user. */
export const STEP_MS = 3_600_000;

/** Reminders that tire, with a reward of weights; a policy that mostly does what the log did. */
export const REMINDERS = `useCase: fatigue
decisionSpace: { actions: [hold, send] }
context: { fatigue: number, engagement: number, t: number }
observations: { sent: number, clicked: number, organic: number, left: boolean }
features: [fatigue, engagement, t]
labels:
  click: { value: clicked, aggregate: sum, default: 0, wait: 10m, objective: regression }
  visit: { value: organic, aggregate: sum, default: 0, wait: 10m, objective: regression }
  cost: { value: sent, aggregate: sum, default: 0, wait: 10m, objective: regression }
  gone: { value: left, aggregate: any, default: 0, wait: 10m }
reward: { formula: click - bother * (cost - click) + own * visit, weights: { bother: 0.05, own: 0.3 } }
episodes:
  gap: 3h
  length: 40
  end: gone or t >= 29
  discount: 0.95
  learn: { learner: fittedQ }
policy: { best: { share: 20% } }
training: { schedule: none, freshRows: none, minRows: 1000, holdout: 50% }
join: { ttl: 1h }
`;

/** A simulated log as the files of an import: decisions with the probabilities of their actions, and what came of them. */
export function logFiles(log: EpisodeSteps): { readonly decisions: string; readonly observations: string } {
  const decisions = ["decision_id,decision_ts,unit,fatigue,engagement,t,action,propensity"];
  const observations = ["decision_id,event_ts,sent,clicked,organic,left"];
  const iso = (time: number): string => new Date(time).toISOString();
  const { starts, features, columns, action, propensity, reward, next, terminal, actions } = log;
  for (let episode = 0; episode + 1 < starts.length; episode++) {
    for (let step = starts[episode]!; step < starts[episode + 1]!; step++) {
      const t = step - starts[episode]!;
      // A user begins every ten minutes.
      const time = START + episode * 600_000 + t * STEP_MS;
      const state = Array.from(features.subarray(step * columns, (step + 1) * columns));
      const id = `u${episode}-${t}`;
      const sent = action[step] === 1;
      decisions.push([id, iso(time), `u${episode}`, ...state, actions[action[step]!], propensity[step]].join());
      const [clicked, organic] = [sent && reward[step]! > 0.5, !sent && reward[step]! > 0];
      const left = terminal[step] === 1 && next[step] === -1 && t < 29;
      observations.push([id, iso(time + 60_000), Number(sent), Number(clicked), Number(organic), left].join());
    }
  }
  return { decisions: `${decisions.join("\n")}\n`, observations: `${observations.join("\n")}\n` };
}
