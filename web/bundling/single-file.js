/** Everything in one HTML file: the bundle's script and style go inline, and the Content-Security-Policy names the script by its hash.
 *
 * With the hash, nothing that a song's data brings along can run, and with `default-src 'none'` nothing can be fetched from elsewhere. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The licence of the letters travels with them, as it asks. */
const TYPEFACES = ["@fontsource-variable/instrument-sans", "@fontsource/newsreader"];
const licences = () =>
  TYPEFACES.map((name) => readFileSync(new URL(`../node_modules/${name}/LICENSE`, import.meta.url), "utf8").trim())
    .join("\n\n")
    .replaceAll("*/", "* /");

/** A page that opens from disk: all it needs is in it, and there is a place for data. */
export const FROM_DISK = {
  holdsData: true,
  policy: ({ script }) => [
    "default-src 'none'",
    `script-src '${script}'`,
    "style-src 'unsafe-inline'", // engraved scores carry style attributes
    "img-src data: blob:",
    "media-src blob: data:",
    "font-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ],
};

/** A page that our own server serves: it asks that server, and nobody else. */
export const SERVED = {
  holdsData: false,
  policy: ({ script, style }) => [
    "default-src 'none'",
    `script-src '${script}'`,
    `style-src '${style}'`,
    "connect-src 'self'",
    "media-src 'self'",
    "img-src data:",
    "font-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ],
};

const hashOf = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

export function singleFile({ holdsData, policy }) {
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
      const style = `\n/*\n${licences()}\n*/\n${styles.map((item) => item.source).join("\n").trim()}`;
      const content = policy({ script: hashOf(script), style: hashOf(style) }).join("; ");

      let html = String(page.source)
        .replace(/<script[^>]*src="[^"]*"[^>]*><\/script>\s*/g, "")
        .replace(/<link[^>]*rel="stylesheet"[^>]*>\s*/g, "");
      const put = (mark, text) => {
        if (html.split(mark).length !== 2) throw new Error(`${page.fileName} must hold ${mark} once`);
        html = html.replace(mark, () => text);
      };
      put("<!--hexachord:policy-->", `<meta http-equiv="Content-Security-Policy" content="${content}">`);
      put("<!--hexachord:style-->", `<style>${style}</style>`);
      put("<!--hexachord:script-->", `<script type="module">${script}</script>`);
      if (html.includes("<!--hexachord:data-->") !== holdsData) throw new Error(`${page.fileName} must ${holdsData ? "" : "not "}have a place for data`);

      for (const item of [...code, ...styles]) delete bundle[item.fileName];
      page.source = html;
    },
  };
}
