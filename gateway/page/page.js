// Fills the page from /v1/openapi.json. Text from the document only ever becomes text, never markup.

const METHODS = ["get", "post", "put", "patch", "delete", "head"];
const byId = (id) => document.getElementById(id);

/** An element with attributes (functions are listeners) and children (texts or elements). */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** Paragraphs, with `code` and **strong** words. */
function prose(text = "") {
  return text.trim().split(/\n\s*\n/).map((paragraph) => {
    const parts = paragraph.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
      if (part.startsWith("`")) return el("code", {}, part.slice(1, -1));
      if (part.startsWith("**")) return el("strong", {}, part.slice(2, -2));
      return part;
    });
    return el("p", {}, parts);
  });
}

class Api {
  constructor(document) {
    this.document = document;
  }

  /** Follows references until there is something. */
  resolve(node) {
    let found = node ?? {};
    for (let hops = 0; found.$ref && hops < 20; hops += 1) {
      found = found.$ref.slice(2).split("/").reduce((at, name) => at?.[name.replace(/~1/g, "/").replace(/~0/g, "~")], this.document) ?? {};
    }
    return found;
  }

  operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => {
        const operation = item[method];
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => this.resolve(parameter));
        return { path, method, ...operation, parameters };
      }));
  }

  /** A made-up value that fits a schema. */
  sample(schema, depth = 0) {
    const s = this.resolve(schema);
    if (s.example !== undefined) return s.example;
    if (s.const !== undefined) return s.const;
    if (s.enum) return s.enum[0];
    if (s.default !== undefined) return s.default;
    const choice = s.oneOf ?? s.anyOf;
    if (choice) return this.sample(choice[0], depth + 1);
    const type = Array.isArray(s.type) ? s.type[0] : s.type;
    if (type === "array") return depth > 5 ? [] : [this.sample(s.items, depth + 1)];
    if (type === "integer" || type === "number") return s.minimum ?? 0;
    if (type === "boolean") return false;
    if (type === "null") return null;
    if (type === "object" || s.properties) {
      return Object.fromEntries(Object.entries(s.properties ?? {}).map(([name, property]) => [name, this.sample(property, depth + 1)]));
    }
    return "";
  }

  typeName(schema) {
    const s = this.resolve(schema);
    const name = schema.$ref?.split("/").pop();
    if (s.const !== undefined) return JSON.stringify(s.const);
    if (s.enum) return s.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (s.oneOf || s.anyOf) return name ?? (s.oneOf ?? s.anyOf).map((part) => this.typeName(part)).join(" | ");
    const type = Array.isArray(s.type) ? s.type.join(" | ") : s.type ?? "object";
    return type === "array" ? `${this.typeName(s.items ?? {})}[]` : name ?? type;
  }

  /** The fields of a schema, as a tree. */
  tree(schema, depth = 0) {
    const s = this.resolve(schema);
    if (depth > 7) return undefined;
    if (s.oneOf || s.anyOf) {
      const parts = (s.oneOf ?? s.anyOf).map((part) => this.tree(part, depth + 1)).filter(Boolean);
      return parts.length ? el("div", {}, parts) : undefined;
    }
    if (s.items) return this.tree(s.items, depth + 1);
    if (!s.properties) return undefined;
    const required = new Set(s.required ?? []);
    return el("ul", { class: "schema" }, Object.entries(s.properties).map(([name, property]) => {
      const p = this.resolve(property);
      const limits = [["minLength", "≥"], ["maxLength", "≤"], ["minimum", "≥ "], ["maximum", "≤ "]]
        .filter(([key]) => p[key] !== undefined).map(([key, sign]) => `${sign}${p[key]}`).join(" ");
      return el("li", {},
        el("code", { class: required.has(name) ? "must" : "" }, name), " ",
        el("span", { class: "type" }, `${this.typeName(property)} ${limits}`), " ",
        property.description ?? p.description ?? "",
        this.tree(property, depth + 1));
    }));
  }
}

function parameterTable(operation, api) {
  if (!operation.parameters.length) return undefined;
  const rows = operation.parameters.map((parameter) => el("tr", {},
    el("td", {}, el("code", { class: parameter.required ? "must" : "" }, parameter.name)),
    el("td", {}, parameter.in),
    el("td", {}, api.typeName(parameter.schema ?? {})),
    el("td", {}, parameter.description ?? "")));
  return [el("h3", {}, "参数 · Parameters"), el("table", {}, el("tbody", {}, rows))];
}

function bodyOf(operation, api) {
  const body = api.resolve(operation.requestBody);
  const [type, media] = Object.entries(body.content ?? {})[0] ?? [];
  if (!media) return undefined;
  const named = Object.values(media.examples ?? {})[0]?.value;
  return { type, types: Object.keys(body.content), schema: media.schema, sample: media.example ?? named ?? api.sample(media.schema) };
}

/** What a service answers when all is well: the document also lists refusals beside it. */
function successSchema(schema = {}) {
  const isRefusal = (part) => part.allOf?.[0]?.$ref?.endsWith("/Refusal");
  const parts = schema.oneOf?.filter((part) => !isRefusal(part));
  return parts?.length === 1 ? parts[0] : { ...schema, ...(parts ? { oneOf: parts } : {}) };
}

