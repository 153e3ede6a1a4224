/** The router's tests once more, with callers that come through the door at the port. */

import { throughDoor } from "./scoring_host.ts";

throughDoor();
await import("./scoring_test.ts");
