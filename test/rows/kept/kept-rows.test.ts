import { embeddedGround } from "./embedded-ground.ts";
import { keptSuite } from "./kept-suite.ts";

keptSuite(embeddedGround);
