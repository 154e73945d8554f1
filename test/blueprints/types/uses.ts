/** By example: what its product does with the client, right and wrong. */
export const uses: Readonly<Record<string, string>> = {
  "ab-test": `
const context = { plan: "free", days_since_visit: 3 };
const { value } = await client.getDecision("reminder-test", { unit: "u", context }, { default: "control" });
export const is: "control" | "reminder" | null = value;
await client.getDecision("reminder-test", { unit: "u", context }, { default: "controll" }); // wrong
await client.getDecision("reminder-test", { unit: "u", context: { plan: "free" } }); // wrong
await client.logObservations("d", { visits: 1 }, { useCase: "reminder-test" });
await client.logObservations("d", { visit: 1 }, { useCase: "reminder-test" }); // wrong
`,
  bandit: `
const { value } = await client.getDecision("headlines", { unit: "u", context: { device: "tv" }, candidates: ["calm", "joke"] });
export const headline: string | null = value;
export const isFirst: number | null = value; // wrong
await client.logObservations("d", { kind: "seen", clicked: 1 }, { useCase: "headlines", optionId: "joke" });
await client.logObservations("d", { clicked: "yes" }, { useCase: "headlines" }); // wrong
`,
  canary: `
const context = { lately: 2, right_time: true, step: 0 };
export const { value } = await client.getDecision("reminders-with-care", { unit: "u", context }, { default: "hold" });
export const is: "hold" | "send" = value;
await client.getDecision("reminders-with-care", { unit: "u", context: { lately: 2, step: 0 } }); // wrong
await client.logObservations("d", { came: true, left: false }, { useCase: "reminders-with-care" });
await client.logObservations("d", { left: "no" }, { useCase: "reminders-with-care" }); // wrong
`,
  encoder: `
const context = { bandwidth: 500, screen: "tv" };
const { value, payload } = await client.getDecision("encoder", { unit: "u", context, candidates: ["low", "high"] });
export const is: "low" | "middle" | "high" | null = value;
export const kbps: number | undefined = payload?.kbps;
export const codec: "h264" | "h265" | undefined = payload?.codec;
export const rate: number | undefined = payload?.rate; // wrong
await client.getDecision("encoder", { unit: "u", context: { bandwidth: "500", screen: "tv" } }); // wrong
await client.logObservations("d", { minutes: 1 }, { useCase: "encoder", optionId: "low" });
await client.logObservations("d", { minutes: "1" }, { useCase: "encoder" }); // wrong
`,
  fatigue: `
const context = { lately: 2, right_time: true, step: 0 };
export const { value } = await client.getDecision("reminders-that-tire", { unit: "u", context }, { default: "hold" });
export const is: "hold" | "send" = value;
await client.getDecision("reminders-that-tire", { unit: "u", context: { ...context, right_time: "yes" } }); // wrong
await client.logObservations("d", { clicked: true, left: false }, { useCase: "reminders-that-tire" });
await client.logObservations("d", { clicks: 1 }, { useCase: "reminders-that-tire" }); // wrong
`,
  flights: `
const unit = "UA1545";
const unknown = { dep_minute_of_day: null, dewp: null, humid: null, wind_dir: null, wind_speed: null, wind_gust: null,
  precip: null, pressure: null, visib: null, temp: undefined, plane_age: 3, seats: 150, engines: 2 } as const;
const plane = { manufacturer: "BOEING", engine: "Turbo-fan", tailnum: "N14228" };
const place = { carrier: "UA", origin: "EWR", dest: "IAH", distance: 1400, sched_block_min: 227, dow: 2 };
const context = { ...unknown, ...plane, ...place };
export const { value } = await client.getDecision("flight-delays", { unit, context }, { default: false });
export const warns: boolean = value;
export const other = await client.getDecision("flight-delays", { unit, context });
export const orNull: boolean | null = other.value;
export const never: boolean = other.value; // wrong
export const isText = value === "yes"; // wrong
export const isNumber = value === 1; // wrong
await client.getDecision("flight-delays", { unit, context }, { default: "no" }); // wrong
await client.getDecision("flight-delays", { unit, context: { ...context, distance: "1400" } }); // wrong
await client.getDecision("flight-delays", { unit, context: { ...context, destination: "IAH" } }); // wrong
await client.getDecision("flight-delays", { unit, context: place }); // wrong
await client.getDecision("flight-delay", { unit, context }); // wrong
await client.logObservations("d", { kind: "arrival", delay_min: 22 });
await client.logObservations("d", { kind: "arrival", delay_min: "22" }); // wrong
await client.logObservations("d", { kind: "arival", delay_min: 22 }); // wrong
await client.logObservations("d", { kind: "arrival", delay: 22 }); // wrong
await client.logEvent("departure", { carrier: "UA", origin: "EWR", delay_min: 3, tailnum: "N14228" });
await client.logEvent("departure", { carrier: "UA", delay_min: 3 }); // wrong
await client.logEvent("departure", { carrier: "UA", origin: "EWR", delay: 3 }); // wrong
await client.logEvent("landing", { carrier: "UA", origin: "EWR", delay_min: 3 }); // wrong
`,
  offers: `
const { value } = await client.getDecision("offers", { unit: "u", context: { morning: true, hungry: 0.5 } });
export const offer: "coffee" | "soup" | "cake" | null = value;
await client.getDecision("offers", { unit: "u", context: { morning: "yes", hungry: 0.5 } }); // wrong
await client.logObservations("d", { clicked: true }, { useCase: "offers" });
await client.logObservations("d", { clicks: 1 }, { useCase: "offers" }); // wrong
`,
  lecturers: `
const context = { studage: "2" };
const candidates = [{ optionId: "1002", context: { lectage: "2", service: "0", dept: "2" } }];
const { ranking } = await client.getRanking("lecturers", { unit: "u", context, candidates });
export const first: string | undefined = ranking[0];
await client.getRanking("lecturers", { unit: "u", context: { studage: 2 }, candidates }); // wrong
await client.getRanking("lecturers", { unit: "u", context, candidates: [{ optionId: "1", context: { dept: "2" } }] }); // wrong
await client.logObservations("d", { kind: "rating", y: 4 }, { useCase: "lecturers", optionId: "1002" });
await client.logObservations("d", { kind: "rating", y: "good" }, { useCase: "lecturers" }); // wrong
`,
  "open-bandit": `
const context = { position: 1, user_feature_0: "a", user_feature_1: "b" };
const { value } = await client.getDecision("shop", { unit: "u", context, candidates: ["all-1", "all-2"] });
export const item: string | null = value;
await client.getDecision("shop", { unit: "u", context: { ...context, position: "1" }, candidates: ["all-1"] }); // wrong
await client.logObservations("d", { kind: "seen", clicked: 1 }, { useCase: "shop", optionId: "all-1" });
await client.logObservations("d", { kind: "seen", clicked: true }, { useCase: "shop" }); // wrong
`,
  articles: `
const unit = "anna";
const context = { article: "a1", interests: ["sport"], query: undefined };
export const { value } = await client.getDecision("articles", { unit, context }, { default: false });
export const shows: boolean = value;
export const isText = value === "show"; // wrong
await client.getDecision("articles", { unit, context: { ...context, interests: "sport" } }); // wrong
await client.getDecision("articles", { unit, context: { ...context, interests: [1] } }); // wrong
await client.getDecision("articles", { unit, context: { article: "a1", query: "" } }); // wrong
await client.logObservations("d", { kind: "opened" });
await client.logObservations("d", { kind: "clicked" }); // wrong
await client.logEvent("read", { unit, article: "a1", seconds: 30, section: "sport" });
await client.logEvent("opened", { unit });
await client.logEvent("read", { unit, article: "a1", seconds: "30", section: "sport" }); // wrong
`,
  budget: `
const context = { hour: 12, topic: "sport" };
export const { value } = await client.getDecision("notifications", { unit: "anna", context }, { default: true });
export const sends: true | false = value;
export const isNumber = value === 0; // wrong
await client.getDecision("notifications", { unit: "anna", context: { hour: "noon", topic: "sport" } }); // wrong
await client.getDecision("notifications", { context }); // wrong
await client.logEvent("pushed", { unit: "anna" });
await client.logEvent("pushed", {}); // wrong
await client.logEvent("pushed", { user: "anna" }); // wrong
await client.logObservations("d", { kind: "opened", at: 3 }); // wrong
`,
  reminders: `
const context = { days_since_visit: 3, plan: "free" };
export const { value } = await client.getDecision("reminders", { unit: "anna", context }, { default: true });
export const isText = value === "remind"; // wrong
await client.getDecision("reminders", { unit: "anna", context: { days: 3, plan: "free" } }); // wrong
await client.getDecision("reminders", { unit: "anna", context: { days_since_visit: true, plan: "free" } }); // wrong
await client.logObservations("d", { kind: "whatever" });
await client.logObservations("d", { kind: 3 }); // wrong
await client.logEvent("anything", { whatever: 1 });
`,
  prefetch: `
const context = { reader: "r1", edition: "morning", weekend: false, wifi: true };
export const { value } = await client.getDecision("prefetch", { unit: "r1", context }, { default: false });
export const isText = value === "later"; // wrong
await client.getDecision("prefetch", { unit: "r1", context: { ...context, wifi: 1 } }); // wrong
await client.getDecision("prefetch", { unit: "r1", context: { ...context, wi_fi: true } }); // wrong
await client.logObservations("d", { minutes: 12 });
await client.logObservations("d", { minutes: "12" }); // wrong
await client.logObservations("d", { minute: 12 }); // wrong
await client.logEvent("opened", { reader: "r1", minutes: 12 });
await client.logEvent("opened", { minutes: 12 }); // wrong
`,
};
