/** Films in an order, the dear ones left out. */
export const FILMS = `
useCase: films
decisionSpace: { options: { price: number, genre: category } }
context: { hour: number }
features: [hour, price, genre]
observations: { kind: category, reward: number, activated: boolean }
label: { name: seen, value: kind == "seen", aggregate: any, wait: 10m, default: 0 }
policy: { rank: { score: seen, show: 3, exclude: price > 10 } }
training: { minRows: 100 }
`;

/** One film of the request. */
export const PICK = FILMS.replace("useCase: films", "useCase: pick").replace(
  "{ rank: { score: seen, show: 3, exclude: price > 10 } }",
  "{ choose: { score: seen, exclude: price > 10 } }",
);

/** An order of the blueprint's own actions. */
export const TABS = `
useCase: tabs
decisionSpace: { actions: [news, sports, films] }
context: { hour: number }
features: [hour, option]
observations: { kind: category }
label: { name: opened, value: kind == "opened", aggregate: any, wait: 10m, default: 0 }
policy: { rank: opened }
training: { minRows: 100 }
`;

export const candidates = [
  { optionId: "f1", context: { price: 30, genre: "drama" } },
  { optionId: "f2", context: { price: 3, genre: "crime" } },
  { optionId: "f3", context: { price: 5 } },
  { optionId: "f4" },
];
