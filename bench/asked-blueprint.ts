/** The blueprint of benchmarks that ask a running loop for decisions: two features, and trees once they are trained. */
export const askedBlueprint = `
useCase: bench
decisionSpace: boolean
context: { x: number, plan: category }
observations: { y: number }
features: [x, plan]
label: { name: hit, value: y > 0.5, wait: 1m }
model: { rounds: 50, depth: 4 }
policy: { decide: hit > 0.5 }
join: { ttl: 10m }
training: { schedule: none, freshRows: none, minRows: 200 }
`;
