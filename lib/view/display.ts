/** How an object tells a Jupyter kernel what to show for it. */

/** The key under which Deno's kernel looks for an object's own way to be shown. */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** The same content in several formats, by MIME type; a front end takes the richest it may show. */
export type MimeBundle = Record<string, unknown>;

/** An object that Jupyter shows by itself when it is a cell's last expression. */
export interface Displayable {
  /** The object in the formats that a front end may choose from. */
  [JUPYTER_DISPLAY](): MimeBundle | Promise<MimeBundle>;
}
