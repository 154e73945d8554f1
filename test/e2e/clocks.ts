import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { program } from "../program/program.ts";
import { loopstream } from "./command.ts";

/** A label is waited for so long; s. */
const WAIT = 8;

const blueprint = (useCase: string, wait: string, ttl: string): string => `useCase: ${useCase}
decisionSpace: boolean
context: { price: number, user: key }
features: [price]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: ${wait}, default: 0 }
policy: { decide: sale > 0.5 }
join: { ttl: ${ttl} }
training: { minRows: 10, schedule: none, freshRows: none }
`;

/** A loop that runs in a process of its own. */
export interface Shop {
  readonly args: readonly string[];
  start(): Promise<void>;
  stop(): Promise<void>;
  decide(id: string): Promise<void>;
  observe(id: string, time?: string): Promise<number | null>;
  /** Imports one decision of half an hour ago, whose wait is an hour, with its outcome. */
  importHistory(): Promise<void>;
  /** The ids and labels of the rows there are. */
  rows(): Promise<readonly string[]>;
  /** Once there are so many. */
  rowsOnce(count: number): Promise<readonly string[]>;
  letters(): Promise<string>;
}

/** @param where which backbone, as flags. @param dir for the files of the test. */
export function openShop(where: readonly string[], dir: string): Shop {
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const shop = file("shop.yaml", blueprint("shop", `${WAIT}s`, "1h"));
  const history = file("history.yaml", blueprint("history", "1h", "48h"));
  const args = [...where, "--partitions", "1"];
  let running: ChildProcess | undefined;
  /** A line of the same id at another time would be refused: it may have been read in another zone. */
  let imports = 0;
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await loopstream([...words, ...args]);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const rows = async (): Promise<readonly string[]> => {
    const [head, ...lines] = (await run("rows", "--use-case", "shop")).trimEnd().split("\n");
    const names = head!.split(",");
    const cell = (line: string, name: string): string => line.split(",")[names.indexOf(name)]!;
    return lines.map((line) => `${cell(line, "decisionId")} ${cell(line, "label")}`).sort();
  };
  return {
    args,
    async start() {
      const child = spawn(process.execPath, [program(), "start", "--json", "--blueprint", shop, history, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      running = child;
      let said = "";
      await new Promise<void>((resolve, reject) => {
        child.on("close", () => reject(new Error(`start has ended: ${said}`)));
        for (const out of [child.stdout, child.stderr])
          out.setEncoding("utf8").on("data", (text: string) => {
            said += text;
            if (said.includes("Ctrl-C stops it")) resolve();
          });
      });
    },
    async stop() {
      const child = running;
      running = undefined;
      if (child === undefined) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGINT");
      await ended;
    },
    async decide(id) {
      await run("decide", "--use-case", "shop", "--unit", "u1", "--id", id, "--timeout", "60000", "price=3");
    },
    async observe(id, time) {
      const when = time === undefined ? [] : ["--time", time];
      return (await loopstream(["observe", id, "amount=9", ...when, ...args])).code;
    },
    async importHistory() {
      const id = `h${++imports}`;
      const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
      const decisions = file("d.csv", `decision_id,decision_ts,price,user\n${id},${ago(30)},1,u9\n`);
      const observations = file("o.csv", `decision_id,event_ts,amount\n${id},${ago(20)},9\n`);
      await run("import", "--use-case", "history", "--decisions", decisions, "--observations", observations);
    },
    rows,
    async rowsOnce(count) {
      const deadline = performance.now() + 60_000;
      for (;;) {
        const found = await rows();
        if (found.length >= count || performance.now() > deadline) return found;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    letters: () => run("topics", "read", "dead-letters"),
  };
}
