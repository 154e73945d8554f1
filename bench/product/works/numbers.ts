import { random } from "../../decisions/work/random.ts";
import { BEHIND_MS, requestOf, type Work } from "./work.ts";

const NUMBERS = 50;

const numbersBlueprint = `
useCase: numbers
decisionSpace: boolean
context:
${Array.from({ length: NUMBERS }, (_, i) => `  x${i}: number`).join("\n")}
observations: { y: number }
features: [${Array.from({ length: NUMBERS }, (_, i) => `x${i}`).join(", ")}]
label: { name: hit, value: y > 0.5, wait: 10m }
model: { rounds: 100, depth: 6 }
policy: { decide: hit > 0.5 }
join: { ttl: 12h }
training: { schedule: none, freshRows: none, minRows: 100 }
`;

/** 50 numbers in the context and nothing else, as in the benchmark's operator. */
export function numbersWork(): Work {
  return {
    name: "numbers",
    blueprint: numbersBlueprint,
    rows: false,
    lives(count) {
      const start = Date.now() - BEHIND_MS - count;
      return Array.from({ length: count }, (_, index) => {
        const next = random(2_000_000 + index);
        const context = Object.fromEntries(Array.from({ length: NUMBERS }, (_, i) => [`x${i}`, next() * 2 - 1]));
        return {
          request: requestOf("numbers", `n${index}`, `u${index % 100_000}`, context, start + index),
          outcomes: [],
        };
      });
    },
  };
}
