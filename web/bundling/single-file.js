/** Everything in one HTML file: the bundle's script and style go inline, and the Content-Security-Policy names the script by its hash.
 *
 * With the hash, nothing that a song's data brings along can run, and with `default-src 'none'` nothing can be fetched. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The licence of the letters travels with them, as it asks. */
const TYPEFACES = ["@fontsource-variable/instrument-sans", "@fontsource/newsreader"];
const licences = () =>
  TYPEFACES.map((name) => readFileSync(new URL(`../node_modules/${name}/LICENSE`, import.meta.url), "utf8").trim())
    .join("\n\n")
    .replaceAll("*/", "* /");

const POLICY = (hash) =>
  [
    "default-src 'none'",
    `script-src '${hash}'`,
    "style-src 'unsafe-inline'", // engraved scores carry style attributes
    "img-src data: blob:",
    "media-src blob: data:",
    "font-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

export function singleFile() {
  return {
    name: "hexachord:single-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = Object.values(bundle).find((item) => item.fileName.endsWith(".html"));
      const code = Object.values(bundle).filter((item) => item.type === "chunk");
      const styles = Object.values(bundle).filter((item) => item.fileName.endsWith(".css"));
      if (!page || code.length !== 1) throw new Error(`one page and one script expected, found ${Object.keys(bundle)}`);

      // "</script" inside a string would end the element; the backslash changes nothing in JavaScript
      const script = `\n${code[0].code.trim().replaceAll("</script", "<\\/script")}\n`;
      const style = styles.map((item) => item.source).join("\n").trim();
      const hash = `sha256-${createHash("sha256").update(script).digest("base64")}`;

      let html = String(page.source)
        .replace(/<script[^>]*src="[^"]*"[^>]*><\/script>\s*/g, "")
        .replace(/<link[^>]*rel="stylesheet"[^>]*>\s*/g, "");
      const put = (mark, text) => {
        if (html.split(mark).length !== 2) throw new Error(`page.html must hold ${mark} once`);
        html = html.replace(mark, () => text);
      };
      put("<!--hexachord:policy-->", `<meta http-equiv="Content-Security-Policy" content="${POLICY(hash)}">`);
      put("<!--hexachord:style-->", `<style>\n/*\n${licences()}\n*/\n${style}</style>`);
      put("<!--hexachord:script-->", `<script type="module">${script}</script>`);
      if (!html.includes("<!--hexachord:data-->")) throw new Error("page.html lost its place for the data");

      for (const item of [...code, ...styles]) delete bundle[item.fileName];
      page.source = html;
    },
  };
}
