/**
 * First line of every notebook: `import "lib/notebook/setup.ts";`. Makes errors visible that the
 * kernel would swallow, keeps outputs under their cells, and caps what a cell shows.
 *
 * Works at import, once, and only in a kernel.
 *
 * @module
 */

import { installCap } from "./cap.ts";
import { installGuard } from "./guard.ts";
import { installQuietImports } from "./quiet_imports.ts";
import { installSettle } from "./settle.ts";

installGuard();
installCap();
installQuietImports();
installSettle();
