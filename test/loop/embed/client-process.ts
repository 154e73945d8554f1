/**
 * A product in a process of its own: `client-process.ts DIR NAME [SPOOL]`. Asks fifty times a second, with an observation
 * each, and writes a line for each answer: `answered ID`, and `stored`, `disk` or `memory ID`.
 */
import { openLoopstream } from "../../../loop/embed/index.ts";

if (import.meta.main) {
  const [dir, name, spool] = process.argv.slice(2) as [string, string, string | undefined];
  const client = await openLoopstream({ dir, run: false, buffer: { spool } });
  console.log("open");
  for (let i = 0; ; i++) {
    const id = `${name}-${i}`;
    const request = { decisionId: id, unit: "anna", context: { days_since_visit: 3, plan: "free" } };
    void client.getDecision("reminders", request, { default: true }).then(({ error }) => {
      if (error === null) console.log(`answered ${id}`);
    });
    void client.logObservations(id, { kind: "opened" }, { observationId: id, timeout: 200 }).then((kept) => {
      console.log(kept.ok ? `${kept.waits ?? "stored"} ${id}` : `refused ${id} ${kept.error}`);
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