function responses(operation, api) {
  return Object.entries(operation.responses).filter(([status]) => Number(status) < 400).map(([status, reference]) => {
    const response = api.resolve(reference);
    const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
    const schema = successSchema(media?.schema);
    return [
      el("h3", {}, `回应 · Answer ${status} ${type ?? ""}`), ...prose(response.description), media && api.tree(schema),
      type === "application/json" && el("pre", {}, JSON.stringify(media.example ?? api.sample(schema), null, 2)),
    ].filter(Boolean);
  });
}

function codeTable(operation, api) {
  const table = api.document["x-error-code-table"] ?? {};
  const codes = operation["x-error-codes"];
  if (!codes?.length) return undefined;
  const rows = codes.map((code) => el("tr", {}, el("td", {}, el("code", {}, String(code))),
    el("td", {}, table[code]?.zh ?? ""), el("td", {}, table[code]?.en ?? ""), el("td", {}, table[code]?.remedy ?? "")));
  return [el("h3", {}, "错误码 · Error codes"), el("table", {}, el("tbody", {}, rows))];
}

/** Calls the operation with what stands in the form, and shows the answer. */
async function call(operation, form, body, output) {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const parameter of operation.parameters) {
    const value = form.elements[`${parameter.in}:${parameter.name}`]?.value ?? "";
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value && parameter.in === "query" && parameter.schema?.type === "object") new URLSearchParams(value).forEach((v, k) => query.append(k, v));
    else if (value && parameter.in === "query") query.append(parameter.name, value);
    else if (value && parameter.in === "header") headers[parameter.name] = value;
  }
  if (operation.security?.length) headers.Authorization = byId("token").value || "null";
  if (body) headers["Content-Type"] = body.type;
  const target = query.size ? `${path}?${query}` : path;
  const began = performance.now();
  try {
    const answer = await fetch(target, { method: operation.method.toUpperCase(), headers, body: body && form.elements.body.value, redirect: "manual" });
    const text = await answer.text();
    let shown = text;
    try {
      const value = JSON.parse(text);
      shown = JSON.stringify(value, null, 2);
      if (typeof value.token === "string") byId("token").value = value.token;
    } catch { /* not JSON: shown as it is */ }
    output.textContent = `${operation.method.toUpperCase()} ${target}\n${answer.status} · ${Math.round(performance.now() - began)} ms\n\n${shown}`;
  } catch (error) {
    output.textContent = `${target}\n${error}`;
  }
}

function tryIt(operation, api) {
  const body = bodyOf(operation, api);
  const output = el("pre", { hidden: true, "aria-live": "polite" });
  const field = (parameter) => el("label", {},
    el("code", { class: parameter.required ? "must" : "" }, parameter.name),
    el("input", { name: `${parameter.in}:${parameter.name}`, value: parameter.schema?.default, placeholder: parameter.description ?? "" }));
  const text = body && (body.type === "application/x-www-form-urlencoded"
    ? new URLSearchParams(body.sample).toString() : JSON.stringify(body.sample, null, 2));
  const form = el("form", {
    submit: (event) => {
      event.preventDefault();
      output.hidden = false;
      call(operation, form, body, output);
    },
  }, operation.parameters.map(field), body && el("textarea", { name: "body", spellcheck: "false" }, text), el("button", {}, "发送 · Send"));
  return el("details", {}, el("summary", {}, "试一试 · Try it"), form, output);
}

function card(operation, api) {
  const body = bodyOf(operation, api);
  const content = el("div", {});
  const details = el("details", {
    toggle: () => {
      if (!details.open || content.childElementCount) return;
      content.append(...[prose(operation.description), parameterTable(operation, api),
        body && [el("h3", {}, `请求体 · Body ${body.types.join(", ")}`), api.tree(body.schema), el("pre", {}, JSON.stringify(body.sample, null, 2))],
        responses(operation, api), codeTable(operation, api), tryIt(operation, api)]
        .flat(3).filter(Boolean));
    },
  }, el("summary", {},
    el("span", { class: `method ${operation.method}` }, operation.method), el("code", {}, operation.path),
    el("span", {}, operation.summary ?? ""), operation.security?.length ? el("span", { class: "lock", title: "需要登录 · needs login" }, "🔒") : null), content);
  return el("article", { id: operation.operationId }, details);
}

function show(api) {
  const { info, tags } = api.document;
  byId("title").textContent = `${info.title} · API`;
  byId("version").textContent = info.version;
  const entries = [];
  const [main, contents] = [byId("main"), byId("contents")];
  main.replaceChildren(...prose(info.description));
  const operations = api.operations();
  for (const tag of tags) {
    const own = operations.filter((operation) => operation.tags?.[0] === tag.name);
    if (!own.length) continue;
    const links = own.map((operation) => el("a", { href: `#${operation.operationId}` }, operation.summary ?? operation.path));
    const cards = own.map((operation) => card(operation, api));
    own.forEach((operation, index) => entries.push({
      text: `${operation.path} ${operation.summary} ${operation.operationId} ${(operation["x-error-codes"] ?? []).join(" ")}`.toLowerCase(),
      elements: [links[index], cards[index]],
    }));
    contents.append(el("h2", {}, tag.name), ...links);
    main.append(el("section", {}, el("h2", {}, tag.description ?? tag.name), cards));
  }
  byId("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const { text, elements } of entries) for (const element of elements) element.hidden = !text.includes(wanted);
  });
  const open = () => document.querySelector(`${CSS.escape(location.hash.slice(1)) ? `#${CSS.escape(location.hash.slice(1))}` : "nothing"} > details`)?.setAttribute("open", "");
  addEventListener("hashchange", open);
  open();
}

const answer = await fetch("/v1/openapi.json");
show(new Api(await answer.json()));
