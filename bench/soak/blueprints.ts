/** Everything that expires does so within three hours of event time, two and a half minutes of a soak of twenty: state then stands still. */
const blueprint = (useCase: string): string => `
useCase: ${useCase}
decisionSpace: boolean
context: { x: number, store: key }
events: { visit: { fields: [minutes] } }
observations: { y: number }
features:
  - x
  - n_store_1h: { count: true, of: visit, by: store, in: 1h }
  - m_store_1h: { mean: minutes, of: visit, by: store, in: 1h }
label: { name: hit, value: y > 0.5, wait: 20m }
model: { rounds: 20, depth: 3 }
policy: { decide: hit > 0.5 }
join: { ttl: 1h }
training: { schedule: none, freshRows: none, minRows: 200 }
retention: { answers: 1h, repeats: 2h }
`;

export const soakBlueprints = [blueprint("soak"), blueprint("soak-trained")] as const;
export const soakOrphanMs = 3_600_000;
