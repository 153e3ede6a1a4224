/** HTML as a tree. linkedom's own types do not fit a project without DOM types. */

import { parseHTML } from "linkedom";

/** The part of an element that the tests look at. */
export interface Element {
  readonly tagName: string;
  readonly textContent: string;
  readonly outerHTML: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

/** A whole page, or a piece of one. */
export function parsed(html: string): Element {
  const whole = html.startsWith("<!doctype") ? html : `<html><body>${html}</body></html>`;
  return (parseHTML(whole) as unknown as { document: Element }).document;
}

/** Text of every element that matches. */
export function texts(html: string, selector: string): string[] {
  return Array.from(parsed(html).querySelectorAll(selector), ({ textContent }) => textContent);
}

/** Values of an attribute of every element that matches. */
export function attributes(html: string, selector: string, name: string): (string | null)[] {
  return Array.from(
    parsed(html).querySelectorAll(selector),
    (element) => element.getAttribute(name),
  );
}
