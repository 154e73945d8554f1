/** A process that opens the spool named by its first argument, says so, and keeps it until it is killed. */
import { openSpool } from "../../../client/spool/open-spool.ts";
import { silent } from "../../../streams/client/index.ts";

if (import.meta.main) {
  const [folder, count] = [process.argv[2]!, Number(process.argv[3] ?? 0)];
  try {
    const spool = openSpool(folder, silent);
    for (let i = 0; i < count; i++) {
      const record = {
        what: "observation",
        id: `o${i}`,
        decisionId: `d${i}`,
        useCase: "",
        values: {},
        time: i,
      } as const;
      await spool.keep(record, undefined).written;
    }
    console.log("open");
    setInterval(() => undefined, 60_000);
  } catch (error) {
    console.log((error as { readonly code: string }).code);
  }
}
