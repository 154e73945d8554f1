import { createClient, type Client } from "../../client/index.ts";
import type { Connection, Settings } from "../../loop/index.ts";
import { checkLog, connectHere } from "./connection.ts";

/** Does something as a product would; connection and client are closed again. */
export async function withClient<T>(
  settings: Settings,
  strict: boolean,
  work: (client: Client, connection: Connection) => Promise<T>,
): Promise<T> {
  checkLog(settings);
  const connection = await connectHere(settings);
  try {
    const { backbone, registry } = connection;
    const client = createClient({ backbone, registry, strict, buffer: false });
    try {
      return await work(client, connection);
    } finally {
      await client.close();
    }
  } finally {
    await connection.close();
  }
}
