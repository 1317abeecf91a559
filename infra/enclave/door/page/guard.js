// Runs in each page of a lab before anything of the page's own: the lab door puts it there. A browser follows a link
// that is clicked with a key held, or by another button, in a tab of its own or into a file, and asks neither the
// page's content policy nor its frame's sandbox. So no such click reaches a link, nor one that leads out of the lab.
// What it needs is taken here, first: a page that changes it later changes nothing of this.
(() => {
  "use strict";
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const getter = (type, name) => uncurry(Object.getOwnPropertyDescriptor(type.prototype, name).get);
  const listen = uncurry(EventTarget.prototype.addEventListener);
  const prevent = uncurry(Event.prototype.preventDefault);
  const pathOf = uncurry(Event.prototype.composedPath);
  const typeOf = getter(Event, "type");
  const nameOf = getter(Element, "localName");
  const attribute = uncurry(Element.prototype.getAttribute);
  const attributeOf = uncurry(Element.prototype.getAttributeNS);
  const parentOf = getter(Node, "parentNode");
  const baseOf = getter(Node, "baseURI");
  const remove = uncurry(Element.prototype.remove);
  const find = uncurry(DocumentFragment.prototype.querySelector);
  const findAll = uncurry(Document.prototype.querySelector);
  const begins = uncurry(String.prototype.startsWith);
  const lower = uncurry(String.prototype.toLowerCase);
  const Address = URL;
  const written = getter(URL, "href");
  const keyOf = getter(KeyboardEvent, "key");
  const buttonOf = getter(MouseEvent, "button");
  const held = {};
  for (const type of [MouseEvent, KeyboardEvent]) {
    held[type.name] = ["altKey", "ctrlKey", "shiftKey", "metaKey"].map((name) => getter(type, name));
  }
  const place = location.origin + PREFIX;
  const unset = uncurry(Element.prototype.removeAttribute);
  const unsetOf = uncurry(Element.prototype.removeAttributeNS);
  const findIn = uncurry(Element.prototype.querySelectorAll);
  const lengthOf = getter(NodeList, "length");
  const [targetOf, addedOf] = [getter(MutationRecord, "target"), getter(MutationRecord, "addedNodes")];
  // Frames; what opens a connection ahead, or goes elsewhere by itself; and what gives a link its address while it moves.
  const AHEAD = ["preconnect", "dns-prefetch", "prefetch", "preload", "modulepreload", "prerender"];
  const FRAMES = [
    "iframe,frame,object,embed,fencedframe,portal,meta[http-equiv],base,animate,set",
    ...AHEAD.map((one) => `link[rel~=${one} i]`),
  ].join();
  const XLINK = "http://www.w3.org/1999/xlink";

  const isHeld = (event, kind) => {
    for (let at = 0; at < 4; at++) if (held[kind][at](event)) return true;
    return false;
  };
  const named = (node) => {
    try {
      return nameOf(node);
    } catch {
      return ""; // a window, a document or a text
    }
  };
  // In Firefox each element of MathML is a link, and each of any kind that says so by XLink.
  const spaceOf = getter(Element, "namespaceURI");
  const MATHS = "http://www.w3.org/1998/Math/MathML";
  const isLink = (node) => {
    const name = named(node);
    if (name === "") return false;
    return (
      name === "a" || name === "area" || attributeOf(node, XLINK, "href") !== null ||
      (spaceOf(node) === MATHS && attribute(node, "href") !== null)
    );
  };
  const leadsOut = (link) => {
    const to = attribute(link, "href") ?? attributeOf(link, XLINK, "href");
    if (to === null) return false;
    if (attribute(link, "download") !== null || attribute(link, "ping") !== null) return true;
    try {
      return !begins(written(new Address(to, baseOf(link))), place);
    } catch {
      return true;
    }
  };
  const among = (event, wanted) => {
    const path = pathOf(event);
    for (let at = 0; at < path.length; at++) if (wanted(path[at])) return true;
    return false;
  };
  const SHOWN = { a: 1, area: 1, img: 1, image: 1, svg: 1, canvas: 1, video: 1, audio: 1, picture: 1 };
  const isShown = (node) => SHOWN[named(node)] === 1 || isLink(node);
  const linkOut = (node) => isLink(node) && leadsOut(node);

  // A key or another button: refused whatever is clicked, for what is in a closed shadow tree is not told. Programs
  // of the page still hear of the click.
  const clicked = (event) => {
    let odd = true;
    try {
      odd = isHeld(event, "MouseEvent") || buttonOf(event) !== 0;
    } catch {
      odd = false; // an event of a program that is no click of a mouse
    }
    if (odd || among(event, linkOut)) prevent(event);
  };
  const pressed = (event) => {
    try {
      if (keyOf(event) !== "Enter") return;
      if (among(event, isHeld(event, "KeyboardEvent") ? isLink : linkOut)) prevent(event);
    } catch {
      // an event of a program that is no key
    }
  };
  const grabbed = (event) => prevent(event); // a page can name a file to be made of what is dragged out
  const asked = (event) => among(event, isShown) && prevent(event); // "Save link as", "Open in a new tab"
  const pointed = (event) => {
    try {
      // A connection is opened ahead of the click in Firefox: its name or port would tell something.
      if (among(event, buttonOf(event) === 1 ? isLink : linkOut)) prevent(event);
    } catch {
      // as above
    }
  };
  const saved = (event) => {
    const [, control, , meta] = held.KeyboardEvent;
    const key = lower(keyOf(event) ?? "");
    if ((control(event) || meta(event)) && (key === "s" || key === "p" || key === "u")) prevent(event);
  };
  const heard = [
    ["click", clicked], ["auxclick", clicked], ["dblclick", clicked],
    ["keydown", pressed], ["keypress", pressed], ["keyup", pressed],
    ["dragstart", grabbed], ["contextmenu", asked],
    ["mousedown", pointed], ["mouseup", pointed], ["pointerdown", pointed],
  ];
  const arm = () => {
    for (let at = 0; at < heard.length; at++) listen(window, heard[at][0], heard[at][1], true);
    listen(window, "keydown", saved); // after JupyterLab, which has a meaning of its own for some
  };

  // A frame has a window of its own, where nothing of this stands. None is shown here; an empty one could be made.
  const observe = uncurry(MutationObserver.prototype.observe);
  const WATCHED = { childList: true, subtree: true, attributes: true, attributeFilter: ["href", "ping", "download"] };
  // An address that is no link any more is neither clicked nor, as Firefox does, connected to when pointed at.
  const unlink = (link) => {
    if (!linkOut(link)) return;
    unset(link, "href");
    unset(link, "ping");
    unset(link, "download");
    unsetOf(link, XLINK, "href");
  };
  const LINKS = "a,area,[href],[*|href]";
  const unlinkAll = (record) => {
    unlink(targetOf(record));
    const added = addedOf(record);
    for (let at = 0; at < lengthOf(added); at++) {
      if (named(added[at]) === "") continue;
      unlink(added[at]);
      const links = findIn(added[at], LINKS);
      for (let one = 0; one < lengthOf(links); one++) unlink(links[one]);
    }
  };
  const clear = (root, first) => {
    for (let frame = first(root, FRAMES); frame !== null; frame = first(root, FRAMES)) remove(frame);
  };
  const watch = (root, first) => {
    const observer = new MutationObserver((records) => {
      for (let at = 0; at < records.length; at++) unlinkAll(records[at]);
      clear(root, first);
      arm(); // document.open() takes every listener away
    });
    observe(observer, root, WATCHED);
    listen(root, "load", () => clear(root, first), true); // it is told as the element enters, before a page's own program
  };
  watch(document, findAll);
  arm();
  const fix = (type, name, value) =>
    type && Object.defineProperty(type.prototype, name, { ...value, configurable: false });
  const attach = uncurry(Element.prototype.attachShadow);
  fix(Element, "attachShadow", {
    writable: false,
    value(options) {
      const root = attach(this, { ...options, mode: "open" });
      watch(root, find);
      return root;
    },
  });
  // What an observer is told comes after the program that did it, which would have had the frame's window by its number
  // or name, and from it all that is fixed here. So a frame is taken out of what is inserted, before it is.
  const findAny = { 1: uncurry(Element.prototype.querySelector), 11: find };
  const kindOf = getter(Node, "nodeType");
  const matches = uncurry(Element.prototype.matches);
  const comment = uncurry(Document.prototype.createComment);
  // Where programs of outputs are open, one runs from an element that says the door's word (`scripts.py`): an element that
  // a program puts in place is given it here. That comes before frames are taken out, for a page may hear of it, and do
  // something in between.
  const say = uncurry(Element.prototype.setAttribute);
  const findScripts = { 1: findIn, 11: uncurry(DocumentFragment.prototype.querySelectorAll) };
  const strip = (node) => {
    let kind = 0;
    try {
      kind = kindOf(node);
    } catch {
      return node; // a text, as `append` takes it
    }
    if (NONCE !== "") {
      if (kind === 1 && matches(node, "script")) say(node, "nonce", NONCE);
      if (kind === 1 || kind === 11) {
        const scripts = findScripts[kind](node, "script");
        for (let at = 0; at < lengthOf(scripts); at++) say(scripts[at], "nonce", NONCE);
      }
    }
    if (kind === 1 && matches(node, FRAMES)) return comment(document, "Frames are closed in the data lab.");
    if (kind === 1 || kind === 11) clear(node, findAny[kind]);
    return node;
  };
  const apply = Reflect.apply;
  const before = (type, name, change) => {
    const known = type && Object.getOwnPropertyDescriptor(type.prototype, name);
    if (!known) return;
    const key = known.set ? "set" : "value";
    const native = known[key];
    const ours = { [name](...given) {
      for (let at = 0; at < given.length; at++) given[at] = change(given[at], name);
      return apply(native, this, given);
    } }[name];
    if (key === "set") Object.defineProperty(type.prototype, name, { ...known, set: ours, configurable: false });
    else fix(type, name, { value: ours, writable: false });
  };
  for (const name of ["appendChild", "insertBefore", "replaceChild"]) before(Node, name, strip);
  for (const type of [Element, Document, DocumentFragment]) {
    for (const name of ["append", "prepend", "replaceChildren", "moveBefore"]) before(type, name, strip);
  }
  for (const type of [Element, CharacterData, DocumentType]) {
    for (const name of ["before", "after", "replaceWith"]) before(type, name, strip);
  }
  for (const [type, name] of [
    [Element, "insertAdjacentElement"], [Range, "insertNode"], [Document, "body"],
    [HTMLTableElement, "caption"], [HTMLTableElement, "tHead"], [HTMLTableElement, "tFoot"],
    [HTMLSelectElement, "add"], [HTMLOptionsCollection, "add"],
  ]) before(type, name, strip);
  // Only these letters make a frame of a text (HTML, 13.2.5.8), in XML behind a name of the page's own for its kind.
  const TAG = /<(?=(?:[^\s<>/:]*:)?(?:i?frame|object|embed|fencedframe|portal|(?:link|meta|base|animate|set)[\s/>]))/gi;
  for (const [name, value] of Object.entries({ exec: RegExp.prototype.exec, flags: "gi", global: true, unicode: false })) {
    Object.defineProperty(TAG, name, { value }); // of its own, whatever a page makes of every other
  }
  const replace = uncurry(RegExp.prototype[Symbol.replace]);
  const plain = (text) => {
    if (text === null || text === undefined) return text;
    const given = `${text}`;
    TAG.lastIndex = 0;
    return replace(TAG, given, "&lt;");
  };
  for (const type of [Element, ShadowRoot]) before(type, "innerHTML", plain);
  before(Element, "outerHTML", plain);
  for (const [type, name] of [
    [Element, "insertAdjacentHTML"], [Range, "createContextualFragment"], [Document, "execCommand"],
  ]) before(type, name, plain);
  // No way in is before an element that is set by its number in a list, as `select[0] = option`. So no element ever holds
  // a frame: the reader of the page is given none (`frames.py`), and what is read apart, or kept in a template, comes without.
  const copied = uncurry(Range.prototype.cloneContents);
  const surround = uncurry(Range.prototype.surroundContents);
  fix(Range, "surroundContents", {
    writable: false,
    value(parent) {
      if (find(copied(this), FRAMES) !== null) throw new Error("Frames are closed in the data lab.");
      surround(this, strip(parent));
    },
  });
  const KINDS = { 1: findAny[1], 9: findAll, 11: find };
  const sift = (read) => {
    let kind = 0;
    try {
      kind = kindOf(read);
    } catch {
      return read; // a text, bytes or nothing, as a request has them
    }
    clear(read, KINDS[kind]);
    return read;
  };
  const after = (type, name) => {
    const known = type && Object.getOwnPropertyDescriptor(type.prototype, name);
    if (!known) return;
    const key = known.get ? "get" : "value";
    const native = known[key];
    const ours = { [name](...given) {
      return sift(apply(native, this, given));
    } }[name];
    if (key === "get") Object.defineProperty(type.prototype, name, { ...known, get: ours, configurable: false });
    else fix(type, name, { value: ours, writable: false });
  };
  for (const [type, name] of [
    [HTMLTemplateElement, "content"], [XMLHttpRequest, "response"], [XMLHttpRequest, "responseXML"],
    [DOMParser, "parseFromString"], [window.XSLTProcessor, "transformToFragment"],
    [window.XSLTProcessor, "transformToDocument"], [DOMImplementation, "createDocument"],
  ]) after(type, name);
  // An element of the page's own kind hears at once that it is put in place, or moved, as the page is read: no observer
  // was told of a frame by then. So there are none before the page is read; JupyterLab makes its own later.
  const readOf = getter(Document, "readyState");
  const define = uncurry(CustomElementRegistry.prototype.define);
  fix(CustomElementRegistry, "define", {
    writable: false,
    value(name, made, options) {
      if (readOf(document) === "loading") throw new Error("Elements of a page's own wait for the page in the data lab.");
      return define(this, name, made, options);
    },
  });
  const nothing = { get: () => null, set: undefined };
  for (const type of [HTMLIFrameElement, HTMLObjectElement, window.HTMLFrameElement]) {
    fix(type, "contentWindow", nothing);
    fix(type, "contentDocument", nothing);
  }
  // A call between browsers asks neither the content policy nor `Connection-Allowlist` where its candidates lead: what
  // opens one is not there. Named by their beginnings, for a browser's next version has more.
  const CALLS = /^(webkit|moz)?RTC|^WebTransport|^(TCP|UDP)(Server)?Socket/;
  for (const name of Object.getOwnPropertyNames(window)) {
    if (CALLS.test(name)) Object.defineProperty(window, name, { value: undefined, writable: false, configurable: false });
  }
  const closed = { writable: false, value() { throw new Error("This is closed in the data lab."); } };
  // Programs come from the host alone, by the page's policy. JupyterLab would make one of a text by `eval`, called by its
  // bare name (a notebook's output), and Vega by `Function` (its specification). Who drives a browser calls `eval`
  // otherwise. JupyterLab needs `Function` for schemas of settings, which ajv compiles with these two names.
  if (NONCE === "") {
    const evaluate = window.eval;
    const made = window.Function;
    const taken = (value) => ({ value, writable: false, configurable: false });
    Object.defineProperty(window, "eval", taken({ eval(text) {
      if (this === undefined) throw new Error("Programs of outputs are closed in the data lab.");
      return evaluate(text);
    } }.eval));
    const ours = function Function(...given) {
      const isSchema = given.length === 3 && given[0] === "self" && given[1] === "scope";
      const isWindow = given.length === 1 && given[0] === "return this";
      if (!isSchema && !isWindow) throw new Error("Programs of outputs are closed in the data lab.");
      return apply(made, undefined, given);
    };
    Object.defineProperty(ours, "prototype", { value: made.prototype, writable: false });
    Object.defineProperty(window, "Function", taken(ours));
    Object.defineProperty(made.prototype, "constructor", { value: ours, writable: true, configurable: false });
  }
  fix(HTMLIFrameElement, "getSVGDocument", closed);
  for (const type of [Element, ShadowRoot]) {
    for (const name of Object.getOwnPropertyNames(type.prototype)) if (/HTMLUnsafe$/.test(name)) fix(type, name, closed);
  }
  // It opens nothing here, but would find a frame by its name, wherever that is.
  Object.defineProperty(window, "open", { value: () => null, writable: false, configurable: false });
  for (const name of ["open", "write", "writeln"]) fix(Document, name, closed);
  if (Document.parseHTMLUnsafe) {
    Object.defineProperty(Document, "parseHTMLUnsafe", { ...closed, configurable: false });
  }

  // A link that is not in the page can be clicked by a program, and no listener of the window hears of it.
  const within = (node, wanted) => {
    for (let at = node; at; at = parentOf(at)) if (wanted(at)) return true;
    return false;
  };
  const click = uncurry(HTMLElement.prototype.click);
  const dispatch = uncurry(EventTarget.prototype.dispatchEvent);
  fix(HTMLElement, "click", {
    writable: false,
    value() {
      if (!within(this, linkOut)) click(this);
    },
  });
  const node = (target) => {
    try {
      parentOf(target);
      return true;
    } catch {
      return false;
    }
  };
  fix(EventTarget, "dispatchEvent", {
    writable: false,
    value(event) {
      const target = this ?? window;
      if (node(target) && typeOf(event) === "click" && within(target, isLink)) {
        let odd = true;
        try {
          odd = isHeld(event, "MouseEvent") || buttonOf(event) !== 0;
        } catch {
          odd = false;
        }
        if (odd || within(target, linkOut)) return false;
      }
      return dispatch(target, event);
    },
  });
})();
