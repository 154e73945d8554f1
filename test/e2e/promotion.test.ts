import { promotionSuite } from "./promotion.ts";

promotionSuite("embedded", (folder) => Promise.resolve(["--dir", folder]));
