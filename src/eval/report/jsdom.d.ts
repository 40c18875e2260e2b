/** The part of jsdom that the charts use (it ships without types). */
declare module 'jsdom' {
  interface JsdomDocument {
    readonly body: { append(node: unknown): void };
  }
  export class JSDOM {
    constructor(markup?: string);
    readonly window: { readonly document: JsdomDocument };
  }
}
